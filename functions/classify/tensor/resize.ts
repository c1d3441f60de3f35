/**
 * Pillow 13's `Image.resize` for RGB images, bit for bit and row by row: nearest with ImagingScaleAffine's running sum,
 * the other filters with the two fixed-point passes of Resample.c.
 */

import type { TakeRow } from '../image/image.ts';
import { type AxisPlan, appendTo, type Outputs, type Resampler, type Span } from './axis.ts';
import { type FilterName, type Output, tapsOf, weightBits } from './filters.ts';
import type { Size } from './frame.ts';
import { packedView } from './pixel-view.ts';

/** Scaling one axis with one of Pillow's filters. */
export interface PillowPlan extends AxisPlan {
  /** The weights of each scaled pixel, counted within `read`. Without them the pixels read are the scaled ones. */
  readonly outputs?: readonly Output[];
}

/** `resize((count, …), resample, box)`. As in Pillow, filters read beyond the box, up to the image's edge. */
export function pillowResampler(interpolation: 'nearest' | FilterName): Resampler<PillowPlan> {
  return {
    planAxis: (span, outputs) =>
      interpolation === 'nearest'
        ? { read: nearestIndices(span, outputs) }
        : planFilter(interpolation, span, outputs),
    mirrored,
    emptyView: (width, height) => packedView(new Uint8Array(3 * width * height), width, height),
    open: (columns, rows, startsDown, target) => {
      const append = appendTo(target);
      const across = (next: TakeRow) => (columns.outputs ? mixAcross(columns.outputs, next) : next);
      const down = (pixels: number, next: TakeRow) =>
        rows.outputs ? mixDown(rows.outputs, pixels, next) : next;
      return startsDown ? down(columns.read.length, across(append)) : across(down(target.width, append));
    },
  };
}

/**
 * The source pixels that nearest-neighbour scaling takes.
 * The rounding errors of the running sum are part of the method: a closed form differs at 640, 1024, 1920 and many more sizes.
 */
export function nearestIndices(
  { from, size }: Omit<Span, 'length'>,
  { count, first, kept }: Outputs,
): Int32Array {
  const step = size / count;
  const indices = new Int32Array(kept);
  let position = from + step * 0.5;
  for (let i = 0; i < first; i++) position += step;
  for (let i = 0; i < kept; i++, position += step) indices[i] = position;
  return indices;
}

/** True if Pillow's first pass mixes rows, as it does for tall images since version 13. */
export function startsWithRows(image: Size, target: Size): boolean {
  return image.height > target.height && image.height - target.height > 2 * (image.width - target.width);
}

function planFilter(name: FilterName, span: Span, outputs: Outputs): PillowPlan {
  const taps = tapsOf(name, span, outputs);
  return { read: Int32Array.from({ length: taps.size }, (_, i) => taps.from + i), outputs: taps.outputs };
}

function mirrored({ read, outputs }: PillowPlan, length: number): PillowPlan {
  return {
    read: read.map((index) => length - 1 - index).reverse(),
    ...(outputs && {
      outputs: outputs
        .map(({ start, weights }) => ({
          start: read.length - start - weights.length,
          weights: weights.slice().reverse(),
        }))
        .reverse(),
    }),
  };
}

/** Scales each row and passes it on. A row equal to the one before, as in drawings and decompression bombs, is not scaled again. */
function mixAcross(outputs: readonly Output[], next: TakeRow): TakeRow {
  const mixed = new Uint8Array(3 * outputs.length);
  let last = Buffer.alloc(0);
  return (rgb) => {
    if (!last.equals(rgb)) {
      for (let x = 0; x < outputs.length; x++) mixPixels(rgb, outputs[x], mixed, 3 * x);
      if (last.length !== rgb.length) last = Buffer.alloc(rgb.length);
      last.set(rgb);
    }
    next(mixed);
  };
}

/** Writes one pixel: int32 sums of weighted bytes, rounded and clipped. */
function mixPixels(rgb: Uint8Array, { start, weights }: Output, target: Uint8Array, to: number): void {
  let red = half;
  let green = half;
  let blue = half;
  for (let k = 0, from = 3 * start; k < weights.length; k++, from += 3) {
    const weight = weights[k];
    red = (red + Math.imul(rgb[from], weight)) | 0;
    green = (green + Math.imul(rgb[from + 1], weight)) | 0;
    blue = (blue + Math.imul(rgb[from + 2], weight)) | 0;
  }
  target[to] = clip(red >> weightBits);
  target[to + 1] = clip(green >> weightBits);
  target[to + 2] = clip(blue >> weightBits);
}

const half = 1 << (weightBits - 1);

function clip(value: number): number {
  return Math.max(0, Math.min(value, 255));
}

/**
 * Holds as many rows as one output mixes, and passes each output on as soon as its last row has arrived. Rows equal to the
 * one before share one multiplication.
 */
function mixDown(outputs: readonly Output[], pixels: number, next: TakeRow): TakeRow {
  const most = outputs.reduce((most, { weights }) => Math.max(most, weights.length), 0);
  const held = Array.from({ length: most }, () => Buffer.alloc(3 * pixels));
  const repeats = Array.from({ length: most }, () => false);
  const sums = new Int32Array(3 * pixels);
  const mixed = new Uint8ClampedArray(3 * pixels);
  const mixedBytes = new Uint8Array(mixed.buffer);
  let taken = 0;
  let done = 0;
  return (rgb) => {
    const slot = taken % most;
    repeats[slot] = taken > 0 && held[(taken - 1) % most].equals(rgb);
    held[slot].set(rgb);
    taken++;
    for (; done < outputs.length; done++) {
      const { start, weights } = outputs[done];
      if (start + weights.length > taken) return;
      sums.fill(half);
      for (let k = 0; k < weights.length; ) {
        const row = held[(start + k) % most];
        let weight = weights[k++];
        while (k < weights.length && repeats[(start + k) % most]) weight += weights[k++];
        addWeighted(sums, row, weight);
      }
      for (let i = 0; i < sums.length; i++) mixed[i] = sums[i] >> weightBits;
      next(mixedBytes);
    }
  };
}

function addWeighted(sums: Int32Array, bytes: Uint8Array, weight: number): void {
  for (let i = 0; i < sums.length; i++) sums[i] += Math.imul(bytes[i], weight);
}
