/** Vitest's global set-up: whatever the tests, and what they start, put into the temporary folder is gone after the run. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'bucketlens-tests-'));
  // Of POSIX systems and Windows; the processes that run the tests inherit them.
  Object.assign(process.env, { TMPDIR: folder, TEMP: folder, TMP: folder });
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
