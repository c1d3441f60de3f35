/**
 * Pillow 13's `Image.resize` for RGB pictures, bit for bit: nearest by ImagingScaleAffine's running sum,
 * the other filters by Resample.c's two passes in fixed point.
 */
import { type FilterName, type Taps, tapsOf, weightBits } from './filters.ts';
import { type Box, crop, type PixelView, transpose } from './pixel-view.ts';

export type Interpolation = 'nearest' | FilterName;

/**
 * Scales the part of `view` within `box` to `width` x `height` pixels: `resize((width, height), resample, box)`.
 * The box bounds what is shown, not what is read: like Pillow, wide filters look beyond it. Crop the view to prevent that.
 * A picture that has the wanted size already keeps its pixels under every filter.
 */
export const resize = (
  view: PixelView,
  width: number,
  height: number,
  interpolation: Interpolation,
  box: Box,
): PixelView => {
  const across = { length: view.width, from: box.left, size: box.width };
  const down = { length: view.height, from: box.top, size: box.height };
  if (interpolation === 'nearest') {
    return pick(
      view,
      nearestIndices(across.from, across.size, width),
      nearestIndices(down.from, down.size, height),
    );
  }
  const columns = tapsOf(interpolation, across, width);
  const rows = tapsOf(interpolation, down, height);
  const used = crop(view, { left: columns.from, top: rows.from, width: columns.size, height: rows.size });
  return isRowsFirst(view, width, height)
    ? resampleAcross(resampleDown(used, rows), columns)
    : resampleDown(resampleAcross(used, columns), rows);
};

/**
 * The source pixels that nearest-neighbour scaling takes from `size` pixels, starting at pixel `from`, for `count` output pixels.
 * The rounding errors of the running sum are part of the method: a closed form differs at 640, 1024, 1920 and many more sizes.
 */
export const nearestIndices = (from: number, size: number, count: number): Int32Array => {
  const step = size / count;
  const indices = new Int32Array(count);
  for (let i = 0, position = from + step * 0.5; i < count; i++, position += step) indices[i] = position;
  return indices;
};

const pick = (view: PixelView, columns: Int32Array, rows: Int32Array): PixelView => {
  const picked = emptyView(columns.length, rows.length);
  let to = 0;
  for (const row of rows) {
    for (const column of columns) {
      const from = view.offset + column * view.strideX + row * view.strideY;
      picked.data[to++] = view.data[from];
      picked.data[to++] = view.data[from + 1];
      picked.data[to++] = view.data[from + 2];
    }
  }
  return picked;
};

/** Since version 13 Pillow starts with the rows of tall pictures. The first pass rounds to bytes, so the order shows. */
const isRowsFirst = (whole: PixelView, width: number, height: number): boolean =>
  whole.height > height && whole.height - height > 2 * (whole.width - width);

const resampleDown = (view: PixelView, taps: Taps): PixelView =>
  transpose(resampleAcross(transpose(view), taps));

/** Tiles of 16 rows keep what is read in the processor's cache, whichever of the two strides is the short one. */
const tileRows = 16;

const resampleAcross = (view: PixelView, { outputs }: Taps): PixelView => {
  const resampled = emptyView(outputs.length, view.height);
  for (let top = 0; top < view.height; top += tileRows) {
    const bottom = Math.min(top + tileRows, view.height);
    outputs.forEach(({ start, weights }, x) => {
      for (let y = top; y < bottom; y++) {
        const from = view.offset + start * view.strideX + y * view.strideY;
        const to = x * resampled.strideX + y * resampled.strideY;
        mix(view.data, from, view.strideX, weights, resampled.data, to);
      }
    });
  }
  return resampled;
};

/** One output pixel of source pixels `step` bytes apart: int32 sums of weighted bytes, rounded and clipped. */
const mix = (
  source: Uint8Array,
  from: number,
  step: number,
  weights: Int32Array,
  target: Uint8Array,
  to: number,
): void => {
  let red = 1 << (weightBits - 1);
  let green = red;
  let blue = red;
  for (let k = 0, p = from; k < weights.length; k++, p += step) {
    const weight = weights[k];
    red = (red + Math.imul(source[p], weight)) | 0;
    green = (green + Math.imul(source[p + 1], weight)) | 0;
    blue = (blue + Math.imul(source[p + 2], weight)) | 0;
  }
  target[to] = clip(red >> weightBits);
  target[to + 1] = clip(green >> weightBits);
  target[to + 2] = clip(blue >> weightBits);
};

const clip = (value: number): number => Math.max(0, Math.min(value, 255));

const emptyView = (width: number, height: number): PixelView => ({
  data: new Uint8Array(3 * width * height),
  width,
  height,
  offset: 0,
  strideX: 3,
  strideY: 3 * width,
});
