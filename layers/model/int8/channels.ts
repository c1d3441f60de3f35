/** The channels that each weight of a kernel connects. */
import { integerOf } from './float-graph.ts';
import type { WeightedLayer } from './plan.ts';

/** Lists the place on an axis of each value of a row-major array. */
export function placesOn(axis: number, dims: readonly number[]): Int32Array {
  const length = dims[axis]!;
  const inner = dims.slice(axis + 1).reduce((a, b) => a * b, 1);
  const places = new Int32Array(dims.reduce((a, b) => a * b, 1));
  for (let start = 0, place = 0; start < places.length; start += inner, place++) {
    places.fill(place % length, start, start + inner);
  }
  return places;
}

/** Lists the input channel that each weight is multiplied by. */
export function inputChannelsOf({ node, kernel: { dims }, axis }: WeightedLayer): Int32Array {
  if (node.opType !== 'Conv') return placesOn(1 - axis, dims);
  // [output channels, input channels of a group, height, width]
  const [outputs, inputs] = dims as [number, number];
  const outputsPerGroup = outputs / integerOf(node, 'group', 1);
  const outputOf = placesOn(0, dims);
  return placesOn(1, dims).map((input, i) => Math.floor(outputOf[i]! / outputsPerGroup) * inputs + input);
}

/** True for a convolution whose output channels see one input channel each. */
export function isDepthwise({ node, kernel: { dims } }: WeightedLayer): boolean {
  const groups = integerOf(node, 'group', 1);
  return node.opType === 'Conv' && groups > 1 && dims[0] === groups && dims[1] === 1;
}

/** True for a layer whose output channels see every input channel. */
export function isDense({ node }: WeightedLayer): boolean {
  return integerOf(node, 'group', 1) === 1;
}
