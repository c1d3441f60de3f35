/** The obvious choice: jimp, which is JavaScript and installs anywhere. Its filters mix neighbours and skip the other pixels. */
import { Jimp, ResizeStrategy } from 'jimp';
import { recipe, size } from './recipe.js';

const modes = {
  nearest: ResizeStrategy.NEAREST_NEIGHBOR,
  bilinear: ResizeStrategy.BILINEAR,
  bicubic: ResizeStrategy.BICUBIC,
};

export async function readPixels(bytes) {
  // By default it refuses images above about 37 megapixels.
  const image = await Jimp.fromBuffer(bytes, { 'image/jpeg': { maxMemoryUsageInMB: 4096 } });
  const { box, scaled, cut } = recipe.frame(image.bitmap);
  if (box) crop(image, box);
  image.resize({ w: scaled.width, h: scaled.height, mode: modes[recipe.interpolation] });
  if (cut) crop(image, cut);
  return Uint8Array.from(
    { length: 3 * size * size },
    (_, i) => image.bitmap.data[Math.floor(i / 3) * 4 + (i % 3)],
  );
}

function crop(image, { left, top, width, height }) {
  image.crop({ x: left, y: top, w: width, h: height });
}
