/** Turns and mirrors whole bitmaps. */
import type { Bitmap } from './image.ts';
import type { Turn } from './orientation.ts';

/** The same bitmap if there is nothing to turn. */
export function turnBitmap(
  { width, height, data }: Bitmap,
  { mirrorsColumns, mirrorsRows, swapsAxes }: Turn,
): Bitmap {
  if (!mirrorsColumns && !mirrorsRows && !swapsAxes) return { width, height, data };
  const from = new Uint32Array(data.buffer, data.byteOffset, width * height);
  const to = new Uint32Array(from.length);
  const [stepX, stepY] = swapsAxes ? [height, 1] : [1, width];
  for (let y = 0, i = 0; y < height; y++) {
    const targetY = mirrorsRows ? height - 1 - y : y;
    for (let x = 0; x < width; x++, i++) {
      to[(mirrorsColumns ? width - 1 - x : x) * stepX + targetY * stepY] = from[i];
    }
  }
  const [turnedWidth, turnedHeight] = swapsAxes ? [height, width] : [width, height];
  return { width: turnedWidth, height: turnedHeight, data: new Uint8Array(to.buffer) };
}
