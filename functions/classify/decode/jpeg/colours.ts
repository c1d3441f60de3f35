/** Converts component values to planes of red, green and blue as libjpeg-turbo and, for four components, Pillow do. */
import type { Address, KernelInstance } from '../shared/kernels.ts';
import type { ColourSpace } from './syntax/colour-space.ts';

/**
 * Converts pixels `from` to `end` of a row at their own positions in planes that are `planeBytes` apart. `components` has the
 * address of each component's values, 0 to 255. `from` is a multiple of 16, and whole groups of 16 are written.
 */
export type PaintRow = (
  components: readonly Address[],
  planes: Address,
  planeBytes: number,
  from: number,
  end: number,
) => void;

export function paintRowOf({ kernels }: KernelInstance, colourSpace: ColourSpace): PaintRow {
  switch (colourSpace) {
    case 'grey':
      return ([grey], ...place) => kernels.paintRgb(grey, grey, grey, ...place);
    case 'RGB':
      return ([red, green, blue], ...place) => kernels.paintRgb(red, green, blue, ...place);
    case 'YCbCr':
      return ([luma, cb, cr], ...place) => kernels.paintYcbcr(luma, cb, cr, ...place);
    case 'CMYK':
      return ([cyan, magenta, yellow, black], ...place) =>
        kernels.paintCmyk(cyan, magenta, yellow, black, ...place);
    case 'YCCK':
      return ([luma, cb, cr, black], ...place) => kernels.paintYcck(luma, cb, cr, black, ...place);
  }
}
