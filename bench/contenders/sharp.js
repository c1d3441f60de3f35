/**
 * sharp: libvips and mozjpeg, native. Decodes first: a pipeline would shrink JPEGs as it loads them, which takes a third of the
 * time and gives other pixels.
 */
import sharp from 'sharp';
import { pickNearest } from './nearest.js';
import { recipe } from './recipe.js';

sharp.concurrency(1);
sharp.cache(false);

const kernels = { bilinear: 'linear', bicubic: 'cubic' };

export async function readPixels(bytes) {
  const { data, info } = await sharp(bytes)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  // Its own nearest neighbours are other ones than Keras'.
  if (recipe.interpolation === 'nearest') return pickNearest({ ...info, data });
  const { width, height, channels } = info;
  const { box, scaled, cut } = recipe.frame(info);
  const pipeline = sharp(data, { raw: { width, height, channels } });
  if (box) pipeline.extract(box);
  pipeline.resize({ ...scaled, fit: 'fill', kernel: kernels[recipe.interpolation] });
  if (cut) pipeline.extract(cut);
  return pipeline.raw().toBuffer();
}
