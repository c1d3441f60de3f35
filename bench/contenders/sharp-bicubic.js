/**
 * sharp with its own bicubic filter on all pixels, as networks from PyTorch and Hugging Face are fed. Decodes first: a pipeline
 * would shrink JPEGs as it loads them, which takes a third of the time and gives other pixels.
 */
import sharp from 'sharp';

sharp.concurrency(1);
sharp.cache(false);

export async function readPixels(bytes) {
  const { data, info } = await sharp(bytes)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  return sharp(data, { raw: { width, height, channels } })
    .resize(224, 224, { fit: 'fill', kernel: 'cubic' })
    .raw()
    .toBuffer();
}
