/** Writes a build folder so that it holds exactly the given files, and touches only what differs. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

/** Contents by path relative to the folder, with `/` between its parts on every platform. */
export type FolderContents = ReadonlyMap<string, Uint8Array>;

/**
 * Makes `outDir` hold `contents` and nothing else. A file that is right already is left alone, so a second build costs
 * only the reading. Each file appears whole or not at all: others may read the folder, or write the same into it, meanwhile.
 */
export function writeFolder(outDir: string, contents: FolderContents): void {
  for (const path of filesIn(outDir)) {
    if (!contents.has(path)) rmSync(join(outDir, path), { force: true });
  }
  for (const [path, bytes] of contents) {
    const target = join(outDir, path);
    if (!holds(target, bytes)) replaceFile(target, bytes, `${outDir}.${randomUUID()}.tmp`);
  }
}

/** Every file below a folder, sorted, as paths relative to it with `/`; none if there is no such folder. */
export function filesIn(dir: string): string[] {
  const entries = statSync(dir, { throwIfNoEntry: false })
    ? readdirSync(dir, { recursive: true, withFileTypes: true })
    : [];
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(dir, sep).length).replaceAll(sep, '/'))
    .sort();
}

function holds(path: string, bytes: Uint8Array): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.size === bytes.length && readFileSync(path).equals(bytes);
}

// The temporary file stands beside the folder, on the same disk and outside of what gets packed.
function replaceFile(target: string, bytes: Uint8Array, temporary: string): void {
  mkdirSync(dirname(target), { recursive: true });
  try {
    writeFileSync(temporary, bytes);
    renameSync(temporary, target);
  } finally {
    rmSync(temporary, { force: true });
  }
}
