/** The Photoshop documents that fixtures/make_fixtures.py writes. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export interface PsdFile {
  readonly name: string;
  /** Digest of Pillow's pixels; undefined if Pillow fails. */
  readonly sha256?: string;
  readonly file: Uint8Array;
}

export function psdFiles(): readonly PsdFile[] {
  const compressed = readFileSync(new URL('fixtures/psds.json.gz', import.meta.url));
  const stored: readonly (Omit<PsdFile, 'file'> & { readonly file: string })[] = JSON.parse(
    gunzipSync(compressed).toString(),
  );
  return stored.map((entry) => ({ ...entry, file: Buffer.from(entry.file, 'base64') }));
}
