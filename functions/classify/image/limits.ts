/** Limits on the size of an image. The number of bytes is checked before they are fetched, the rest against the header. */
import { EmptyObject, ImageTooLarge } from './rejections.ts';

export interface DecodeLimits {
  readonly maxBytes: number;
  readonly megapixels: number;
  /** Memory for decoding, without the file itself; unlimited if not given. */
  readonly memoryMegabytes?: number;
  /** Time for decoding; unlimited if not given. */
  readonly decodeMs?: number;
}

export const defaultLimits: DecodeLimits = { maxBytes: 50_000_000, megapixels: 100 };

/**
 * Checks the number of bytes alone, so that it can be called before they are fetched.
 *
 * @throws {EmptyObject | ImageTooLarge}
 */
export function checkBytes(length: number, { maxBytes }: Pick<DecodeLimits, 'maxBytes'>): void {
  if (length === 0) throw new EmptyObject('0 bytes: there is no image; send it again');
  if (length > maxBytes) {
    throw new ImageTooLarge(
      `${megabytes(length)} MB; the limit is ${megabytes(maxBytes)} MB (limits.megabytes)`,
    );
  }
}

function megabytes(bytes: number) {
  return Number((bytes / 1e6).toPrecision(3));
}
