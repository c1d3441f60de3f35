/** Pictures that the checks upload. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decode } from '../../functions/classify/decode/decode.ts';
import { defaultLimits } from '../../functions/classify/image/limits.ts';

const photos = join(import.meta.dirname, '../support/photos');

export const catPhoto = join(photos, 'chelsea.png');
export const coffeePhoto = join(photos, 'coffee.png');

/** The cat enlarged eight times as an uncompressed bitmap of 26 MB, which programs upload in parts. */
export async function writeLargeBitmap(path: string): Promise<void> {
  const scale = 8;
  const cat = await decode(await readFile(catPhoto), defaultLimits);
  const [width, height] = [cat.width * scale, cat.height * scale];
  // https://learn.microsoft.com/en-us/windows/win32/gdi/bitmap-storage: a negative height means rows from the top.
  const bitmap = Buffer.alloc(headerBytes + width * height * 3);
  bitmap.write('BM');
  bitmap.writeUInt32LE(bitmap.length, 2);
  bitmap.writeUInt32LE(headerBytes, 10);
  bitmap.writeUInt32LE(40, 14);
  bitmap.writeInt32LE(width, 18);
  bitmap.writeInt32LE(-height, 22);
  bitmap.writeUInt16LE(1, 26);
  bitmap.writeUInt16LE(24, 28);
  for (let y = 0, to = headerBytes; y < height; y++) {
    for (let x = 0; x < width; x++, to += 3) {
      const from = 4 * (Math.floor(y / scale) * cat.width + Math.floor(x / scale));
      for (const channel of [0, 1, 2]) bitmap[to + channel] = cat.data[from + 2 - channel]!;
    }
  }
  await writeFile(path, bitmap);
}

const headerBytes = 54;
