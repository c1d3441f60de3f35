/**
 * An image as strides over shared memory. Turning and mirroring change only the starting offset and the strides, so neither
 * copies a pixel.
 */
import type { Orientation } from '../image/image.ts';
import { turnOf } from '../image/orientation.ts';

/** Pixel (x, y) is the three values R, G, B (0..255) at `data[offset + x * strideX + y * strideY]`. */
export interface PixelView {
  readonly data: Uint8Array | Float32Array;
  readonly width: number;
  readonly height: number;
  readonly offset: number;
  readonly strideX: number;
  readonly strideY: number;
}

/** The image upright, as Pillow's `ImageOps.exif_transpose` turns it. */
export function upright(view: PixelView, orientation: Orientation): PixelView {
  const { mirrorsColumns, mirrorsRows, swapsAxes } = turnOf(orientation);
  const flipped = mirrorsColumns ? mirror(view) : view;
  const turned = mirrorsRows ? transpose(mirror(transpose(flipped))) : flipped;
  return swapsAxes ? transpose(turned) : turned;
}

/** Swaps rows and columns: pixel (x, y) is the old (y, x). */
function transpose(view: PixelView): PixelView {
  return {
    ...view,
    width: view.height,
    height: view.width,
    strideX: view.strideY,
    strideY: view.strideX,
  };
}

/** The `width` x `height` pixels whose top left corner is (left, top). */
export function partOf(
  view: PixelView,
  left: number,
  top: number,
  { width, height }: Pick<PixelView, 'width' | 'height'>,
): PixelView {
  return { ...view, width, height, offset: view.offset + left * view.strideX + top * view.strideY };
}

/** A view of tightly packed RGB pixels. */
export function packedView(data: PixelView['data'], width: number, height: number): PixelView {
  return { data, width, height, offset: 0, strideX: 3, strideY: 3 * width };
}

/** Mirrors left to right. */
function mirror(view: PixelView): PixelView {
  return {
    ...view,
    offset: view.offset + (view.width - 1) * view.strideX,
    strideX: -view.strideX,
  };
}
