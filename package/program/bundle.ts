/** Replaces functions/bundle.ts in the package, which contains the bundled function. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as clone from '../../functions/bundle.ts';
import { heicDecoderFiles } from '../../functions/heic-decoder.ts';
import { filesIn, writeFolder } from '../../layers/folder.ts';

export const bundleFunction: typeof clone.bundleFunction = (outDir, heic) => {
  const files = filesIn(functionDir);
  const contents = files.map((path): [string, Uint8Array] => [path, readFileSync(join(functionDir, path))]);
  writeFolder(outDir, new Map([...contents, ...(heic ? heicDecoderFiles(heic) : [])]));
  return files;
};

const functionDir = join(import.meta.dirname, 'function');
