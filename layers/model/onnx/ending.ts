/** Recognises the activation that an ONNX graph ends with. */
import type { ActivationName } from '../../../functions/classify/network/head.ts';
import { type GraphProto, type NodeProto, producersOf } from './proto.ts';
import { traceBack } from './trace-back.ts';

/** How a network computes its outputs. */
export interface Ending {
  /** `log-softmax`: logits; their softmax gives the probabilities. `unknown`: no rule here recognises it. */
  readonly kind: ActivationName | 'log-softmax' | 'logits' | 'unknown';
  /** For messages: `ends with Gemm`. */
  readonly description: string;
  /** The value that the last operator is applied to, where it is computed. */
  readonly input?: string;
}

/** Traces an output back through operators that keep its values, to the one that computes them. */
export function findEnding(graph: GraphProto, output: string): Ending {
  const producerOf = producersOf(graph);
  const { node, isClipped } = lastComputation(output, producerOf);
  if (!node) return { kind: 'unknown', description: 'is fed straight through' };
  const kind = kindOf(node, producerOf);
  const input = node.input.find((name) => producerOf.has(name));
  // Clipping may turn logits into something else, such as a hard sigmoid.
  return {
    kind: isClipped && kind === 'logits' ? 'unknown' : kind,
    description: `ends with ${node.opType}`,
    ...(input !== undefined && { input }),
  };
}

/** Tells if a graph computes with integers somewhere. */
export function isQuantised({ node }: GraphProto): boolean {
  return node.some(({ opType }) =>
    /^(DynamicQuantize|Quantize|Dequantize)Linear$|^QLinear|Integer$|^QGemm$/.test(opType),
  );
}

/** They change the values of a softmax or a sigmoid by rounding at most, and keep the order of the classes. */
const transparent = new Set([
  'Identity',
  'Reshape',
  'Flatten',
  'Squeeze',
  'Unsqueeze',
  'Cast',
  'Dropout',
  'Clip',
  'QuantizeLinear',
  'DequantizeLinear',
]);

const linear = new Set([
  'Gemm',
  'MatMul',
  'Conv',
  'FusedGemm',
  'FusedMatMul',
  'QGemm',
  'QLinearMatMul',
  'QLinearConv',
]);

/** The operators that compute an activation by themselves. */
const activationOperators: Readonly<Record<string, Ending['kind']>> = {
  Softmax: 'softmax',
  QLinearSoftmax: 'softmax',
  LogSoftmax: 'log-softmax',
  Sigmoid: 'sigmoid',
  QLinearSigmoid: 'sigmoid',
};

/** Operators of other domains may have any name; '' is ONNX's own, and `com.microsoft` is ONNX Runtime's. */
const knownDomains = new Set(['', 'ai.onnx', 'com.microsoft']);

function lastComputation(value: string, producerOf: ReadonlyMap<string, NodeProto>) {
  const origin = traceBack(value, producerOf, transparent);
  return {
    node: origin && producerOf.get(origin.value),
    isClipped: origin?.passing.some(({ opType }) => opType === 'Clip') ?? false,
  };
}

function kindOf(node: NodeProto, producerOf: ReadonlyMap<string, NodeProto>): Ending['kind'] {
  if (!knownDomains.has(node.domain ?? '')) return 'unknown';
  const activation = activationOperators[node.opType];
  if (activation) return activation;
  if (isSpelledOutSoftmax(node, producerOf)) return 'softmax';
  return isLinear(node, producerOf) ? 'logits' : 'unknown';
}

/** A layer of weights, with its bias inside or in a node of its own. */
function isLinear(node: NodeProto, producerOf: ReadonlyMap<string, NodeProto>): boolean {
  if (linear.has(node.opType)) return true;
  return (
    node.opType === 'Add' &&
    node.input.some((name) => linear.has(lastComputation(name, producerOf).node?.opType ?? ''))
  );
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
