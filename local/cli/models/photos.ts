/** The photos of `--calibrate`. */
import { printable } from '../../../functions/classify/image/printable.ts';
import type { Photos } from '../../../layers/model/int8/photos.ts';
import { findFiles, readBytes } from '../images/files.ts';

/**
 * Finds the photos in a folder. Files that are not images are named on standard error when they are read.
 *
 * @throws FileNotFound | FileNotReadable if the folder is missing, empty or cannot be read.
 */
export async function findPhotos(folder: string): Promise<Photos> {
  const files = await findFiles([folder]);
  // A folder without files stands for itself.
  if (files[0] === folder && folder !== '-') await readBytes(folder);
  return {
    folder,
    files,
    read: readBytes,
    onSkipped: (file, { name, message }) => console.error(printable(`${file}: ${name}: ${message}`)),
  };
}

/** @returns A sentence on options that do not go together. */
export function quantisationContradiction(
  precision: string,
  calibrate: string | undefined,
  allowLoss: boolean,
): string | undefined {
  if (calibrate === undefined) return allowLoss ? '--allow-loss goes with --calibrate FOLDER' : undefined;
  if (precision === 'int8') return undefined;
  return `--calibrate quantises the network to int8, and the precision is ${precision}: add --precision int8`;
}
