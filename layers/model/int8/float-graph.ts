/** A float32 graph to be quantised: its nodes in execution order, and its weights as numbers. */
import {
  float32,
  type GraphProto,
  type NodeProto,
  producersOf,
  type TensorProto,
  toNumber,
} from '../onnx/proto.ts';

export interface Constant {
  readonly dims: readonly number[];
  readonly values: Float32Array;
}

export interface FloatGraph {
  readonly nodes: readonly NodeProto[];
  readonly producerOf: ReadonlyMap<string, NodeProto>;
  readonly consumersOf: ReadonlyMap<string, readonly NodeProto[]>;
  readonly outputs: ReadonlySet<string>;
  /** Returns a float32 initialiser, or undefined for any other value. */
  readonly constant: (name: string | undefined) => Constant | undefined;
}

/** @param graph As ONNX Runtime saves it: weights in the file itself, constants folded. */
export function readFloatGraph(graph: GraphProto): FloatGraph {
  const tensors = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  const consumersOf = new Map<string, NodeProto[]>();
  for (const node of graph.node) {
    for (const name of new Set(node.input)) consumersOf.set(name, [...(consumersOf.get(name) ?? []), node]);
  }
  return {
    nodes: graph.node,
    producerOf: producersOf(graph),
    consumersOf,
    outputs: new Set(graph.output.map(({ name }) => name)),
    constant: (name = '') => {
      const tensor = tensors.get(name);
      return tensor?.dataType === float32
        ? { dims: tensor.dims.map(toNumber), values: valuesOf(tensor) }
        : undefined;
    },
  };
}

function valuesOf({ rawData, floatData = [] }: TensorProto): Float32Array {
  // Copied, because the bytes of a file are not aligned.
  return rawData?.length ? new Float32Array(new Uint8Array(rawData).buffer) : Float32Array.from(floatData);
}

/** Returns an integer attribute of a node. */
export function integerOf(node: NodeProto, wanted: string, otherwise: number): number {
  const value = node.attribute?.find(({ name }) => name === wanted)?.i;
  return value === undefined ? otherwise : toNumber(value);
}

/** Returns a floating-point attribute of a node. */
export function floatOf(node: NodeProto, wanted: string): number | undefined {
  return node.attribute?.find(({ name }) => name === wanted)?.f;
}
