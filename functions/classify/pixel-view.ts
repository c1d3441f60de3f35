/**
 * A picture as strides over bytes that somebody else holds. Turning, mirroring and cropping only change
 * where reading starts and how far a step goes, so none of them copies a pixel.
 */
import type { Bitmap, Orientation } from './decode.ts';

/** Pixel (x, y) is the three bytes R, G, B from `data[offset + x * strideX + y * strideY]`. Strides are in bytes. */
export interface PixelView {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly offset: number;
  readonly strideX: number;
  readonly strideY: number;
}

/** A rectangle in whole pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The bitmap as it is stored, its alpha skipped: the colour under transparent pixels stays, as in Pillow's `convert('RGB')`. */
export const viewOf = ({ data, width, height }: Bitmap): PixelView => ({
  data,
  width,
  height,
  offset: 0,
  strideX: 4,
  strideY: 4 * width,
});

/** The picture as a person should see it: what Pillow's `ImageOps.exif_transpose` makes of it. */
export const upright = (view: PixelView, orientation: Orientation): PixelView => {
  const flipped = [2, 3, 7, 8].includes(orientation) ? mirror(view) : view;
  const turned = [3, 4, 6, 7].includes(orientation) ? transpose(mirror(transpose(flipped))) : flipped;
  return orientation >= 5 ? transpose(turned) : turned;
};

/** The pixels within `box`, as if the rest did not exist: Pillow's `crop`. */
export const crop = (view: PixelView, box: Box): PixelView => ({
  ...view,
  width: box.width,
  height: box.height,
  offset: view.offset + box.left * view.strideX + box.top * view.strideY,
});

/** Rows become columns: pixel (x, y) is the old (y, x). */
export const transpose = (view: PixelView): PixelView => ({
  ...view,
  width: view.height,
  height: view.width,
  strideX: view.strideY,
  strideY: view.strideX,
});

/** Left becomes right. */
const mirror = (view: PixelView): PixelView => ({
  ...view,
  offset: view.offset + (view.width - 1) * view.strideX,
  strideX: -view.strideX,
});
