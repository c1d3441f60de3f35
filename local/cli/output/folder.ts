/** Makes the folders that options name, before anything is started or downloaded for them. */
import { accessSync, constants, mkdirSync } from 'node:fs';

/** A folder that cannot be made or written to. */
export class UnusableFolder extends Error {
  override readonly name = 'UnusableFolder';
}

/**
 * Makes a folder unless it is there.
 *
 * @param named The option and the folder, for the message: `--data photos`.
 * @throws UnusableFolder
 */
export function ensureFolder(folder: string, named: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isFile = code === 'EEXIST' || code === 'ENOTDIR';
    throw new UnusableFolder(
      isFile
        ? `${named} cannot be a folder, because a file has that name (${code}); choose another`
        : `${named} is not a folder that can be written to (${code}); choose another, or change its permissions`,
    );
  }
}
