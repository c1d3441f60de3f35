/** Checks Lambda's limit on a function and its layers before AWS refuses the deployment. */
import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { filesIn } from './folder.ts';

/** The size of a folder that is deployed to Lambda. */
export interface ArtefactSize {
  /** The folder's name, such as `runtime-linux-arm64`. */
  readonly name: string;
  /** Unzipped. */
  readonly bytes: number;
}

/** The function and its layers together exceed Lambda's limit. */
export class TooLargeForLambda extends Error {
  override readonly name = 'TooLargeForLambda';
}

/**
 * Adds up the sizes of a function's and its layers' folders.
 *
 * @returns The size of each folder, in the order given.
 * @throws TooLargeForLambda if the sum is above 262,144,000 bytes; it names the largest files.
 */
export function assertFitsLambda(dirs: readonly string[]): ArtefactSize[] {
  const files = dirs.flatMap((dir) =>
    filesIn(dir).map((path) => ({ dir, path, bytes: statSync(join(dir, path)).size })),
  );
  const total = sum(files);
  if (total > maxUnzippedBytes) {
    const largest = files.sort((a, b) => b.bytes - a.bytes).slice(0, 5);
    throw new TooLargeForLambda(
      `function and layers are ${total} bytes unzipped; Lambda's limit is ${maxUnzippedBytes}. ` +
        `The largest files: ${largest.map(({ dir, path, bytes }) => `${join(dir, path)} (${megabytes(bytes)})`).join(', ')}. ` +
        'Take a smaller model, or store this one as fp16',
    );
  }
  return dirs.map((dir) => ({ name: basename(dir), bytes: sum(files.filter((file) => file.dir === dir)) }));
}

/** Formats bytes for people: `45.8 MB`. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 250 MB (MiB) unzipped, all layers included.
export const maxUnzippedBytes = 250 * 1024 * 1024;

function sum(files: readonly { bytes: number }[]): number {
  return files.reduce((total, { bytes }) => total + bytes, 0);
}
