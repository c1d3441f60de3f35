/** Reading numbers and names out of bytes. All of it throws a RangeError beyond the end. */
import { CorruptImage } from '../../image/rejections.ts';

/** A DataView of exactly these bytes. */
export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** `length` bytes at `start` (a view, no copy). */
export const slice = (bytes: Uint8Array, start: number, length: number): Uint8Array => {
  if (!(start >= 0 && start + length <= bytes.length)) throw new RangeError('beyond the end');
  return bytes.subarray(start, start + length);
};

/** `length` bytes at `start` as text, one character a byte. */
export const textAt = (bytes: Uint8Array, start: number, length: number): string =>
  String.fromCharCode(...slice(bytes, start, length));

/** Chunks or boxes beyond all reason would cost more memory than the pixels. */
export const checkCount = (parts: readonly unknown[]): void => {
  if (parts.length > maxParts) throw new CorruptImage(`the file is in more than ${maxParts} parts`);
};

const maxParts = 100_000;
