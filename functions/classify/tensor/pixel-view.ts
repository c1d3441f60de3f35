/**
 * A picture as strides over bytes that somebody else holds. Turning and mirroring only change
 * where reading starts and how far a step goes, so none of them copies a pixel.
 */
import type { Orientation } from '../image/image.ts';
import { turnOf } from '../image/orientation.ts';

/** Pixel (x, y) is the three bytes R, G, B from `data[offset + x * strideX + y * strideY]`. Strides are in bytes. */
export interface PixelView {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly offset: number;
  readonly strideX: number;
  readonly strideY: number;
}

/** The picture as a person should see it: what Pillow's `ImageOps.exif_transpose` makes of it. */
export function upright(view: PixelView, orientation: Orientation): PixelView {
  const { mirrorsColumns, mirrorsRows, swapsAxes } = turnOf(orientation);
  const flipped = mirrorsColumns ? mirror(view) : view;
  const turned = mirrorsRows ? transpose(mirror(transpose(flipped))) : flipped;
  return swapsAxes ? transpose(turned) : turned;
}

/** Rows become columns: pixel (x, y) is the old (y, x). */
function transpose(view: PixelView): PixelView {
  return {
    ...view,
    width: view.height,
    height: view.width,
    strideX: view.strideY,
    strideY: view.strideX,
  };
}

/** Left becomes right. */
function mirror(view: PixelView): PixelView {
  return {
    ...view,
    offset: view.offset + (view.width - 1) * view.strideX,
    strideX: -view.strideX,
  };
}
