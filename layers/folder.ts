/** Writes a build folder that holds exactly the given files, and touches only those that differ. */
import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, sep } from 'node:path';

/** Contents by path relative to the folder, with `/` between its parts on every platform. */
export type FolderContents = ReadonlyMap<string, Uint8Array>;

/**
 * Makes `outDir` hold `contents` and nothing else. Unchanged files are only read, so that a second build is cheap. Each file
 * appears complete or not at all: other processes may read or build the folder meanwhile.
 */
export function writeFolder(outDir: string, contents: FolderContents): void {
  for (const path of filesIn(outDir)) {
    if (!contents.has(path)) rmSync(join(outDir, path), { force: true });
  }
  for (const [path, bytes] of contents) {
    const target = join(outDir, path);
    if (!holds(target, bytes)) replaceFile(target, bytes, `${outDir}.${randomUUID()}.tmp`);
  }
  makeReadable(outDir);
}

/**
 * Lets everybody read the files of a folder, whatever the umask was: a deployed file keeps its mode, and Lambda runs the
 * function as another user.
 */
export function makeReadable(dir: string): void {
  for (const path of filesIn(dir)) {
    const file = join(dir, path);
    const mode = statSync(file, { throwIfNoEntry: false })?.mode ?? readable;
    if ((mode & readable) !== readable) chmodSync(file, mode | readable);
  }
}

const readable = 0o444;

/** Lists every file below a folder, sorted, as relative paths with `/`; none if the folder does not exist. */
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

// The temporary file is next to the folder: on the same disk, but never packed.
function replaceFile(target: string, bytes: Uint8Array, temporary: string): void {
  mkdirSync(dirname(target), { recursive: true });
  try {
    writeFileSync(temporary, bytes);
    renameSync(temporary, target);
  } finally {
    rmSync(temporary, { force: true });
  }
}
