/** The contenders' packages: not dependencies of the project, but of its benchmark alone. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { installLocked } from '../supply-chain/install-locked.ts';

/** Where the contenders' sources and their lock file are. */
export const contendersSource = join(import.meta.dirname, 'contenders');

/** Installs the contenders' packages below `parent`, unless they are there. @returns Their folder. */
export function installContenders(parent: string): string {
  const folder = join(parent, 'contenders');
  installLocked(contendersSource, folder);
  return folder;
}

/** Whether Python is there with what contenders/pillow.py imports. */
export function hasPillow(): boolean {
  try {
    execFileSync('python3', ['-c', 'import numpy, onnxruntime, PIL'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
