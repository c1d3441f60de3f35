/** Installs the contenders' packages, which are dependencies of the benchmark only. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { installLocked } from '../supply-chain/install-locked.ts';

/** The folder with the contenders' sources and lock file. */
export const contendersSource = join(import.meta.dirname, 'contenders');

/** Installs the contenders' packages below `parent`, unless installed. @returns Their folder. */
export function installContenders(parent: string): string {
  const folder = join(parent, 'contenders');
  installLocked(contendersSource, folder);
  return folder;
}

/** True if a Python has the packages that contenders/pillow.py imports. */
export function hasPillow(python: string): boolean {
  try {
    execFileSync(python, ['-c', 'import numpy, onnxruntime, PIL'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
