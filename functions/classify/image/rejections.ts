/** Permanent errors of an image, a class for each kind. */
import type { ImageInfo } from './image.ts';
import { printable } from './printable.ts';

/**
 * A permanent error: published as `Image Rejected` instead of thrown for a retry. Every other error may pass on a retry.
 */
export abstract class ImageRejection extends Error {
  /** The header's values, if they could be read. */
  declare readonly image: ImageInfo | undefined;

  /** @param message A sentence, which may quote bytes of the file. */
  constructor(message: string, options?: ErrorOptions) {
    super(printable(message), options);
  }
}

/** Not an image, or a format or variant that is not decoded. */
export class UnsupportedFormat extends ImageRejection {
  override readonly name = 'UnsupportedFormat';
}

/** A supported format, but truncated or damaged. */
export class CorruptImage extends ImageRejection {
  override readonly name = 'CorruptImage';
}

/** More bytes, pixels or work than the limits allow. */
export class ImageTooLarge extends ImageRejection {
  override readonly name = 'ImageTooLarge';
}

/** Not decoded within the time limit. Permanent, unless the image had less time than a full invocation gives. */
export class DecodingTooSlow extends ImageTooLarge {}

/** An object of zero bytes. */
export class EmptyObject extends ImageRejection {
  override readonly name = 'EmptyObject';
}

/** An object that S3 does not return as it is: archived, or encrypted with a key that only its owner has. */
export class UnreadableObject extends ImageRejection {
  override readonly name = 'UnreadableObject';
}
