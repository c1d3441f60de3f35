/** The throw-away app: a CDK app of somebody else's, with the package in it as npm installs it. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/**
 * Copies the folder `app` into `parent` and installs the tarball there, without any registry: what the app's owner has of
 * his own, the CDK and the types of Node and Lambda, is linked in the folder above.
 *
 * @returns The app's folder.
 */
export function installApp(tarball: string, parent: string): string {
  const app = join(parent, 'app');
  cpSync(join(import.meta.dirname, 'app'), app, { recursive: true });
  mkdirSync(join(parent, 'node_modules/@types'), { recursive: true });
  for (const name of ['aws-cdk-lib', 'constructs', '@types/node', '@types/aws-lambda']) {
    symlinkSync(join(root, 'node_modules', name), join(parent, 'node_modules', name), 'junction');
  }
  const options = ['--offline', '--legacy-peer-deps', '--no-audit', '--no-fund', '--silent'];
  execFileSync('npm', ['install', ...options, '--cache', join(parent, 'npm-cache'), tarball], {
    cwd: app,
    shell: process.platform === 'win32',
  });
  return app;
}
