/** Replaces local/playground/server/page-bundle.ts in the package, which contains the bundled page. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type * as clone from '../../local/playground/server/page-bundle.ts';

export const bundlePage: typeof clone.bundlePage = (name) =>
  readFile(join(import.meta.dirname, 'program/local/playground/page', name));
