/**
 * Pillow 13's `Image.resize` for RGB pictures, bit for bit and row by row: nearest by ImagingScaleAffine's running sum,
 * the other filters by Resample.c's two passes in fixed point.
 */

import type { TakeRow } from '../image/image.ts';
import { type FilterName, type Output, type Span, tapsOf, weightBits } from './filters.ts';
import type { Size } from './frame.ts';
import type { PixelView } from './pixel-view.ts';

export type Interpolation = 'nearest' | FilterName;

/** How one axis of a picture is scaled. */
export interface AxisPlan {
  /** The pixels that are read, ascending; small pictures repeat some. */
  readonly read: Int32Array;
  /** What the scaled pixels are mixed of, counted within `read`; without it, those that are read are the scaled ones. */
  readonly outputs?: readonly Output[];
}

/** Scales a span to `count` pixels: `resize((count, …), resample, box)`. Like Pillow, wide filters look beyond the span. */
export function planAxis(interpolation: Interpolation, span: Span, count: number): AxisPlan {
  if (interpolation === 'nearest') return { read: nearestIndices(span.from, span.size, count) };
  const { from, size, outputs } = tapsOf(interpolation, span, count);
  return { read: Int32Array.from({ length: size }, (_, i) => from + i), outputs };
}

/** The same for an axis of `length` pixels that is stored the other way round. */
export function mirrored({ read, outputs }: AxisPlan, length: number): AxisPlan {
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

/**
 * The source pixels that nearest-neighbour scaling takes from `size` pixels, starting at pixel `from`, for `count` output pixels.
 * The rounding errors of the running sum are part of the method: a closed form differs at 640, 1024, 1920 and many more sizes.
 */
export function nearestIndices(from: number, size: number, count: number): Int32Array {
  const step = size / count;
  const indices = new Int32Array(count);
  for (let i = 0, position = from + step * 0.5; i < count; i++, position += step) indices[i] = position;
  return indices;
}

/** Which pass comes first: since version 13 Pillow starts with the rows of tall pictures. */
export function startsWithRows(picture: Size, target: Size): boolean {
  return (
    picture.height > target.height && picture.height - target.height > 2 * (picture.width - target.width)
  );
}

/**
 * Starts scaling a picture. The scaled one is complete when all rows that are read have been taken.
 *
 * @param startsDown whether the first pass mixes rows. It rounds to bytes, so the order shows.
 */
export function openResizer(
  columns: AxisPlan,
  rows: AxisPlan,
  startsDown: boolean,
): { readonly takeRow: TakeRow; readonly picture: PixelView } {
  const picture = emptyView(scaledLength(columns), scaledLength(rows));
  let at = 0;
  const append: TakeRow = (rgb) => {
    picture.data.set(rgb, at);
    at += rgb.length;
  };
  const across = (next: TakeRow) => (columns.outputs ? mixAcross(columns.outputs, next) : next);
  const down = (pixels: number, next: TakeRow) => (rows.outputs ? mixDown(rows.outputs, pixels, next) : next);
  return {
    takeRow: startsDown ? down(columns.read.length, across(append)) : across(down(picture.width, append)),
    picture,
  };
}

function scaledLength({ read, outputs }: AxisPlan): number {
  return (outputs ?? read).length;
}

/** Scales each row, and passes it on. Rows that are equal to the last, as in drawings and bombs, cost next to nothing. */
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
 * Holds as many rows as are mixed into one, and passes each of these on as soon as its last row is there. Rows that are equal
 * to the one before are mixed in with it.
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

function emptyView(width: number, height: number): PixelView {
  return {
    data: new Uint8Array(3 * width * height),
    width,
    height,
    offset: 0,
    strideX: 3,
    strideY: 3 * width,
  };
}
