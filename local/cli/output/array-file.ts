/** Keeps an array from being written over a photo. */
import { stat } from 'node:fs/promises';

/**
 * @param output The file to write.
 * @param files The photos it is made of.
 * @returns A sentence, if the file is one of the photos or any other that is not an array.
 */
export async function describeReplaced(
  output: string,
  files: readonly string[],
): Promise<string | undefined> {
  const existing = await identify(output);
  if (existing === undefined) return undefined;
  // The same file may have several names.
  if ((await Promise.all(files.map(identify))).includes(existing)) {
    return `-o ${output} would replace a photo; name a .npy file`;
  }
  return /\.npy$/i.test(output)
    ? undefined
    : `-o ${output} would replace a file that is not an array; name a .npy file`;
}

async function identify(path: string): Promise<string | undefined> {
  const status = await stat(path, { bigint: true }).catch(() => undefined);
  return status?.isFile() ? `${status.dev} ${status.ino}` : undefined;
}
