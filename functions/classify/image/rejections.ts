import type { ImageInfo } from './image.ts';

/**
 * What can never pass, however often it is tried: an answer about the object, not a failure of ours.
 * Everything else that is thrown may pass on a retry.
 */
export abstract class ImageRejection extends Error {
  /** What the image's header says, if it could be read. */
  declare readonly image: ImageInfo | undefined;
}

/** Not an image, or of a format (or a variant of one) that is not decoded. */
export class UnsupportedFormat extends ImageRejection {
  override readonly name = 'UnsupportedFormat';
}

/** Of a supported format, but truncated or damaged. */
export class CorruptImage extends ImageRejection {
  override readonly name = 'CorruptImage';
}

/** More bytes, more pixels or more work than the limits allow. */
export class ImageTooLarge extends ImageRejection {
  override readonly name = 'ImageTooLarge';
}

/** It was not decoded in the time that it had: for good, unless that was less than images have. */
export class DecodingTooSlow extends ImageTooLarge {}

/** An object of zero bytes. */
export class EmptyObject extends ImageRejection {
  override readonly name = 'EmptyObject';
}

/** An object that S3 hands to nobody as it is: archived, or encrypted with a key that only its owner has. */
export class UnreadableObject extends ImageRejection {
  override readonly name = 'UnreadableObject';
}
