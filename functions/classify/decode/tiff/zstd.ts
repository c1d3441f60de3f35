/** Zstandard decompression, by Node.js where it can (from 22.15 on, as in Lambda), otherwise by fzstd. */
import * as zlib from 'node:zlib';
import { decompress } from 'fzstd';

/** Node's own decompression, if it has one. */
export type NativeZstd = (data: Uint8Array, options: { readonly maxOutputLength: number }) => Uint8Array;

/**
 * Decompresses to at most `length` bytes. fzstd does not check checksums, and leaves bytes that are missing at 0.
 *
 * @throws an error of zlib or fzstd if the data are damaged or truncated, or a RangeError if they are longer
 */
export function decodeZstd(
  data: Uint8Array,
  length: number,
  native: NativeZstd | null = nodeZstd,
): Uint8Array {
  if (native) return native(data, { maxOutputLength: length });
  return decompress(data, new Uint8Array(length));
}

const nodeZstd = (zlib as { readonly zstdDecompressSync?: NativeZstd }).zstdDecompressSync ?? null;
