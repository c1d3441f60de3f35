/** Photos that the checks upload. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const samples = join(import.meta.dirname, '../../playground/server/samples');

/** A cat, PNG, 240 KB. */
export function catPhoto(): Promise<Buffer> {
  return readFile(join(samples, 'cat.png'));
}

/** A cup of coffee, WebP, 56 KB: its labels differ from the cat's. */
export function coffeePhoto(): Promise<Buffer> {
  return readFile(join(samples, 'coffee.webp'));
}

/** A raccoon, JPEG, 400 KB, of a telephone's size: 4000 x 3000 pixels. */
export function largePhoto(): Promise<Buffer> {
  return readFile(join(import.meta.dirname, 'raccoon-12mp.jpg'));
}

/** A JPEG of more than 5 MB, the least size of a part: most of it is application data, as in photos with previews. */
export async function heavyPhoto(): Promise<Buffer> {
  const jpeg = await readFile(join(samples, 'rocket.jpg'));
  // https://www.w3.org/Graphics/JPEG/itu-t81.pdf, B.2.4.6: a marker, and a length that counts itself.
  const segment = Buffer.alloc(65_537);
  segment.writeUInt16BE(0xffef);
  segment.writeUInt16BE(65_535, 2);
  const afterStart = 2;
  return Buffer.concat([jpeg.subarray(0, afterStart), ...Array(85).fill(segment), jpeg.subarray(afterStart)]);
}
