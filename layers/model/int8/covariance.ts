/** How the channels of a value vary together. ONNX Runtime multiplies them. */
import {
  type GraphProto,
  int64,
  intsAttribute,
  type ModelProto,
  type NodeProto,
  type TensorProto,
} from '../onnx/proto.ts';
import { type ExtendedGraph, floatOutput, withInnerValues, withOutputs } from './inner-values.ts';
import type { Calibration, Correlation, Observation } from './observation.ts';

/** The memory for products. ResNet50 takes 272 MB, a layer of 4,096 channels 201 MB. */
const mostBytes = 300e6;
/** The sum over all photos in float64, and that of one photo in float32. */
const bytesPerPair = 12;

/** Divides values into groups whose products fit into memory together. */
export function groupByMemory(correlations: readonly Correlation[]): Correlation[][] {
  const groups: Correlation[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const correlation of correlations) {
    const added = correlation.channels ** 2 * bytesPerPair;
    if (bytes + added > mostBytes) {
      groups.push([]);
      bytes = 0;
    }
    groups.at(-1)!.push(correlation);
    bytes += added;
  }
  return groups;
}

/**
 * Sums the products of each pair of channels over all photos, in one pass.
 *
 * @param observations All observed values. They are outputs here too, so that ONNX Runtime computes the same numbers as without products.
 * @param path A file that may be written, and is removed again.
 * @returns [channels, channels] by the names of the values.
 */
export function sumProducts(
  model: ModelProto,
  observations: readonly Observation[],
  correlations: readonly Correlation[],
  calibration: Calibration,
  path: string,
): Promise<Map<string, Float64Array>> {
  const graph = withProducts(withOutputs(model.graph, observations), correlations);
  return withInnerValues({ model, graph, path }, calibration, async (forEachValue) => {
    const sums = new Map(
      correlations.map(({ name, channels }) => [productsName(name), new Float64Array(channels ** 2)]),
    );
    await forEachValue([...sums.keys()], (name, { data }) => add(sums.get(name)!, data as Float32Array));
    return new Map(correlations.map(({ name }) => [name, sums.get(productsName(name))!]));
  });
}

/** @param values As long as the sums, or several times as long for a value of several images. */
function add(sums: Float64Array, values: Float32Array): void {
  for (let start = 0; start < values.length; start += sums.length) {
    const image = values.subarray(start, start + sums.length);
    for (let i = 0; i < sums.length; i++) sums[i]! += image[i]!;
  }
}

/** The output that has the products of each pair of channels, summed: [images, channels, channels], or without the images. */
function productsName(name: string): string {
  return `${name}__products`;
}

/** Adds these outputs to a graph. */
function withProducts(graph: GraphProto, correlations: readonly Correlation[]): ExtendedGraph {
  const added = correlations.map(({ name, channelAxis, channels }) =>
    productsOf(name, channelAxis === 'second', channels),
  );
  return {
    node: [...graph.node, ...added.flatMap(({ nodes }) => nodes)],
    initializer: [...graph.initializer, ...added.map(({ shape }) => shape)],
    output: [...graph.output, ...added.map(({ output }) => floatOutput(output))],
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
