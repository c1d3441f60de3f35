/** The eight EXIF orientations as mirroring and transposition. */
import type { Orientation } from './image.ts';

/** How stored pixels become upright: mirror columns and rows as told, then exchange the axes. */
export interface Turn {
  readonly mirrorsColumns: boolean;
  readonly mirrorsRows: boolean;
  readonly swapsAxes: boolean;
}

/** Equals Pillow's `ImageOps.exif_transpose`. */
export function turnOf(orientation: Orientation): Turn {
  return {
    mirrorsColumns: [2, 3, 7, 8].includes(orientation),
    mirrorsRows: [3, 4, 6, 7].includes(orientation),
    swapsAxes: orientation >= 5,
  };
}
