/** Converts component values to RGB as libjpeg-turbo and, for four components, Pillow do. */
import type { Address, KernelInstance } from '../shared/kernels.ts';
import type { ColourSpace } from './syntax/colour-space.ts';

/**
 * Converts pixels `from` to `end` of a row to RGB triples at their own positions in the row `rgb`. `components` has the address
 * of each component's values, 0 to 255. `from` is a multiple of 16, and whole groups of 16 are written.
 */
export type PaintRow = (components: readonly Address[], rgb: Address, from: number, end: number) => void;

export function paintRowOf({ kernels }: KernelInstance, colourSpace: ColourSpace): PaintRow {
  switch (colourSpace) {
    case 'grey':
      return ([grey], rgb, from, end) => kernels.paintRgb(grey, grey, grey, rgb, from, end);
    case 'RGB':
      return ([red, green, blue], rgb, from, end) => kernels.paintRgb(red, green, blue, rgb, from, end);
    case 'YCbCr':
      return ([luma, cb, cr], rgb, from, end) => kernels.paintYcbcr(luma, cb, cr, rgb, from, end);
    case 'CMYK':
      return ([cyan, magenta, yellow, black], rgb, from, end) =>
        kernels.paintCmyk(cyan, magenta, yellow, black, rgb, from, end);
    case 'YCCK':
      return ([luma, cb, cr, black], rgb, from, end) =>
        kernels.paintYcck(luma, cb, cr, black, rgb, from, end);
  }
}
