/** Reads numbers and names from bytes. All functions throw a RangeError beyond the end. */
import { CorruptImage } from '../../image/rejections.ts';

/** A DataView of exactly these bytes. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** `length` bytes at `start` (a view, no copy). */
export function slice(bytes: Uint8Array, start: number, length: number): Uint8Array {
  if (!(start >= 0 && start + length <= bytes.length)) throw new RangeError('beyond the end');
  return bytes.subarray(start, start + length);
}

/** `length` bytes at `start` as text, one character per byte. */
export function textAt(bytes: Uint8Array, start: number, length: number): string {
  return String.fromCharCode(...slice(bytes, start, length));
}

/** Caps the number of chunks or boxes, which could otherwise take more memory than the pixels. */
export function checkCount(parts: readonly unknown[]): void {
  if (parts.length > maxParts) throw new CorruptImage(`the file is in more than ${maxParts} parts`);
}

const maxParts = 100_000;
