/** Reads small files that stand together in gzipped JSON, with Pillow's answers. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export interface StoredFile {
  readonly name: string;
  /** Digest of Pillow's pixels; undefined if Pillow fails. */
  readonly sha256?: string;
  /** Pillow's error, where it is stored. */
  readonly error?: string;
  readonly file: Uint8Array;
}

/** @param url gzipped JSON: a list of `StoredFile` with the files in Base64 */
export function readStoredFiles(url: URL): readonly StoredFile[] {
  const stored: readonly (Omit<StoredFile, 'file'> & { readonly file: string })[] = JSON.parse(
    gunzipSync(readFileSync(url)).toString(),
  );
  return stored.map((entry) => ({ ...entry, file: Buffer.from(entry.file, 'base64') }));
}
