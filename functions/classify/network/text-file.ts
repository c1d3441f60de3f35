/** Reads text files that users write with the editors and shells of any system. */
import { readFileSync } from 'node:fs';

/**
 * Reads UTF-8, or UTF-16 that begins with a byte order mark, as PowerShell's `>` writes it.
 *
 * @param Failure The error to throw, with a message that names the file.
 * @returns The text without its byte order mark.
 * @throws Failure if the file cannot be read, or is not text in one of these encodings.
 */
export function readTextFile(path: string, Failure: new (message: string) => Error): string {
  const text = decode(readBytes(path, Failure));
  if (text !== undefined) return text;
  throw new Failure(`${path} is not text in UTF-8: save it as UTF-8`);
}

function readBytes(path: string, Failure: new (message: string) => Error): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new Failure(`${path} cannot be read: ${(error as Error).message}`);
  }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
    // UTF-16 without its mark is valid UTF-8, with a NUL beside each letter.
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}
