/**
 * A picture as strides over bytes that somebody else holds. Turning and mirroring only change
 * where reading starts and how far a step goes, so none of them copies a pixel.
 */
import type { Orientation } from '../image/image.ts';

/** Pixel (x, y) is the three bytes R, G, B from `data[offset + x * strideX + y * strideY]`. Strides are in bytes. */
export interface PixelView {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly offset: number;
  readonly strideX: number;
  readonly strideY: number;
}

/** How stored pixels are turned: their columns and rows are mirrored, then columns become rows. */
export interface Turn {
  readonly mirrorsColumns: boolean;
  readonly mirrorsRows: boolean;
  readonly swapsAxes: boolean;
}

export function turnOf(orientation: Orientation): Turn {
  return {
    mirrorsColumns: [2, 3, 7, 8].includes(orientation),
    mirrorsRows: [3, 4, 6, 7].includes(orientation),
    swapsAxes: orientation >= 5,
  };
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
