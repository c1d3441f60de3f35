/** The function's log file. */
import { appendFile, writeFile } from 'node:fs/promises';
import { Writable } from 'node:stream';

/** Empties the file and appends to it. Lines are dropped while the disk is full: a log must not stop the function. */
export async function openLog(path: string): Promise<Writable> {
  const ignore = () => {};
  await writeFile(path, '').catch(ignore);
  return new Writable({
    write: (chunk, _, done) =>
      void appendFile(path, chunk)
        .catch(ignore)
        .then(() => done()),
  });
}
