/**
 * bytes -> what the network is fed: decoding and preprocessing, which know of each other only that where few pixels are read
 * (nearest-neighbour scaling, as Keras has it) only those are decoded.
 */
import { type DecodeLimits, decodeSelected, type ImageInfo } from './decode.ts';
import { type InputShape, type Preprocessing, pixelsRead, preprocess, type Tensor } from './preprocess.ts';

export interface ReadImage {
  readonly info: ImageInfo;
  /** Of a batch of one; equal to what `preprocess` makes of the whole image. */
  readonly toTensor: () => Tensor;
}

/**
 * Reads an image for a network.
 *
 * @throws ImageRejection as `decode` does.
 */
export const readImage = async (
  bytes: Uint8Array,
  limits: DecodeLimits,
  { input, preprocess: how }: { readonly input: InputShape; readonly preprocess: Preprocessing },
): Promise<ReadImage> => {
  const { info, bitmap, isSelected } = await decodeSelected(bytes, limits, (info) =>
    pixelsRead(info, input, how),
  );
  const { orientation } = info;
  const { cropFraction: _, ...rest } = how;
  return {
    info,
    toTensor: () =>
      preprocess([{ ...bitmap, orientation }], input, isSelected ? { ...rest, policy: 'stretch' } : how),
  };
};
