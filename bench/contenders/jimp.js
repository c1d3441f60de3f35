/** The obvious choice: jimp, which is JavaScript and installs anywhere. */
import { Jimp, ResizeStrategy } from 'jimp';
import { size } from './nearest.js';

export async function readPixels(bytes) {
  // By default it refuses images above about 37 megapixels.
  const image = await Jimp.fromBuffer(bytes, { 'image/jpeg': { maxMemoryUsageInMB: 4096 } });
  image.resize({ w: size, h: size, mode: ResizeStrategy.NEAREST_NEIGHBOR });
  return Uint8Array.from(
    { length: 3 * size * size },
    (_, i) => image.bitmap.data[Math.floor(i / 3) * 4 + (i % 3)],
  );
}
