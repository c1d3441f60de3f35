/**
 * npm run api: the reference of what the package exports, from its docstrings, in build/api. What has none fails it. TypeDoc
 * reads TypeScript up to 6 only, so that it comes with a compiler of its own.
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
