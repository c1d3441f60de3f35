/** The function's decoders behind jimp's interface. */
import { decode } from '../../functions/classify/decode/decode.ts';
import { readJpegHeader } from '../../functions/classify/decode/jpeg/syntax/header.ts';
import { orientationOf } from '../../functions/classify/decode/shared/orientation.ts';
import type { Bitmap } from '../../functions/classify/image/image.ts';
import { type DecodeLimits, defaultLimits } from '../../functions/classify/image/limits.ts';
import { turnOf } from '../../functions/classify/image/orientation.ts';
import { turnBitmap } from '../../functions/classify/image/turn-bitmap.ts';

/** A bitmap as jimp keeps it. */
export interface JimpBitmap extends Bitmap {
  data: Buffer;
  width: number;
  height: number;
}

export interface DecodeOptions {
  /** 50 MB and 100 megapixels unless given. */
  readonly limits?: DecodeLimits;
}

/**
 * Decodes an image to Pillow's pixels, opaque and upright.
 *
 * @throws ImageRejection as `decode` does
 */
export async function decodeUpright(bytes: Uint8Array, options: DecodeOptions = {}): Promise<JimpBitmap> {
  const { orientation, ...bitmap } = await decode(bytes, options.limits ?? defaultLimits);
  return opaque(turnBitmap(bitmap, turnOf(orientation)));
}

/** The same, but leaves a JPEG to `Jimp.fromBuffer` that is turned by its EXIF data: jimp applies these itself, but not XMP. */
export async function decodeForJimp(bytes: Uint8Array, options: DecodeOptions = {}): Promise<JimpBitmap> {
  const { format, orientation, ...bitmap } = await decode(bytes, options.limits ?? defaultLimits);
  const isTurnedByJimp = format === 'jpeg' && orientationOf({ exif: readJpegHeader(bytes).exif }) !== 1;
  return opaque(turnBitmap(bitmap, turnOf(isTurnedByJimp ? 1 : orientation)));
}

/** Like Pillow's `convert('RGB')`, keeps the colours under transparent pixels. */
function opaque({ width, height, data }: Bitmap): JimpBitmap {
  const pixels = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  for (let alpha = 3; alpha < pixels.length; alpha += 4) pixels[alpha] = 255;
  return { width, height, data: pixels };
}
