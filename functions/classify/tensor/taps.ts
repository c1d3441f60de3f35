/** Plans how Pillow's filters scale one axis. */
import type { Address, KernelInstance } from '../decode/shared/kernels.ts';
import type { AxisPlan, Outputs, Span } from './axis.ts';
import type { Interpolation } from './names.ts';

export type FilterName = Exclude<Interpolation, 'nearest' | 'tf-bilinear'>;

/** Each output is a sum of neighbouring pixels, counted within `read`, with weights in 22-bit fixed point. */
export interface Taps extends AxisPlan {
  readonly starts: Int32Array;
  /** The number of weights of each output. */
  readonly counts: Int32Array;
  /** One row per output, `most` weights long, used from the start. */
  readonly weights: Int32Array;
  readonly most: number;
}

/** The taps of the outputs of a span. Like Pillow's, they read beyond the span as far as the filter reaches. */
export function planTaps(
  { kernels, allocate, wordsAt }: KernelInstance,
  name: FilterName,
  { length, from, size }: Span,
  { count, first, kept }: Outputs,
): Taps {
  const filter = kernelFilters[name];
  const most = kernels.mostTaps(filter, size / count);
  const [starts, counts, weights, scratch]: Address[] = [4 * kept, 4 * kept, 4 * kept * most, 8 * most].map(
    allocate,
  );
  kernels.planTaps(filter, length, from, size, count, first, kept, most, starts, counts, weights, scratch);
  const [firstRead] = wordsAt(starts, 1);
  const [lastStart] = wordsAt(starts + 4 * (kept - 1), 1);
  const [lastCount] = wordsAt(counts + 4 * (kept - 1), 1);
  return {
    read: Int32Array.from({ length: lastStart + lastCount - firstRead }, (_, i) => firstRead + i),
    starts: wordsAt(starts, kept).map((start) => start - firstRead),
    counts: wordsAt(counts, kept).slice(),
    weights: wordsAt(weights, kept * most).slice(),
    most,
  };
}

/** The numbers of the filters in functions/kernels/taps.ts. */
const kernelFilters: Readonly<Record<FilterName, number>> = {
  box: 0,
  bilinear: 1,
  hamming: 2,
  bicubic: 3,
  lanczos: 4,
};

/** The same taps for an axis of `length` pixels that is stored in reverse. */
export function mirroredTaps({ read, starts, counts, weights, most }: Taps, length: number): Taps {
  const mirrored = new Int32Array(weights.length);
  counts.forEach((count, i) => {
    const row = weights.subarray(i * most, i * most + count);
    mirrored.set(row.slice().reverse(), (counts.length - 1 - i) * most);
  });
  return {
    read: read.map((index) => length - 1 - index).reverse(),
    starts: starts.map((start, i) => read.length - start - counts[i]).reverse(),
    counts: counts.slice().reverse(),
    weights: mirrored,
    most,
  };
}
