/** How large an image may be: what the object says of its bytes is checked before they are read, the rest by the header. */
import { EmptyObject, ImageTooLarge } from './rejections.ts';

export interface DecodeLimits {
  readonly maxBytes: number;
  readonly megapixels: number;
  /** What decoding may take beside the file itself; without it, whatever there is. */
  readonly memoryMegabytes?: number;
  /** How long decoding may take; without it, as long as it takes. */
  readonly decodeMs?: number;
}

export const defaultLimits: DecodeLimits = { maxBytes: 50_000_000, megapixels: 100 };

/**
 * @throws {EmptyObject | ImageTooLarge} by the number of bytes alone, so before they are read
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
