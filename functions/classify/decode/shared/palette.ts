/** Converts palette indices to RGBA. */

/** The palette of images without one: 256 greys as RGB triples. */
export const greyRamp: Uint8Array = Uint8Array.from({ length: 768 }, (_, i) => Math.floor(i / 3));

/** All greys for a palette that is their start, as in Pillow's GIFs and BMPs: an index beyond its end is then a grey, too. */
export function withAllGreys(palette: Uint8Array): Uint8Array {
  return palette.every((level, i) => level === greyRamp[i]) ? greyRamp : palette;
}

/**
 * @param indices one per pixel
 * @param palette RGB triples; indices beyond its end are black, as in Pillow
 * @returns opaque RGBA
 */
export function paint(indices: Uint8Array, palette: Uint8Array): Uint8Array {
  const colours = new Uint32Array(256);
  const bytes = new Uint8Array(colours.buffer);
  for (let i = 0; i < 256; i++) {
    bytes.set(palette.subarray(3 * i, 3 * i + 3), 4 * i);
    bytes[4 * i + 3] = 255;
  }
  const rgba = new Uint32Array(indices.length);
  for (let i = 0; i < indices.length; i++) rgba[i] = colours[indices[i]];
  return new Uint8Array(rgba.buffer);
}
