/** Runs the CDK's command line on the app in cdk/app; the npm package runs its bundle (package/program/cdk-program.ts). */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** The context in cdk.json: the settings without `-c`. */
export function appContext(): { readonly model: string } {
  return JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')).context;
}

/** Destination of a program's standard output. */
export type Stdout = 'inherit' | typeof process.stderr;

/**
 * Runs `cdk` with these arguments.
 *
 * @returns Its exit code.
 */
export function runCdk(args: readonly string[], stdout: Stdout): number {
  return runNode([createRequire(import.meta.url).resolve('aws-cdk/bin/cdk'), ...args], stdout);
}

/** Runs a command of Bucketlens in another process. */
export function runBucketlens(args: readonly string[], stdout: Stdout): number {
  return runNode([join(root, 'bin/bucketlens.js'), ...args], stdout);
}

function runNode(args: readonly string[], stdout: Stdout): number {
  // Paths in settings are relative to the user's folder.
  const env = { ...process.env, BUCKETLENS_CALLED_FROM: process.cwd() };
  const stdio = ['inherit', stdout, 'inherit'] as const;
  return spawnSync(process.execPath, args, { cwd: root, env, stdio: [...stdio] }).status ?? 1;
}
