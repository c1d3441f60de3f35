/** What an ONNX graph says of itself: its input, its output and whether it ends with a softmax. */
import { UnusableModel } from '../unusable-model.ts';
import {
  type DimensionProto,
  float32,
  type GraphProto,
  type NodeProto,
  toNumber,
  type ValueProto,
} from './proto.ts';

export interface GraphFacts {
  readonly input: {
    readonly name: string;
    readonly layout: 'NHWC' | 'NCHW';
    /** Pixels; absent where the graph takes any size. */
    readonly width?: number;
    readonly height?: number;
  };
  /** `activation` none: logits. */
  readonly output: { readonly name: string; readonly activation: 'none' | 'softmax' };
}

/**
 * @param path Of the file, for messages.
 * @throws UnusableModel if it is not a classifier of single RGB images: one float32 input of four dimensions, one of them the
 *   3 channels, and one output whose scores exclude each other.
 */
export function inspectGraph(graph: GraphProto, path: string): GraphFacts {
  return {
    input: inspectInput(onlyInput(graph, path), path),
    output: inspectOutput(graph, path),
  };
}

/** Until version 3 of the format, initialisers had to be listed among the inputs too. */
function onlyInput({ input, initializer }: GraphProto, path: string): ValueProto {
  const initialised = new Set(initializer.map(({ name }) => name));
  const fed = input.filter(({ name }) => !initialised.has(name));
  if (fed.length === 1) return fed[0]!;
  throw new UnusableModel(`${path} has ${fed.length} inputs (${namesOf(fed)}); expected one, the image`);
}

function inspectInput({ name, type }: ValueProto, path: string): GraphFacts['input'] {
  const input = `${path}: input '${name}'`;
  if (type?.tensorType?.elemType !== float32) {
    throw new UnusableModel(`${input} does not take float32; export the model with a float32 input`);
  }
  const dims = type.tensorType.shape?.dim.map(fixedSize) ?? [];
  const shape = `[${dims.map((dim) => dim ?? '?').join(', ')}]`;
  const layout = dims[1] === 3 ? 'NCHW' : 'NHWC';
  if (dims.length !== 4 || dims[layout === 'NCHW' ? 1 : 3] !== 3) {
    throw new UnusableModel(
      `${input} has the shape ${shape}; expected [batch, 3, height, width] or [batch, height, width, 3]`,
    );
  }
  if (dims[0] !== undefined && dims[0] !== 1) {
    throw new UnusableModel(
      `${input} takes batches of ${dims[0]}; expected a dynamic batch, or 1: export the model again with one`,
    );
  }
  const [height, width] = layout === 'NCHW' ? dims.slice(2) : dims.slice(1);
  return { name, layout, ...(width && { width }), ...(height && { height }) };
}

/** Dynamic sizes are 0, -1 or have a name. */
function fixedSize({ dimValue }: DimensionProto): number | undefined {
  const size = toNumber(dimValue ?? 0);
  return size > 0 ? size : undefined;
}

function inspectOutput(graph: GraphProto, path: string): GraphFacts['output'] {
  const [output, ...others] = graph.output;
  if (!output || others.length > 0) {
    throw new UnusableModel(
      `${path} has ${graph.output.length} outputs (${namesOf(graph.output)}); expected one, the scores of the classes`,
    );
  }
  return { name: output.name, activation: activationOf(output.name, producers(graph), path) };
}

// They change neither the values nor their order.
const transparent = new Set(['Identity', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Cast']);

function activationOf(
  value: string,
  producerOf: ReadonlyMap<string, NodeProto>,
  path: string,
): 'none' | 'softmax' {
  let node = producerOf.get(value);
  // A damaged graph may run in a circle.
  for (let steps = 0; node && transparent.has(node.opType) && steps < producerOf.size; steps++) {
    node = producerOf.get(node.input[0]!);
  }
  if (!node) return 'none';
  if (node.opType === 'Sigmoid') {
    throw new UnusableModel(
      `${path} ends with a sigmoid: its classes do not exclude each other, which is not supported; end it with a softmax`,
    );
  }
  // The softmax of a log-softmax is the softmax itself, so LogSoftmax counts as none.
  return node.opType === 'Softmax' || isSpelledOutSoftmax(node, producerOf) ? 'softmax' : 'none';
}

/** exp(x) / sum(exp(x)), as some converters write it. */
function isSpelledOutSoftmax(
  { opType, input }: NodeProto,
  producerOf: ReadonlyMap<string, NodeProto>,
): boolean {
  const [powers, sum] = input.map((name) => producerOf.get(name));
  return (
    opType === 'Div' &&
    powers?.opType === 'Exp' &&
    sum?.opType === 'ReduceSum' &&
    sum.input[0] === powers.output[0]
  );
}

function producers({ node }: GraphProto): Map<string, NodeProto> {
  return new Map(node.flatMap((producer) => producer.output.map((name) => [name, producer] as const)));
}

function namesOf(values: readonly ValueProto[]): string {
  return values.map(({ name }) => `'${name}'`).join(', ') || 'none';
}
