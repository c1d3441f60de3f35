/** Where a run keeps things: what can be used again stays in the cache folder, everything else goes with the run. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../layers/model/cache-folder.ts';

/** Outside of the repository: there Node.js would find its node_modules, also where a bundle lacks something. */
export const cacheDir = join(cacheFolder(), 'e2e');

/** The folder of this run, for the caller to remove; those of runs that were killed go now. */
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
