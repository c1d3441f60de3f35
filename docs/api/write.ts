/**
 * npm run api: builds the reference of the package's exports from their docstrings, in build/api. An export without a docstring
 * fails it. TypeDoc reads TypeScript up to version 6 only, so it is installed with a compiler of its own.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { installLocked } from '../../supply-chain/install-locked.ts';

const tools = join(import.meta.dirname, '../../build/typedoc');
installLocked(import.meta.dirname, tools);
const typedoc = join(tools, 'node_modules/typedoc/bin/typedoc');
const { status } = spawnSync(
  process.execPath,
  [typedoc, '--options', join(import.meta.dirname, 'typedoc.json')],
  {
    stdio: 'inherit',
  },
);
process.exitCode = status ?? 1;
