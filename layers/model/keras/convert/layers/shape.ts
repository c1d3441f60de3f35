/** Layers that move values about without computing any. */
import { type LayerCall, sizeOf, type Value, value } from '../layer-call.ts';
import { axisOf, fromKerasOrder, reshape, storedAxis, toKerasOrder } from '../layout.ts';
import { assertChannelsLast, imageInput } from './padding.ts';

export function flatten(call: LayerCall): Value {
  assertChannelsLast(call);
  const [input] = call.inputs as [Value];
  return reshape(call.graph, call.path, input, [sizeOf(input.shape)]);
}

export function reshapeLayer(call: LayerCall): Value {
  return reshapeToTarget(call, call.settings.raw('target_shape'));
}

/** @param target As Keras has it, without the batch; one dimension may be -1. */
export function reshapeToTarget(call: LayerCall, target: unknown): Value {
  const [input] = call.inputs as [Value];
  const dims = [target].flat();
  const known = dims.filter((dim) => typeof dim === 'number' && Number.isInteger(dim) && dim > 0) as number[];
  const isOpen = dims.filter((dim) => dim === -1).length === 1;
  const size = sizeOf(input.shape);
  const rest = size / sizeOf(known);
  const isPossible =
    known.length + (isOpen ? 1 : 0) === dims.length && Number.isInteger(rest) && (isOpen || rest === 1);
  if (!isPossible) {
    return call.refuse(`reshapes [${input.shape.join(', ')}] to ${JSON.stringify(target)}`);
  }
  return reshape(
    call.graph,
    call.path,
    input,
    dims.map((dim) => (dim === -1 ? rest : (dim as number))),
  );
}

export function permute(call: LayerCall): Value {
  const dims = [call.settings.raw('dims')].flat() as unknown[];
  return permuteTo(
    call,
    dims.map((dim) => Number(dim) - 1),
  );
}

/** @param places For each axis of the output, its place in the input's shape without the batch. */
export function permuteTo(call: LayerCall, places: readonly number[]): Value {
  const [input] = call.inputs as [Value];
  const { shape } = input;
  const isPermutation = places.toSorted((a, b) => a - b).join() === [...shape.keys()].join();
  if (!isPermutation) return call.refuse(`permutes the axes ${places.map((place) => place + 1).join(', ')}`);
  const plain = toKerasOrder(call.graph, call.path, input);
  const permuted = call.graph.node('Transpose', call.path, [plain], {
    perm: [0, ...places.map((place) => place + 1)],
  });
  return fromKerasOrder(
    call.graph,
    call.path,
    permuted,
    places.map((place) => shape[place]!),
  );
}

export function zeroPadding2d(call: LayerCall): Value {
  imageInput(call);
  return padWith(call, call.inputs[0]!, borders(call, 'padding'), 0);
}

/** Surrounds an image with a value. */
export function padWith(
  { graph, path }: LayerCall,
  input: Value,
  [[top, bottom], [left, right]]: Borders,
  fill: number,
): Value {
  const [height, width, channels] = input.shape as [number, number, number];
  const pads = graph.integers(`${path}/pads`, [0, 0, top, left, 0, 0, bottom, right]);
  // ONNX Runtime merges a Pad into any pooling after it, which does not pad with zeros; one that names its axes it leaves alone.
  const axes = graph.integers(`${path}/axes`, [0, 1, 2, 3]);
  const name = graph.node('Pad', path, [input.name, pads, graph.scalar(`${path}/fill`, fill), axes]);
  return value(name, [height + top + bottom, width + left + right, channels]);
}

export function cropping2d(call: LayerCall): Value {
  const [height, width] = imageInput(call);
  const [[top, bottom], [left, right]] = borders(call, 'cropping');
  if (top + bottom >= height || left + right >= width) {
    return call.refuse(`crops all of its input of ${height}x${width}`);
  }
  return cropTo(call, call.inputs[0]!, {
    top,
    left,
    height: height - top - bottom,
    width: width - left - right,
  });
}

export interface Box {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

export function cropTo({ graph, path }: LayerCall, input: Value, box: Box): Value {
  const name = graph.node('Slice', path, [
    input.name,
    graph.integers(`${path}/starts`, [box.top, box.left]),
    graph.integers(`${path}/ends`, [box.top + box.height, box.left + box.width]),
    graph.integers(`${path}/axes`, [2, 3]),
  ]);
  return value(name, [box.height, box.width, input.shape[2]!]);
}

export type Borders = readonly [vertical: readonly [number, number], horizontal: readonly [number, number]];

/** `[[top, bottom], [left, right]]`; Keras 1 also writes `[vertical, horizontal]`. */
function borders(call: LayerCall, setting: string): Borders {
  const given = call.settings.raw(setting);
  const sides = Array.isArray(given) && given.length === 2 ? given : [given, given];
  const [vertical, horizontal] = sides.map((side): unknown[] => (Array.isArray(side) ? side : [side, side]));
  const all = [...vertical!, ...horizontal!];
  const isUsable = all.length === 4 && all.every((size) => Number.isInteger(size) && Number(size) >= 0);
  return isUsable && all.every((size) => Number(size) <= 10_000)
    ? ([vertical, horizontal] as unknown as Borders)
    : call.refuse(`has ${setting} ${JSON.stringify(given)}; expected [[top, bottom], [left, right]]`);
}

export function concatenate(call: LayerCall): Value {
  return concatenateAlong(call, call.inputs, call.settings.integer('axis', -100, -1));
}

/** @param axis Keras', with the batch. */
export function concatenateAlong(call: LayerCall, inputs: readonly Value[], axis: number): Value {
  const [first] = inputs as [Value];
  const place = axisOf(call, axis, first.shape.length);
  const others = (shape: readonly number[]) => shape.toSpliced(place, 1).join();
  if (
    inputs.some(({ shape }) => shape.length !== first.shape.length || others(shape) !== others(first.shape))
  ) {
    return call.refuse(
      `joins tensors of the shapes ${inputs.map(({ shape }) => `[${shape.join(', ')}]`).join(' and ')}`,
    );
  }
  const name = call.graph.node(
    'Concat',
    call.path,
    inputs.map((input) => input.name),
    { axis: storedAxis(first.shape, place) },
  );
  const size = inputs.reduce((sum, { shape }) => sum + shape[place]!, 0);
  return value(name, first.shape.with(place, size));
}

/** Joins tensors along a new axis. */
export function stackAlong(call: LayerCall, inputs: readonly Value[], axis: number): Value {
  const [first] = inputs as [Value];
  const place = axisOf(call, axis, first.shape.length + 1);
  const expanded = inputs.map((input) =>
    reshape(call.graph, `${call.path}/expanded`, input, input.shape.toSpliced(place, 0, 1)),
  );
  return concatenateAlong(call, expanded, place + 1);
}
