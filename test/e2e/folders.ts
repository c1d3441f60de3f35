/** Folders of a run: reusable files stay in the cache folder, everything else is removed. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../layers/model/cache-folder.ts';

/** Outside of the repository, whose node_modules would hide a bundle's missing dependency. */
export const cacheDir = join(cacheFolder(), 'e2e');

/** Makes the folder of this run, which the caller removes. Also removes those of killed runs. */
export function createRunFolder(): string {
  mkdirSync(cacheDir, { recursive: true });
  for (const name of readdirSync(cacheDir)) {
    const [, pid] = name.match(/^run-(\d+)$/) ?? [];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(cacheDir, name), { recursive: true });
  }
  const folder = join(cacheDir, `run-${process.pid}`);
  for (const name of ['home', 'tmp', 'bin']) mkdirSync(join(folder, name), { recursive: true });
  return folder;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
