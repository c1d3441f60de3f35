/** Starts a source file in a process of its own; the npm package starts its bundle (package/program/fork-source.ts). */
import { type ChildProcess, type ForkOptions, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** @param source The path of the TypeScript file, within `local/`. */
export function forkSource(source: string, args: readonly string[], options: ForkOptions): ChildProcess {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  return fork(join(import.meta.dirname, source), args, { ...options, execArgv: ['--import', tsx] });
}
