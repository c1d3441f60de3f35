/** Replaces local/fork-source.ts in the package: the sources are bundled, a file each. */
import { fork } from 'node:child_process';
import { basename, join } from 'node:path';
import type * as clone from '../../local/fork-source.ts';

export const forkSource: typeof clone.forkSource = (source, args, options) =>
  fork(join(import.meta.dirname, 'program', `${basename(source, '.ts')}.js`), args, options);
