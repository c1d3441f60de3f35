/** The TIFF files in old-style JPEG that fixtures/old_jpeg.py writes. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export interface OldJpegFile {
  readonly name: string;
  /** Digest of Pillow's pixels; undefined if Pillow fails. */
  readonly sha256?: string;
  readonly error?: string;
  readonly file: Uint8Array;
}

export function oldJpegFiles(): readonly OldJpegFile[] {
  const compressed = readFileSync(new URL('fixtures/old_jpeg.json.gz', import.meta.url));
  const stored: readonly (Omit<OldJpegFile, 'file'> & { readonly file: string })[] = JSON.parse(
    gunzipSync(compressed).toString(),
  );
  return stored.map((entry) => ({ ...entry, file: Buffer.from(entry.file, 'base64') }));
}
