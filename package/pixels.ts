/** Entry point `bucketlens/pixels`: image files -> the tensor that a network is fed, for functions of your own. */
import type { Bitmap, Orientation } from '../functions/classify/image/image.ts';
import type { DecodeLimits } from '../functions/classify/image/limits.ts';
import {
  type InputShape,
  type Preprocessing,
  preprocess as preprocessUnchecked,
  type Tensor,
} from '../functions/classify/tensor/preprocess.ts';
import { type ReadImage, readImage as readImageUnchecked } from '../functions/classify/tensor/read-image.ts';
import { assertInput } from './checked-input.ts';

export { decode } from '../functions/classify/decode/decode.ts';
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
 * Reads an image for a network.
 *
 * @throws TypeError if `input` or `preprocess` has an unknown, missing or contradictory field.
 * @throws ImageRejection as `decode` does.
 */
export async function readImage(
  bytes: Uint8Array,
  limits: DecodeLimits,
  network: { readonly input: InputShape; readonly preprocess: Preprocessing },
): Promise<ReadImage> {
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
