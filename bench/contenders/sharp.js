/** sharp: libvips and mozjpeg, native. Its shrink-on-load would be faster but give other pixels. */
import sharp from 'sharp';
import { pickNearest } from './nearest.js';

sharp.concurrency(1);
sharp.cache(false);

export async function readPixels(bytes) {
  const { data, info } = await sharp(bytes)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return pickNearest({ ...info, data });
}
