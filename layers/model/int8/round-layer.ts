/** A layer's weights and bias as integers. */
import { cancelErrors } from './cancel-errors.ts';
import { inputChannelsOf, isDense, isDepthwise, placesOn } from './channels.ts';
import type { WeightedLayer } from './plan.ts';
import {
  type ByteScale,
  greatestDepthwiseWeight,
  greatestWeight,
  peakScales,
  type RoundedKernel,
  roundKernel,
} from './rounding.ts';

export interface RoundedLayer {
  readonly kernel: RoundedKernel;
  /** Absent for operators without a bias. */
  readonly bias?: { readonly integers: Int32Array; readonly scales: Float32Array };
}

/** @param input The scale of the layer's input. @param means Those of its channels. @param covariance That of its channels, where it is known. */
export function roundLayer(
  layer: WeightedLayer,
  input: ByteScale,
  means: Float64Array,
  covariance?: Float32Array,
): RoundedLayer {
  const { node, axis, bias } = layer;
  const greatest = isDepthwise(layer) ? greatestDepthwiseWeight : greatestWeight;
  const biasScale = (scale: number) => scale * input.scale;
  const scales = peakScales(layer.kernel, axis, greatest).map((scale, c) =>
    Math.max(scale, Math.abs(bias?.values[c] ?? 0) / greatestBias / input.scale),
  );
  const kernel = roundKernel(layer.kernel, axis, scales, greatest);
  if (covariance && isDense(layer)) cancelErrors(layer.kernel, kernel, covariance, greatest);
  if (node.opType === 'MatMul') return { kernel };
  const integers = Int32Array.from(correctedBias(layer, kernel, means), (value, c) =>
    Math.round(value / biasScale(scales[c]!)),
  );
  return { kernel, bias: { integers, scales: scales.map(biasScale) } };
}

/** Leaves most of the 32 bits to the products. A channel with a large bias and small weights gets coarser weights. */
const greatestBias = 2 ** 29;

/**
 * Rounding weights shifts the mean of a layer's output by `sum((rounded weight - weight) * mean input)` in each channel; the
 * bias makes up for that. No other step here gains as much accuracy.
 *
 * Nagel et al., Data-Free Quantization Through Weight Equalization and Bias Correction, 2019, section 4.2.
 */
function correctedBias(
  layer: WeightedLayer,
  { integers, scales }: RoundedKernel,
  inputMeans: Float64Array,
): Float64Array {
  const { dims, values } = layer.kernel;
  const outputs = placesOn(layer.axis, dims);
  const inputs = inputChannelsOf(layer);
  const bias = Float64Array.from(layer.bias?.values ?? scales.map(() => 0));
  for (let i = 0; i < values.length; i++) {
    const output = outputs[i]!;
    bias[output]! += (values[i]! - integers[i]! * scales[output]!) * inputMeans[inputs[i]!]!;
  }
  return bias;
}
