/** Converts TIFF samples to opaque RGBA by Pillow's rules. */
import { underBlack } from '../shared/cmyk.ts';
import type { Directory } from '../shared/directory.ts';
import { labPainter } from '../shared/lab.ts';
import { compressions, type TiffLayout } from './layout.ts';
import type { PixelPainter } from './samples.ts';
import { libtiffTables, pillowTables, type YcbcrTables } from './ycbcr.ts';

export function pixelPainter(layout: TiffLayout, directory: Directory): PixelPainter {
  const { photometric, compression, isPlanar } = layout;
  if (photometric <= 1) return greyPainter(layout);
  if (photometric === 3) return palettePainter(layout);
  if (photometric === 5) return cmykPainter(layout);
  if (photometric === 8) return labPainter();
  // The JPEG decoder has converted YCbCr to RGB.
  if (photometric === 2 || (compression === compressions.jpeg && !isPlanar)) return rgbPainter(layout);
  return ycbcrPainter(compression === compressions.none ? pillowTables() : libtiffTables(directory));
}

/** Up to 8 bits are scaled to 255; 16 bits and floats are clipped, like Pillow's modes I;16 and F. */
function greyPainter({ bitsPerSample, photometric }: TiffLayout): PixelPainter {
  const scale = bitsPerSample < 8 ? 255 / ((1 << bitsPerSample) - 1) : 1;
  const isInverted = photometric === 0 && bitsPerSample <= 8;
  return (samples, s, rgba, o) => {
    const level = Math.trunc(clip(samples[s] * scale));
    const grey = isInverted ? 255 - level : level;
    write(rgba, o, grey, grey, grey);
  };
}

function rgbPainter({ bitsPerSample, isPremultiplied, samplesPerPixel }: TiffLayout): PixelPainter {
  const shift = bitsPerSample - 8;
  const hasAlpha = isPremultiplied && samplesPerPixel > 3;
  return (samples, s, rgba, o) => {
    const alpha = hasAlpha ? samples[s + 3] >> shift : 255;
    write(
      rgba,
      o,
      unmultiply(samples[s] >> shift, alpha),
      unmultiply(samples[s + 1] >> shift, alpha),
      unmultiply(samples[s + 2] >> shift, alpha),
    );
  };
}

/** Fully transparent pixels are black, as in Pillow. */
function unmultiply(level: number, alpha: number) {
  return alpha === 0 ? 0 : Math.min(255, Math.trunc((255 * level) / alpha));
}

/** Like Pillow, takes the palette's size from its tag, not from the bits per sample. Indices beyond its end are black. */
function palettePainter({ palette }: TiffLayout): PixelPainter {
  const size = Math.floor(palette.length / 3);
  const levels = Uint8Array.from(palette, (value) => value >> 8);
  return (samples, s, rgba, o) => {
    const index = samples[s];
    if (index < size) write(rgba, o, levels[index], levels[size + index], levels[2 * size + index]);
    else write(rgba, o, 0, 0, 0);
  };
}

function cmykPainter({ bitsPerSample }: TiffLayout): PixelPainter {
  const shift = bitsPerSample - 8;
  return (samples, s, rgba, o) => {
    const black = samples[s + 3] >> shift;
    write(
      rgba,
      o,
      underBlack(samples[s] >> shift, black),
      underBlack(samples[s + 1] >> shift, black),
      underBlack(samples[s + 2] >> shift, black),
    );
  };
}

function ycbcrPainter(tables: YcbcrTables): PixelPainter {
  const paint = ycbcrConverter(tables);
  return (samples, s, rgba, o) => paint(samples[s], samples[s + 1], samples[s + 2], rgba, o);
}

/** Paints rows of separate planes of Y, Cb and Cr like libtiff, one after the other. */
export function ycbcrRowPainter(
  directory: Directory,
  rgba: Uint8Array,
): (planes: readonly Uint8Array[], width: number) => void {
  const paint = ycbcrConverter(libtiffTables(directory));
  let o = 0;
  return ([lumas, cbs, crs], width) => {
    for (let x = 0; x < width; x++, o += 4) paint(lumas[x], cbs[x], crs[x], rgba, o);
  };
}

function ycbcrConverter({ luma, redOfCr, greenOfCb, greenOfCr, blueOfCb, greenBits }: YcbcrTables) {
  return (lightness: number, cb: number, cr: number, rgba: Uint8Array, o: number) => {
    const y = luma[lightness];
    write(
      rgba,
      o,
      clip(y + redOfCr[cr]),
      clip(y + ((greenOfCb[cb] + greenOfCr[cr]) >> greenBits)),
      clip(y + blueOfCb[cb]),
    );
  };
}

function clip(value: number) {
  return Math.min(255, Math.max(0, value));
}

function write(rgba: Uint8Array, o: number, red: number, green: number, blue: number) {
  rgba[o] = red;
  rgba[o + 1] = green;
  rgba[o + 2] = blue;
  rgba[o + 3] = 255;
}
