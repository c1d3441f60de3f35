/** `x[…]`, as Keras records it. */
import type { Argument, SliceArgument } from '../../graph/model-graph.ts';
import { type LayerCall, type Value, value } from '../layer-call.ts';
import { axisOf, reshape, storedAxis } from '../layout.ts';
import { option } from './operations.ts';

interface Selection {
  readonly start: number;
  /** Exclusive; below zero: to the end of a reversed axis. */
  readonly end: number;
  readonly step: number;
  readonly size: number;
  /** A single index was given, which removes the axis. */
  readonly isIndex: boolean;
}

export function getItem(call: LayerCall): Value {
  const { graph, path } = call;
  const [input] = call.inputs as [Value];
  const spec = call.argument(1, 'key') ?? call.argument(1, 'slice_spec');
  const selections = selectionsOf(call, [spec].flat(), input.shape);
  const cut = [...selections.entries()].filter(([place, { start, step, size }]) => {
    return start !== 0 || step !== 1 || size !== input.shape[place];
  });
  const shape = selections.map(({ size }) => size);
  const integers = (name: string, read: (selection: Selection) => number) =>
    graph.integers(
      `${path}/${name}`,
      cut.map(([, selection]) => read(selection)),
    );
  const sliced =
    cut.length === 0
      ? input
      : value(
          graph.node('Slice', path, [
            input.name,
            integers('starts', ({ start }) => start),
            integers('ends', ({ end }) => end),
            graph.integers(
              `${path}/axes`,
              cut.map(([place]) => storedAxis(input.shape, place)),
            ),
            integers('steps', ({ step }) => step),
          ]),
          shape,
        );
  const kept = shape.filter((_, place) => !selections[place]!.isIndex);
  return kept.length === shape.length ? sliced : reshape(graph, `${path}/selected`, sliced, kept);
}

/** One for each axis without the batch. */
function selectionsOf(
  call: LayerCall,
  spec: readonly (Argument<Value> | undefined)[],
  shape: readonly number[],
): Selection[] {
  const ellipsis = spec.findIndex((item) => isKind(item, 'ellipsis'));
  const missing = shape.length + 1 - (spec.length - (ellipsis >= 0 ? 1 : 0));
  const all = new Array<SliceArgument>(Math.max(missing, 0)).fill({
    kind: 'slice',
    start: null,
    stop: null,
    step: null,
  });
  const full = ellipsis >= 0 ? spec.toSpliced(ellipsis, 1, ...all) : [...spec, ...all];
  if (missing < 0 || full.length !== shape.length + 1)
    return call.refuse('selects from more axes than there are');
  const [batch, ...rest] = full;
  const isWhole = isSlice(batch) && batch.start === null && batch.stop === null && (batch.step ?? 1) === 1;
  if (!isWhole) return call.refuse('slices the batch axis; each image must be classified on its own');
  return rest.map((item, place) => selectionOf(call, item, shape[place]!));
}

function selectionOf(call: LayerCall, item: Argument<Value> | undefined, length: number): Selection {
  if (typeof item === 'number' && Number.isInteger(item) && item >= -length && item < length) {
    const start = item < 0 ? item + length : item;
    return { start, end: start + 1, step: 1, size: 1, isIndex: true };
  }
  const step = isSlice(item) ? (item.step ?? 1) : 0;
  if (!isSlice(item) || step === 0) {
    return call.refuse(`selects by ${JSON.stringify(item)?.slice(0, 60)}; expected numbers and slices`);
  }
  const [lowest, highest] = step > 0 ? [0, length] : [-1, length - 1];
  const clamp = (index: number) => Math.min(Math.max(index < 0 ? index + length : index, lowest), highest);
  const start = item.start === null ? (step > 0 ? 0 : length - 1) : clamp(item.start);
  const end = item.stop === null ? (step > 0 ? length : -1) : clamp(item.stop);
  const size = Math.ceil((end - start) / step);
  if (size < 1) return call.refuse('selects nothing');
  // ONNX counts an end of -1 from the back: the place before the first is far below zero.
  return { start, end: end < 0 ? -length - 1 : end, step, size, isIndex: false };
}

function isKind(item: Argument<Value> | undefined, kind: string): boolean {
  return typeof item === 'object' && item !== null && 'kind' in item && item.kind === kind;
}

function isSlice(item: Argument<Value> | undefined): item is SliceArgument {
  return isKind(item, 'slice');
}

/** Cuts an axis into parts: equal ones, or at the given places (Keras 3) or of the given sizes (TensorFlow). */
export function split(call: LayerCall): readonly Value[] {
  const { graph, path } = call;
  const [input] = call.inputs as [Value];
  const place = axisOf(call, Number(option(call, 'axis', 2, 0)), input.shape.length);
  const length = input.shape[place]!;
  const ends =
    call.kerasMajor >= 3 ? option(call, 'indices_or_sections') : endsOf(option(call, 'num_or_size_splits'));
  const inner = typeof ends === 'number' ? equalParts(call, length, ends) : ([ends].flat() as number[]);
  const bounds = [0, ...inner, length];
  if (!bounds.every((end, i) => Number.isInteger(end) && (i === 0 || end > bounds[i - 1]!))) {
    return call.refuse(`splits ${length} values at ${JSON.stringify(ends)}`);
  }
  return bounds.slice(1).map((end, i) => {
    const part = graph.node('Slice', path, [
      input.name,
      graph.integers(`${path}/start`, [bounds[i]!]),
      graph.integers(`${path}/end`, [end]),
      graph.integers(`${path}/axis`, [storedAxis(input.shape, place)]),
    ]);
    return value(part, input.shape.with(place, end - bounds[i]!));
  });
}

function equalParts(call: LayerCall, length: number, count: number): number[] {
  if (!(count >= 1) || length % count !== 0) call.refuse(`splits ${length} values into ${count} parts`);
  return Array.from({ length: count - 1 }, (_, i) => ((i + 1) * length) / count);
}

function endsOf(sizes: unknown): unknown {
  if (!Array.isArray(sizes)) return sizes;
  return (sizes as number[]).slice(0, -1).map((_, i) => sizes.slice(0, i + 1).reduce((a, b) => a + b, 0));
}
