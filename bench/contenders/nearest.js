/** Nearest-neighbour scaling for decoders whose own does not give Keras' pixels. */
import { size } from './recipe.js';

/** @returns The RGB values of 224 x 224 pixels, the same that Keras and Pillow pick. */
export function pickNearest({ width, height, data, channels }) {
  const columns = positions(width);
  const pixels = new Uint8Array(3 * size * size);
  let to = 0;
  for (const row of positions(height)) {
    for (const column of columns) {
      const from = channels * (row * width + column);
      pixels[to++] = data[from];
      pixels[to++] = data[from + 1];
      pixels[to++] = data[from + 2];
    }
  }
  return pixels;
}

function positions(length) {
  const step = length / size;
  const indices = new Int32Array(size);
  for (let i = 0, position = step / 2; i < size; i++, position += step) indices[i] = position;
  return indices;
}
