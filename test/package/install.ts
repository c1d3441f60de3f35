/** The throw-away app: a CDK app of somebody else's, with the package in it as npm installs it. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { installLocked } from '../../supply-chain/install-locked.ts';

const root = join(import.meta.dirname, '../..');

/** The folders that hold the CDK of either end of the package's peer range. */
export const newestCdk = join(root, 'node_modules');
export const oldestCdk = join(root, 'build/oldest-cdk/node_modules');

/** Installs the oldest CDK that the package supports, once: it is no dependency of the project. */
export function installOldestCdk(): void {
  installLocked(join(import.meta.dirname, 'oldest-cdk'), join(root, 'build/oldest-cdk'));
}

/**
 * Copies the folder `app` into `parent` and installs the tarball there, without a registry. The owner's own packages, the CDK
 * and the types of Node and Lambda, are linked in the folder above.
 *
 * @param cdk The folder of the CDK and cdk-nag.
 * @returns The app's folder.
 */
export function installApp(tarball: string, parent: string, cdk = newestCdk): string {
  const app = join(parent, 'app');
  cpSync(join(import.meta.dirname, 'app'), app, { recursive: true });
  mkdirSync(join(parent, 'node_modules/@types'), { recursive: true });
  for (const [name, from] of [
    ['aws-cdk-lib', cdk],
    ['constructs', cdk],
    ['cdk-nag', cdk],
    ['@types/node', newestCdk],
    ['@types/aws-lambda', newestCdk],
  ] as const) {
    symlinkSync(join(from, name), join(parent, 'node_modules', name), 'junction');
  }
  installTarball(tarball, app, parent);
  return app;
}

/** Installs the tarball into a folder, with the owner's cache of npm: an empty one, so that nothing else can be installed. */
export function installTarball(tarball: string, folder: string, parent: string): void {
  const options = ['--offline', '--legacy-peer-deps', '--no-audit', '--no-fund', '--silent'];
  execFileSync('npm', ['install', ...options, '--cache', join(parent, 'npm-cache'), tarball], {
    cwd: folder,
    shell: process.platform === 'win32',
  });
}
