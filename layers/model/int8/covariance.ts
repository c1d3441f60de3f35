/** Lets ONNX Runtime compute how the channels of a value vary together. */
import {
  float32,
  type GraphProto,
  int64,
  intsAttribute,
  type NodeProto,
  type TensorProto,
} from '../onnx/proto.ts';
import type { Observation } from './observation.ts';

/** The output that has the sums of the products of each pair of channels: [1, channels, channels], or without the 1. */
export function productsName(name: string): string {
  return `${name}__products`;
}

/** Adds these outputs to a graph, for the observations that ask for them. */
export function withProducts(
  graph: GraphProto,
  observations: readonly Observation[],
): Pick<GraphProto, 'node' | 'initializer' | 'output'> {
  const added = observations.flatMap(({ name, channelAxis, channels }) =>
    channels === undefined ? [] : [productsOf(name, channelAxis === 'second', channels)],
  );
  return {
    node: [...graph.node, ...added.flatMap(({ nodes }) => nodes)],
    initializer: [...graph.initializer, ...added.map(({ shape }) => shape)],
    output: [
      ...graph.output,
      ...added.map(({ output }) => ({ name: output, type: { tensorType: { elemType: float32 } } })),
    ],
  };
}

/** Flattens a value into rows or columns of channels, and multiplies it by itself. */
function productsOf(name: string, isImage: boolean, channels: number) {
  const [shapeName, flat, turned, output] = [
    `${name}__shape`,
    `${name}__flat`,
    `${name}__turned`,
    productsName(name),
  ] as const;
  // 0 keeps a dimension, -1 is what remains.
  const dims = isImage ? [0, channels, -1] : [-1, channels];
  const shape: TensorProto = {
    name: shapeName,
    dims: [dims.length],
    dataType: int64,
    rawData: new Uint8Array(BigInt64Array.from(dims, BigInt).buffer),
  };
  const nodes = [
    node('Reshape', [name, shapeName], flat),
    node('Transpose', [flat], turned, isImage ? [0, 2, 1] : [1, 0]),
    node('MatMul', isImage ? [flat, turned] : [turned, flat], output),
  ];
  return { nodes, shape, output };
}

function node(opType: string, input: readonly string[], output: string, perm?: readonly number[]): NodeProto {
  const attribute = perm ? [{ name: 'perm', type: intsAttribute, ints: perm }] : [];
  return { name: output, opType, input, output: [output], attribute };
}

/** Places of one photo resemble each other: so many tell as much as one. 4 and 16 give nearly the same scores, 1 worse ones. */
const placesAlike = 8;

/**
 * Turns sums of products into covariances.
 *
 * Few places tell little about many channels: the fewer there are, the smaller the covariances of different channels become.
 *
 * @param places The number of values of each channel.
 */
export function covarianceOf(products: Float64Array, means: Float64Array, places: number): Float32Array {
  const { length } = means;
  const trust = places / (places + placesAlike * length);
  const covariance = new Float32Array(products.length);
  for (let row = 0, i = 0; row < length; row++) {
    for (let column = 0; column < length; column++, i++) {
      const value = products[i]! / places - means[row]! * means[column]!;
      covariance[i] = row === column ? value : value * trust;
    }
  }
  return covariance;
}
