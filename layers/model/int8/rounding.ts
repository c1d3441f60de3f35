/** Numbers as bytes: activations from 0 to 255, weights in seven bits. */
import { placesOn } from './channels.ts';
import type { Constant } from './float-graph.ts';
import type { Range } from './ranges.ts';

/** `value = scale * (byte - zero)` */
export interface ByteScale {
  readonly scale: number;
  readonly zero: number;
}

/** The product of two scales has to be a float32 number, too. */
const leastScale = 1e-18;

/** @param range Contains 0. That of a value that was never active, or hardly, becomes 0 to 1. */
export function byteScaleOf({ min, max }: Range): ByteScale {
  const scale = (max - min) / 255;
  if (scale < leastScale) return byteScaleOf({ min: 0, max: 1 });
  return { scale: Math.fround(scale), zero: Math.round((0 - min) / Math.fround(scale)) };
}

/** `weight = scale of its output channel * integer` */
export interface RoundedKernel {
  readonly integers: Int8Array;
  readonly dims: readonly number[];
  /** The axis of the output channels. */
  readonly axis: number;
  readonly scales: Float32Array;
}

/**
 * The greatest weight. Processors with AVX2 and without VNNI add two products of a byte and a weight in 16 bits:
 * 2 x 255 x 64 fits, 2 x 255 x 127 does not and would be cut off without notice.
 */
export const greatestWeight = 64;
/** ONNX Runtime multiplies depthwise kernels in 32 bits everywhere. */
export const greatestDepthwiseWeight = 127;

/** The scale of each output channel that its greatest weight just fits into; 1 for channels of zeros. */
export function peakScales({ dims, values }: Constant, axis: number, greatest: number): Float32Array {
  const channels = placesOn(axis, dims);
  const peaks = new Float32Array(dims[axis]!);
  for (let i = 0; i < values.length; i++) {
    peaks[channels[i]!] = Math.max(peaks[channels[i]!]!, Math.abs(values[i]!));
  }
  return peaks.map((peak) => (peak === 0 ? 1 : Math.max(peak / greatest, leastScale)));
}

export function roundKernel(
  { dims, values }: Constant,
  axis: number,
  scales: Float32Array,
  greatest: number,
): RoundedKernel {
  const channels = placesOn(axis, dims);
  const integers = new Int8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    integers[i] = roundTo(values[i]! / scales[channels[i]!]!, greatest);
  }
  return { integers, dims, axis, scales };
}

function roundTo(value: number, greatest: number): number {
  return Math.max(-greatest, Math.min(greatest, Math.round(value)));
}
