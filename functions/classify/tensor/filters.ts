/**
 * The weights with which Pillow's resampling filters mix source pixels, in its 8-bit fixed point.
 * Method: `precompute_coeffs` and `normalize_coeffs_8bpc` in Pillow's Resample.c.
 */
import type { Outputs, Span } from './axis.ts';
import type { Interpolation } from './names.ts';

/** The resampling of one axis. Its outputs read source pixels `from` to `from + size - 1` and no others. */
export interface Taps {
  readonly from: number;
  readonly size: number;
  readonly outputs: readonly Output[];
}

/** An output pixel is the sum of `weights[k]` times source pixel `start + k`, counted from the first one that is read. */
export interface Output {
  readonly start: number;
  readonly weights: Int32Array;
}

export type FilterName = Exclude<Interpolation, 'nearest' | 'tf-bilinear'>;

/** A weight of 1 is `1 << weightBits`: 8 bits of pixel, 22 of weight and 2 for overshoot fill an int32. */
export const weightBits = 22;

/** The taps of the outputs of a span. Like Pillow's, they read beyond the span as far as the filter reaches. */
export function tapsOf(
  name: FilterName,
  { length, from, size }: Span,
  { count, first: firstOutput, kept }: Outputs,
): Taps {
  const { support, weigh } = filters[name];
  const scale = size / count;
  const stretch = Math.max(scale, 1);
  const reach = support * stretch;
  const outputs = Array.from({ length: kept }, (_, i) => {
    const center = from + (firstOutput + i + 0.5) * scale;
    const start = Math.max(Math.trunc(center - reach + 0.5), 0);
    const end = Math.min(Math.trunc(center + reach + 0.5), length);
    const distances = Array.from(
      { length: end - start },
      (_, k) => (k + start - center + 0.5) * (1 / stretch),
    );
    return { start, end, weights: toFixedPoint(distances.map(weigh)) };
  });
  const first = outputs[0].start;
  return {
    from: first,
    size: outputs[kept - 1].end - first,
    outputs: outputs.map(({ start, weights }) => ({ start: start - first, weights })),
  };
}

/** Weights that add up to 1, rounded half away from zero. */
function toFixedPoint(weights: readonly number[]): Int32Array {
  const sum = weights.reduce((a, b) => a + b, 0);
  return Int32Array.from(weights, (weight) => {
    const scaled = (weight / sum) * 2 ** weightBits;
    return Math.trunc(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
  });
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);
}

/** Each filter's weight at distance x, in output pixels, and the distance beyond which it is zero. */
const filters: Record<FilterName, { readonly support: number; readonly weigh: (x: number) => number }> = {
  box: { support: 0.5, weigh: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, weigh: (x) => Math.max(1 - Math.abs(x), 0) },
  hamming: {
    support: 1,
    weigh: (x) =>
      Math.abs(x) < 1 ? sinc(x) * (Math.fround(0.54) + Math.fround(0.46) * Math.cos(x * Math.PI)) : 0,
  },
  bicubic: {
    support: 2,
    weigh: (signed) => {
      const a = -0.5;
      const x = Math.abs(signed);
      if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
    },
  },
  lanczos: { support: 3, weigh: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
};
