/** Entry point `bucketlens/pixels`: image files -> the tensor that a network is fed, for functions of your own. */
import { decode as decodeUnchecked } from '../functions/classify/decode/decode.ts';
import type { Bitmap, DecodedImage, Orientation } from '../functions/classify/image/image.ts';
import type { DecodeLimits } from '../functions/classify/image/limits.ts';
import {
  type InputShape,
  type Preprocessing,
  preprocess as preprocessUnchecked,
  type Tensor,
} from '../functions/classify/tensor/preprocess.ts';
import { type ReadImage, readImage as readImageUnchecked } from '../functions/classify/tensor/read-image.ts';
import { assertInput, assertLimits } from './checked-input.ts';

export type { Bitmap, ImageInfo, Orientation } from '../functions/classify/image/image.ts';
export { type DecodeLimits, defaultLimits } from '../functions/classify/image/limits.ts';
export {
  CorruptImage,
  EmptyObject,
  ImageRejection,
  ImageTooLarge,
  UnsupportedFormat,
} from '../functions/classify/image/rejections.ts';
export type { CustomArithmetic } from '../functions/classify/tensor/arithmetic.ts';
export type { InputShape, Preprocessing, ReadImage, Tensor };

/**
 * Decodes an image to the pixels of Pillow's `Image.open(file).convert('RGB')`, which keras.utils.load_img calls: the first
 * frame or page, no colour management, colours kept under a transparent alpha. A TIFF is upright; other formats have an
 * orientation to apply.
 *
 * @throws TypeError if `limits` has an unknown, missing or wrong field.
 * @throws ImageRejection an image over the limits, of an unknown format, or damaged; `name` and `message` say which.
 */
export async function decode(bytes: Uint8Array, limits: DecodeLimits): Promise<DecodedImage> {
  assertLimits(limits);
  return decodeUnchecked(bytes, limits);
}

/**
 * Reads an image for a network.
 *
 * @throws TypeError if `limits`, `input` or `preprocess` has an unknown, missing or contradictory field.
 * @throws ImageRejection as `decode` does.
 */
export async function readImage(
  bytes: Uint8Array,
  limits: DecodeLimits,
  network: { readonly input: InputShape; readonly preprocess: Preprocessing },
): Promise<ReadImage> {
  assertLimits(limits);
  assertInput(network);
  return readImageUnchecked(bytes, limits, network);
}

/**
 * Makes one tensor of a batch of images, which may differ in size. Alpha is skipped; the colour under it counts.
 *
 * Values: caffe -123.68 to 151.061 in BGR, tf -1 to 1 and torch -2.118 to 2.64 in RGB.
 * @throws TypeError if `input` or `preprocessing` has an unknown, missing or contradictory field.
 * @throws RangeError for an empty batch, or bytes that do not match their bitmap's size.
 */
export function preprocess(
  images: readonly (Bitmap & { readonly orientation: Orientation })[],
  input: InputShape,
  preprocessing: Preprocessing,
): Tensor {
  assertInput({ input, preprocess: preprocessing });
  return preprocessUnchecked(images, input, preprocessing);
}
