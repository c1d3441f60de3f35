/** Converts the samples of a scanline to RGB like Pillow's `convert('RGB')`. */
import { colourTypes, type PngHeader } from './header.ts';

/** Writes R, G and B of the given columns of a scanline, packed. */
export type PaintPixels = (line: Uint8Array, columns: Int32Array, rgb: Uint8Array) => void;

/**
 * Alpha and colour keys are dropped and the colour under them kept. 16-bit colours are reduced to their high byte; 16-bit grey
 * is clipped at 255. Indices beyond the end of the palette are black.
 */
export function painterOf({ depth, colourType, samplesPerPixel, palette }: PngHeader): PaintPixels {
  const bytesPerSample = depth / 8;
  const isColour = colourType === colourTypes.rgb || colourType === colourTypes.rgba;
  if (isColour) return paintSamples(samplesPerPixel * bytesPerSample, bytesPerSample);
  if (colourType === colourTypes.greyAlpha) return paintSamples(samplesPerPixel * bytesPerSample, 0);
  if (depth === 16) return paintClipped;
  return paintIndexed(depth, colourType === colourTypes.palette ? palette : greys(depth));
}

/** @param step bytes between red and green and between green and blue; 0 for grey */
function paintSamples(bytesPerPixel: number, step: number): PaintPixels {
  return (line, columns, rgb) => {
    for (let i = 0, to = 0; i < columns.length; i++) {
      const from = columns[i] * bytesPerPixel;
      rgb[to++] = line[from];
      rgb[to++] = line[from + step];
      rgb[to++] = line[from + 2 * step];
    }
  };
}

const paintClipped: PaintPixels = (line, columns, rgb) => {
  for (let i = 0, to = 0; i < columns.length; i++) {
    const from = 2 * columns[i];
    const level = line[from] > 0 ? 255 : line[from + 1];
    rgb[to++] = level;
    rgb[to++] = level;
    rgb[to++] = level;
  }
};

/** @param palette RGB triples */
function paintIndexed(depth: number, palette: Uint8Array): PaintPixels {
  const colours = new Uint8Array(3 * 256);
  colours.set(palette);
  const mask = (1 << depth) - 1;
  return (line, columns, rgb) => {
    for (let i = 0, to = 0; i < columns.length; i++) {
      const bit = columns[i] * depth;
      let from = 3 * ((line[bit >> 3] >> (8 - depth - (bit & 7))) & mask);
      rgb[to++] = colours[from++];
      rgb[to++] = colours[from++];
      rgb[to++] = colours[from];
    }
  };
}

function greys(depth: number): Uint8Array {
  const highest = (1 << depth) - 1;
  return Uint8Array.from({ length: 3 * (highest + 1) }, (_, i) => (Math.floor(i / 3) * 255) / highest);
}
