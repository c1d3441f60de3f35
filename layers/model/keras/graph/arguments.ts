/** The arguments of a call in a model's configuration, as Keras 3 and Keras 2 write them. */
import * as v from 'valibot';
import { UnusableModel } from '../../unusable-model.ts';
import { exportToOnnx, saveAgain } from '../way-on.ts';
import type { Argument, Call, Constant, TensorReference } from './model-graph.ts';

type Unresolved = Argument<TensorReference>;

// Deeper than any list of tensors or table of numbers.
const maxDepth = 16;

const referenceSchema = v.tuple([v.string(), v.number(), v.number()]);

/** `['conv1', 0, 0]`; Keras 2 adds keyword arguments. */
export function referenceOf(value: unknown): TensorReference | undefined {
  const parsed = v.safeParse(v.looseTuple(referenceSchema.items), value);
  if (!parsed.success) return undefined;
  const [layer, call, output] = parsed.output;
  return { kind: 'tensor', layer, call, output };
}

/** The references in a list, a list of lists or a dictionary of any depth. */
export function referencesIn(value: unknown, where: string, depth = 0): TensorReference[] {
  assertDepth(depth, where);
  const reference = referenceOf(value);
  if (reference) return [reference];
  if (typeof value !== 'object' || value === null) return [];
  // Keras numbers the outputs of a dictionary in the order of their names.
  const items = Array.isArray(value)
    ? value
    : Object.entries(value)
        .sort(byName)
        .map(([, item]) => item);
  return items.flatMap((item) => referencesIn(item, where, depth + 1));
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}

/** One element of `inbound_nodes`. @param where Names the layer, for messages. */
export function readCall(node: unknown, where: string): Call {
  if (isRecord(node) && Array.isArray(node.args)) {
    const kwargs = isRecord(node.kwargs) ? node.kwargs : {};
    return { args: node.args.map((arg) => keras3Argument(arg, where)), kwargs: mapValues(kwargs, where) };
  }
  if (Array.isArray(node)) return keras2Call(node, where);
  throw new UnusableModel(`${where} has a call that is not as Keras writes it: ${saveAgain}`);
}

function mapValues(record: Readonly<Record<string, unknown>>, where: string): Call['kwargs'] {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [name, keras3Argument(value, where)]),
  );
}

function keras3Argument(value: unknown, where: string, depth = 0): Unresolved {
  assertDepth(depth, where);
  if (isPlain(value)) return value;
  if (Array.isArray(value)) return value.map((item) => keras3Argument(item, where, depth + 1));
  const { class_name, config: given } = value as Readonly<Record<string, unknown>>;
  const config = isRecord(given) ? given : {};
  switch (class_name) {
    case '__keras_tensor__': {
      const reference = referenceOf(config.keras_history);
      if (reference) return reference;
      break;
    }
    case '__tensor__':
    case '__numpy__':
      return constantOf(config.value, where);
    case '__ellipsis__':
      return { kind: 'ellipsis' };
    case '__slice__':
      return sliceOf(config);
  }
  throw unknownArgument(value, where);
}

/** A list of tensors, each with the keyword arguments of the call: `[['a', 0, 0, {}], ['b', 0, 0, {}]]`. */
function keras2Call(node: readonly unknown[], where: string): Call {
  const isSingle = typeof node[0] === 'string';
  const tensors = isSingle ? [node] : node;
  const args = tensors.map((tensor) => keras2Tensor(tensor, where));
  const [first] = tensors;
  const kwargs = Array.isArray(first) && isRecord(first[3]) ? first[3] : {};
  return {
    args: args.length === 1 ? args : [args],
    kwargs: Object.fromEntries(
      Object.entries(kwargs).map(([name, value]) => [name, keras2Argument(value, where)]),
    ),
  };
}

function keras2Tensor(value: unknown, where: string): Unresolved {
  // A number among the tensors, as in `1.0 - x`.
  if (Array.isArray(value) && value[0] === '_CONSTANT_VALUE') return keras2Argument(value[2], where);
  const reference = referenceOf(value);
  if (reference) return reference;
  throw unknownArgument(value, where);
}

function keras2Argument(value: unknown, where: string, depth = 0): Unresolved {
  assertDepth(depth, where);
  if (isPlain(value)) return value;
  const parsed = v.safeParse(referenceSchema, value);
  if (parsed.success) return referenceOf(value)!;
  if (Array.isArray(value)) return value.map((item) => keras2Argument(item, where, depth + 1));
  if (isRecord(value) && value.class_name === '__ellipsis__') return { kind: 'ellipsis' };
  if (isRecord(value) && 'start' in value && 'stop' in value) return sliceOf(value);
  return keras3Argument(value, where, depth + 1);
}

function sliceOf({ start, stop, step }: Readonly<Record<string, unknown>>): Unresolved {
  const integer = (value: unknown) => (typeof value === 'number' ? value : null);
  return { kind: 'slice', start: integer(start), stop: integer(stop), step: integer(step) };
}

/** @throws UnusableModel if it is not a number or a rectangular table of numbers. */
export function constantOf(value: unknown, where: string): Constant {
  const shape: number[] = [];
  for (let level = value; Array.isArray(level) && shape.length < maxDepth; level = level[0]) {
    shape.push(level.length);
  }
  if (isTable(value, shape))
    return { kind: 'constant', shape, values: [value].flat(maxDepth + 1) as number[] };
  throw new UnusableModel(`${where} has a constant that is not a table of numbers: ${exportToOnnx}`);
}

function isTable(value: unknown, [length, ...rest]: readonly number[]): boolean {
  if (length === undefined) return typeof value === 'number';
  return Array.isArray(value) && value.length === length && value.every((item) => isTable(item, rest));
}

function isPlain(value: unknown): value is number | string | boolean | null {
  return value === null || ['number', 'string', 'boolean'].includes(typeof value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function assertDepth(depth: number, where: string): void {
  if (depth > maxDepth)
    throw new UnusableModel(`${where} has arguments that are nested more than ${maxDepth} deep`);
}

function unknownArgument(value: unknown, where: string): UnusableModel {
  return new UnusableModel(
    `${where} has the argument ${JSON.stringify(value).slice(0, 80)}, which cannot be converted: ${exportToOnnx}`,
  );
}
