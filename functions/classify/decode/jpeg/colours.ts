/** Converts component values to RGB as libjpeg-turbo and, for four components, Pillow do. */
import type { ColourSpace } from './syntax/colour-space.ts';

/** Writes a row of pixels. `components` holds the row's values, 0 to 255, in one array per component. */
export type PaintRow = (components: readonly Uint8Array[], rgb: Uint8ClampedArray) => void;

export function paintRowOf(colourSpace: ColourSpace): PaintRow {
  return painters[colourSpace];
}

/** Writes the values of a pixel's components next to each other, unconverted. */
export const interleave: PaintRow = (components, samples) => {
  for (let c = 0; c < components.length; c++) {
    const values = components[c];
    for (let x = 0, to = c; x < values.length; x++, to += components.length) samples[to] = values[x];
  }
};

const paintGrey: PaintRow = ([grey], rgb) => {
  for (let x = 0, to = 0; x < grey.length; x++, to += 3) {
    rgb[to] = grey[x];
    rgb[to + 1] = grey[x];
    rgb[to + 2] = grey[x];
  }
};

const paintRgb: PaintRow = ([red, green, blue], rgb) => {
  for (let x = 0, to = 0; x < red.length; x++, to += 3) {
    rgb[to] = red[x];
    rgb[to + 1] = green[x];
    rgb[to + 2] = blue[x];
  }
};

// The factors of ITU-R BT.601 (JFIF), 1.402, 0.344136, 0.714136 and 1.772, in 16-bit fixed point. The array clamps.
const paintYcbcr: PaintRow = ([luma, cbs, crs], rgb) => {
  const { imul } = Math;
  for (let x = 0, to = 0; x < luma.length; x++, to += 3) {
    const y = luma[x];
    const cb = cbs[x] - 128;
    const cr = crs[x] - 128;
    rgb[to] = y + ((imul(91_881, cr) + 32_768) >> 16);
    rgb[to + 1] = y + ((32_768 - imul(22_554, cb) - imul(46_802, cr)) >> 16);
    rgb[to + 2] = y + ((imul(116_130, cb) + 32_768) >> 16);
  }
};

const paintCmyk: PaintRow = ([cyan, magenta, yellow, black], rgb) => {
  for (let x = 0, to = 0; x < cyan.length; x++, to += 3) {
    rgb[to] = throughBlack(cyan[x], black[x]);
    rgb[to + 1] = throughBlack(magenta[x], black[x]);
    rgb[to + 2] = throughBlack(yellow[x], black[x]);
  }
};

/** The first three components are the complement of CMY, converted to YCbCr. */
const paintYcck: PaintRow = (components, rgb) => {
  const black = components[3];
  paintYcbcr(components, rgb);
  for (let x = 0, to = 0; x < black.length; x++, to += 3) {
    rgb[to] = throughBlack(255 - rgb[to], black[x]);
    rgb[to + 1] = throughBlack(255 - rgb[to + 1], black[x]);
    rgb[to + 2] = throughBlack(255 - rgb[to + 2], black[x]);
  }
};

/** JPEG files store CMYK inverted, with or without Adobe's marker: 255 means no ink. Rounds like Pillow's `convert('RGB')`. */
function throughBlack(ink: number, black: number): number {
  const product = (255 - ink) * black + 128;
  return black - (((product >> 8) + product) >> 8);
}

const painters: { readonly [space in ColourSpace]: PaintRow } = {
  grey: paintGrey,
  RGB: paintRgb,
  YCbCr: paintYcbcr,
  CMYK: paintCmyk,
  YCCK: paintYcck,
};
