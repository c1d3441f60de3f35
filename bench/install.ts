/** The contenders' packages: not dependencies of the project, but of its benchmark alone. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the contenders' sources and their lock file are. */
export const contendersSource = join(import.meta.dirname, 'contenders');

/** Installs the contenders' packages below `parent`, unless they are there. @returns Their folder. */
export const installContenders = (parent: string): string => {
  const folder = join(parent, 'contenders');
  const lock = 'package-lock.json';
  const wanted = readFileSync(join(contendersSource, lock));
  const isInstalled =
    existsSync(join(folder, 'node_modules')) && readFileSync(join(folder, lock)).equals(wanted);
  if (isInstalled) return folder;
  mkdirSync(folder, { recursive: true });
  for (const name of ['package.json', lock]) copyFileSync(join(contendersSource, name), join(folder, name));
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  return folder;
};

/** Whether Python is there with what contenders/pillow.py imports. */
export const hasPillow = (): boolean => {
  try {
    execFileSync('python3', ['-c', 'import numpy, onnxruntime, PIL'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};
