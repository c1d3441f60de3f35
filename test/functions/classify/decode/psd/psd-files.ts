/** The Photoshop documents that fixtures/make_fixtures.py writes. */
import { readStoredFiles, type StoredFile } from '../../../../support/stored-files.ts';

export function psdFiles(): readonly StoredFile[] {
  return readStoredFiles(new URL('fixtures/psds.json.gz', import.meta.url));
}
