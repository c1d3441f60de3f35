/** Resolves command-line arguments (files, folders, patterns, `-`) to image files. */
import { createReadStream, type Dirent } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { checkBytes, defaultLimits } from '../../../functions/classify/image/limits.ts';

/** No file has this name or matches this pattern. */
export class FileNotFound extends Error {
  override readonly name = 'FileNotFound';
}

/** The file exists, but the system refuses to read it. */
export class FileNotReadable extends Error {
  override readonly name = 'FileNotReadable';
}

/**
 * Resolves the arguments to file paths, in order.
 *
 * A folder yields every file below it, a pattern every match, both sorted and without hidden files. Within a folder,
 * links to files are followed, links to folders are not. An argument that matches nothing or cannot be read is kept, so
 * that `readBytes` reports it in its turn.
 */
export async function findFiles(args: readonly string[]): Promise<string[]> {
  const found = await Promise.all(args.map(findOne));
  return found.flat();
}

async function findOne(arg: string): Promise<string[]> {
  if (arg === '-') return [arg];
  const status = await stat(arg).catch(() => undefined);
  if (status?.isDirectory()) return orItself(arg, await listFolder(arg));
  if (status === undefined && isDynamicPattern(arg)) {
    // Patterns use `/` on every system.
    const pattern = process.platform === 'win32' ? arg.replaceAll('\\', '/') : arg;
    return orItself(arg, await glob(pattern, { expandDirectories: false, absolute: isAbsolute(arg) }));
  }
  return [arg];
}

function orItself(arg: string, files: string[]): string[] {
  return files.length === 0 ? [arg] : files.sort();
}

async function listFolder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
  if (!entries) return [folder];
  const visible = entries.filter(({ name }) => !name.startsWith('.'));
  return (await Promise.all(visible.map((entry) => listEntry(entry, join(folder, entry.name))))).flat();
}

async function listEntry(entry: Dirent, path: string): Promise<string[]> {
  if (entry.isDirectory()) return listFolder(path);
  return entry.isFile() || (entry.isSymbolicLink() && (await isLinkToFile(path))) ? [path] : [];
}

/** True for a broken link too, so that it is reported instead of passed over. */
function isLinkToFile(path: string): Promise<boolean> {
  return stat(path).then(
    (status) => status.isFile(),
    () => true,
  );
}

/**
 * Reads a file that `findFiles` returned; `-` is standard input.
 *
 * @throws FileNotFound | FileNotReadable
 * @throws {EmptyObject | ImageTooLarge} before a file is read; for a pipe, as soon as it exceeds the limit.
 */
export async function readBytes(file: string): Promise<Uint8Array> {
  try {
    if (file === '-') return await readStream(process.stdin);
    const status = await stat(file);
    if (status.isDirectory()) throw await explainFolder(file);
    // The size of a pipe or device is unknown.
    if (!status.isFile()) return await readStream(createReadStream(file));
    checkBytes(status.size, defaultLimits);
    return await readFile(file);
  } catch (error) {
    throw explain(file, error as NodeJS.ErrnoException);
  }
}

async function readStream(stream: AsyncIterable<Buffer>): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    checkBytes(bytes, defaultLimits);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** `findFiles` keeps a folder if it is empty or cannot be read. */
function explainFolder(folder: string): Promise<Error> {
  return readdir(folder).then(
    () => new FileNotFound(`the folder ${folder} has no files`),
    (error: Error) => error,
  );
}

function explain(file: string, error: NodeJS.ErrnoException): Error {
  if (error.code === undefined) return error;
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') return new FileNotReadable(error.message);
  return new FileNotFound(isDynamicPattern(file) ? `no file matches ${file}` : `there is no file ${file}`);
}
