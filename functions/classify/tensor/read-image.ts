/** bytes -> what the network is fed: the decoder hands its rows to the scaler, so that neither holds the image. */
import { decodeRows } from '../decode/decode.ts';
import type { ImageInfo } from '../image/image.ts';
import type { DecodeLimits } from '../image/limits.ts';
import { type InputShape, openReader, type Preprocessing, type Tensor, tensorOf } from './preprocess.ts';

export interface ReadImage {
  readonly info: ImageInfo;
  /** A batch of one, equal to `preprocess` on the decoded image. */
  readonly toTensor: () => Tensor;
}

/**
 * Reads an image for a network.
 *
 * @throws ImageRejection as `decode` does.
 */
export async function readImage(
  bytes: Uint8Array,
  limits: DecodeLimits,
  { input, preprocess }: { readonly input: InputShape; readonly preprocess: Preprocessing },
): Promise<ReadImage> {
  const { info, reader } = await decodeRows(bytes, limits, (info) => openReader(info, input, preprocess));
  return { info, toTensor: () => tensorOf([reader.picture], input, preprocess.mode) };
}
