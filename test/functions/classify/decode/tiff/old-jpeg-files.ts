/** The TIFF files in old-style JPEG that fixtures/old_jpeg.py writes. */
import { readStoredFiles, type StoredFile } from '../../../../support/stored-files.ts';

export function oldJpegFiles(): readonly StoredFile[] {
  return readStoredFiles(new URL('fixtures/old_jpeg.json.gz', import.meta.url));
}
