/** Replaces local/cli/cdk-program.ts in the package: the CDK is the user's, and the app runs outside of node_modules. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as clone from '../../local/cli/cdk-program.ts';
import { builtModels } from './places.ts';

/** `deploy` without the CDK. */
export class CdkNotInstalled extends Error {
  override readonly name = 'CdkNotInstalled';
}

export const appContext: typeof clone.appContext = () => readAppSettings().context;

export const runCdk: typeof clone.runCdk = (args, stdout) => {
  const cdk = findCdk();
  const folder = join(builtModels, '../app');
  mkdirSync(folder, { recursive: true });
  const app = `"${process.execPath}" "${join(import.meta.dirname, 'app.js')}"`;
  writeFileSync(join(folder, 'cdk.json'), JSON.stringify({ ...readAppSettings(), app }));
  const env = { ...process.env, BUCKETLENS_CALLED_FROM: process.cwd() };
  // The app changes to the user's folder, so its output folder has to be absolute.
  const output = args.includes('--output') ? [] : ['--output', join(folder, 'cdk.out')];
  const stdio = ['inherit', stdout, 'inherit'] as const;
  return (
    spawnSync(process.execPath, [cdk, ...args, ...output], { cwd: folder, env, stdio: [...stdio] }).status ??
    1
  );
};

export const runBucketlens: typeof clone.runBucketlens = (args, stdout) =>
  spawnSync(process.execPath, [join(import.meta.dirname, 'program/cli.js'), ...args], {
    stdio: ['inherit', stdout, 'inherit'],
  }).status ?? 1;

function readAppSettings() {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'program/cdk.json'), 'utf8'));
}

/** @throws CdkNotInstalled */
function findCdk(): string {
  try {
    const require = createRequire(join(import.meta.dirname, 'package.json'));
    require.resolve('constructs');
    require.resolve('aws-cdk-lib');
    return require.resolve('aws-cdk/bin/cdk');
  } catch {
    throw new CdkNotInstalled(
      'this command needs the AWS CDK, which is not installed next to bucketlens; the other commands do without. To install it: npm install aws-cdk aws-cdk-lib constructs',
    );
  }
}
