/** Replaces functions/bundle.ts in the package, which contains the bundled function. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as clone from '../../functions/bundle.ts';
import { filesIn, writeFolder } from '../../layers/folder.ts';

export const bundleFunction: typeof clone.bundleFunction = (outDir) => {
  const files = filesIn(functionDir);
  writeFolder(outDir, new Map(files.map((path) => [path, readFileSync(join(functionDir, path))])));
  return files;
};

const functionDir = join(import.meta.dirname, 'function');
