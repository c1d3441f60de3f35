/** Installs packages that only one command needs, when it runs: they are not dependencies of the project. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const lock = 'package-lock.json';

/**
 * Installs the lock file of `source` into `folder`, without install scripts, unless already installed. npm prints to standard
 * output.
 *
 * @throws Error if npm fails.
 */
export function installLocked(source: string, folder: string): void {
  const isInstalled =
    existsSync(join(folder, 'node_modules')) &&
    readFileSync(join(folder, lock)).equals(readFileSync(join(source, lock)));
  if (isInstalled) return;
  mkdirSync(folder, { recursive: true });
  for (const name of ['package.json', lock]) copyFileSync(join(source, name), join(folder, name));
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
}
