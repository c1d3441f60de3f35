/** Component values -> RGBA, as libjpeg-turbo and, for four components, Pillow convert them. */
import type { ColourSpace } from './colour-space.ts';

/** Writes a row of opaque pixels. `components` are its values, 0 to 255, one array each. */
export type PaintRow = (components: readonly Uint8Array[], rgba: Uint8ClampedArray) => void;

export const paintRowOf = (colourSpace: ColourSpace): PaintRow => painters[colourSpace];

const paintGrey: PaintRow = ([grey], rgba) => {
  for (let x = 0, to = 0; x < grey.length; x++, to += 4) {
    rgba[to] = grey[x];
    rgba[to + 1] = grey[x];
    rgba[to + 2] = grey[x];
    rgba[to + 3] = 255;
  }
};

const paintRgb: PaintRow = ([red, green, blue], rgba) => {
  for (let x = 0, to = 0; x < red.length; x++, to += 4) {
    rgba[to] = red[x];
    rgba[to + 1] = green[x];
    rgba[to + 2] = blue[x];
    rgba[to + 3] = 255;
  }
};

// The factors of ITU-R BT.601 (JFIF) in 16 bits: 1.402, 0.344136, 0.714136 and 1.772. The array clamps.
const paintYcbcr: PaintRow = ([luma, cbs, crs], rgba) => {
  for (let x = 0, to = 0; x < luma.length; x++, to += 4) {
    const y = luma[x];
    const cb = cbs[x] - 128;
    const cr = crs[x] - 128;
    rgba[to] = y + ((91_881 * cr + 32_768) >> 16);
    rgba[to + 1] = y + ((32_768 - 22_554 * cb - 46_802 * cr) >> 16);
    rgba[to + 2] = y + ((116_130 * cb + 32_768) >> 16);
    rgba[to + 3] = 255;
  }
};

const paintCmyk: PaintRow = ([cyan, magenta, yellow, black], rgba) => {
  for (let x = 0, to = 0; x < cyan.length; x++, to += 4) {
    rgba[to] = throughBlack(cyan[x], black[x]);
    rgba[to + 1] = throughBlack(magenta[x], black[x]);
    rgba[to + 2] = throughBlack(yellow[x], black[x]);
    rgba[to + 3] = 255;
  }
};

/** The first three are the complement of CMY in YCbCr. */
const paintYcck: PaintRow = (components, rgba) => {
  const black = components[3];
  paintYcbcr(components, rgba);
  for (let x = 0, to = 0; x < black.length; x++, to += 4) {
    rgba[to] = throughBlack(255 - rgba[to], black[x]);
    rgba[to + 1] = throughBlack(255 - rgba[to + 1], black[x]);
    rgba[to + 2] = throughBlack(255 - rgba[to + 2], black[x]);
  }
};

/** Files hold CMYK inverted, with or without Adobe's marker: 255 is no ink. Rounded like Pillow's `convert('RGB')`. */
const throughBlack = (ink: number, black: number): number => {
  const product = (255 - ink) * black + 128;
  return black - (((product >> 8) + product) >> 8);
};

const painters: { readonly [space in ColourSpace]: PaintRow } = {
  grey: paintGrey,
  RGB: paintRgb,
  YCbCr: paintYcbcr,
  CMYK: paintCmyk,
  YCCK: paintYcck,
};
