/** What stands on a command line (files, folders, globs, `-`) -> the image files it means. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { glob, isDynamicPattern } from 'tinyglobby';
import { checkBytes, defaultLimits } from '../functions/classify/decode.ts';

/** No file has the given name, or none matches the given pattern. */
export class FileNotFound extends Error {
  override readonly name = 'FileNotFound';
}

/** The file is there, but the system does not let us read it. */
export class FileNotReadable extends Error {
  override readonly name = 'FileNotReadable';
}

/**
 * The files that the arguments stand for, in their order, as paths to show and to read.
 *
 * A folder stands for every file in it and below, sorted; a pattern for what it matches, sorted; hidden files are
 * skipped in both. What names nothing stays as it is: `readBytes` says so when its turn comes.
 */
export const findFiles = async (args: readonly string[]): Promise<string[]> => {
  const found = await Promise.all(args.map(findOne));
  return found.flat();
};

const findOne = async (arg: string): Promise<string[]> => {
  if (arg === '-') return [arg];
  const status = await stat(arg).catch(() => undefined);
  if (status?.isDirectory()) return orItself(arg, await listFolder(arg));
  if (status === undefined && isDynamicPattern(arg)) {
    // Patterns are written with `/` on every system.
    const pattern = process.platform === 'win32' ? arg.replaceAll('\\', '/') : arg;
    return orItself(arg, await glob(pattern, { expandDirectories: false, absolute: isAbsolute(arg) }));
  }
  return [arg];
};

const orItself = (arg: string, files: string[]): string[] => (files.length === 0 ? [arg] : files.sort());

const listFolder = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { withFileTypes: true });
  const visible = entries.filter(({ name }) => !name.startsWith('.'));
  const files = visible.filter((entry) => entry.isFile()).map(({ name }) => join(folder, name));
  const folders = visible
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => listFolder(join(folder, name)));
  return [...files, ...(await Promise.all(folders)).flat()];
};

/**
 * Reads one of the files that `findFiles` gave; `-` is standard input.
 *
 * @throws FileNotFound | FileNotReadable
 * @throws {EmptyObject | ImageTooLarge} before it is read, by its size.
 */
export const readBytes = async (file: string): Promise<Uint8Array> => {
  if (file === '-') return buffer(process.stdin);
  try {
    const status = await stat(file);
    if (status.isDirectory()) throw new FileNotFound(`${file} is a folder without files`);
    checkBytes(status.size, defaultLimits);
    return await readFile(file);
  } catch (error) {
    throw explain(file, error as NodeJS.ErrnoException);
  }
};

const explain = (file: string, error: NodeJS.ErrnoException): Error => {
  if (error.code === undefined) return error;
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') return new FileNotReadable(error.message);
  return new FileNotFound(isDynamicPattern(file) ? `no file matches ${file}` : `there is no file ${file}`);
};
