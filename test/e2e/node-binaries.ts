/** The versions of Node.js that Lambda runs, as npm packages: fetched once, whatever runs this process. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from './processes.ts';

/**
 * The path of a Node.js for Linux, which is fetched into `cacheDir` (180 MB) where it is not there yet. npm checks what
 * it fetches against the registry's sha512.
 *
 * @throws ProgramFailed with npm's message if it cannot be fetched.
 */
export async function nodeBinary(
  platform: 'x64' | 'arm64',
  major: 22 | 24,
  cacheDir: string,
): Promise<string> {
  const name = `node-linux-${platform}`;
  const folder = join(cacheDir, `${name}-${major}`);
  const binary = join(folder, 'node_modules', name, 'bin/node');
  if (existsSync(binary)) return binary;
  await install(`${name}@${major}`, folder).catch((error: unknown) => {
    // Another run may have fetched the same meanwhile.
    if (!existsSync(binary)) throw error;
  });
  return binary;
}

// The folder appears whole or not at all, whenever this is interrupted.
async function install(specification: string, folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const temporary = await mkdtemp(`${folder}.`);
  try {
    // Forced: npm would refuse what is for another processor.
    await run(
      'npm',
      [
        ...['install', specification, '--prefix', temporary, '--force', '--no-save', '--ignore-scripts'],
        ...['--no-audit', '--no-fund', '--loglevel', 'error'],
      ],
      { env: process.env, timeoutMs: 300_000 },
    );
    await rename(temporary, folder);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}
