/**
 * The function's decoders as formats of jimp, whose own decoders give other pixels than Pillow (docs/decisions/jimp.md):
 *
 *     import { createJimp } from '@jimp/core';
 *     import { defaultPlugins } from 'jimp';
 *     import { formats } from 'bucketlens/jimp';
 *     const Jimp = createJimp({ formats, plugins: defaultPlugins });
 *     const image = await Jimp.fromBuffer(bytes);
 */
import bmp, { msBmp } from '@jimp/js-bmp';
import gif from '@jimp/js-gif';
import jpeg from '@jimp/js-jpeg';
import png from '@jimp/js-png';
import tiff from '@jimp/js-tiff';
import { decodeForJimp } from './decoder.ts';

/** Every format that the function decodes. All but PSD, WebP, AVIF and HEIC can be written, too, by jimp's own encoders. */
export const formats = [
  withDecoder(jpeg),
  withDecoder(png),
  // Animated PNG has a MIME type of its own.
  () => ({ ...png(), mime: 'image/apng' as const, decode: decodeForJimp }),
  withDecoder(gif),
  withDecoder(bmp),
  withDecoder(msBmp),
  withDecoder(tiff),
  () => readOnly('image/vnd.adobe.photoshop'),
  () => readOnly('image/webp'),
  () => readOnly('image/avif'),
  () => readOnly('image/heic'),
  () => readOnly('image/heif'),
];

function withDecoder<Format extends object>(format: () => Format) {
  return () => ({ ...format(), decode: decodeForJimp });
}

function readOnly<Mime extends string>(mime: Mime) {
  const encode = (): Buffer => {
    throw new Error(`jimp cannot write ${mime}; write image/png or image/jpeg`);
  };
  return { mime, hasAlpha: true, encode, decode: decodeForJimp };
}
