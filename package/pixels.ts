/** Entry point `bucketlens/pixels`: image files -> the tensor that a network is fed, for functions of your own. */

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
export {
  type InputShape,
  type Preprocessing,
  preprocess,
  type Tensor,
} from '../functions/classify/tensor/preprocess.ts';
export { type ReadImage, readImage } from '../functions/classify/tensor/read-image.ts';
