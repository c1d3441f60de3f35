/** Downloads versions of Node.js, those that Lambda runs and others, as npm packages, once. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from './processes.ts';

/**
 * The path of a Node.js for Linux, downloaded to `cacheDir` (180 MB) unless it is there. npm checks the download against the
 * registry's SHA-512.
 *
 * @throws ProgramFailed with npm's message if the download fails.
 */
export async function nodeBinary(
  platform: 'x64' | 'arm64',
  version: 22 | 24 | '20.18.0',
  cacheDir: string,
): Promise<string> {
  const name = `node-linux-${platform}`;
  const folder = join(cacheDir, `${name}-${version}`);
  const binary = join(folder, 'node_modules', name, 'bin/node');
  if (existsSync(binary)) return binary;
  await install(`${name}@${version}`, folder).catch((error: unknown) => {
    // Another run may have downloaded the same meanwhile.
    if (!existsSync(binary)) throw error;
  });
  return binary;
}

// Renamed at the end, so that an interruption leaves no partial folder.
async function install(specification: string, folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const temporary = await mkdtemp(`${folder}.`);
  try {
    // npm refuses packages for another processor unless forced.
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
