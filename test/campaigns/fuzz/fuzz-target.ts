/** One target, fuzzed in a process of its own, which may crash and may hang. */
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildTarget } from './build-target.ts';
import type { Message, Progress } from './fuzz-process.ts';

export interface Run {
  /** Missing if the process ended at once. */
  readonly progress?: Progress;
  readonly failures: readonly Failure[];
}

export interface Failure {
  readonly input: Uint8Array;
  readonly reason: string;
}

/** How long an input may take until its process is ended; the process itself measures those that come to an end. */
const hangMs = 60_000;

/**
 * @param folder Of the target: its program, and the inputs that runs begin with.
 * @param seed What the random numbers begin with.
 */
export async function fuzzTarget(
  name: string,
  folder: string,
  { seed, seconds }: { readonly seed: number; readonly seconds: number },
): Promise<Run> {
  const program = join(folder, 'fuzz.mjs');
  await buildTarget(name, program);
  const until = Date.now() + 1000 * seconds;
  let all = await runProgram(program, folder, seed, seconds);
  // A process that is spent ends early, and another goes on with what it has kept.
  for (let next = seed + 1; all.failures.length === 0 && Date.now() < until; next++) {
    all = joined(all, await runProgram(program, folder, next, (until - Date.now()) / 1000));
  }
  return all;
}

function joined(a: Run, b: Run): Run {
  return {
    ...(a.progress &&
      b.progress && {
        progress: {
          executions: a.progress.executions + b.progress.executions,
          branches: Math.max(a.progress.branches, b.progress.branches),
          kept: Math.max(a.progress.kept, b.progress.kept),
          added: a.progress.added + b.progress.added,
          slowestMs: Math.max(a.progress.slowestMs, b.progress.slowestMs),
          peakMegabytes: Math.max(a.progress.peakMegabytes, b.progress.peakMegabytes),
        },
      }),
    failures: [...a.failures, ...b.failures],
  };
}

async function runProgram(program: string, folder: string, seed: number, seconds: number): Promise<Run> {
  const child = fork(program, [folder, String(seed), String(seconds)], {
    // A heap that grows to this size for a few kilobytes grows without bounds.
    execArgv: ['--enable-source-maps', '--max-old-space-size=512'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });

  const failures: Failure[] = [];
  let progress: Progress | undefined;
  let said = '';
  let isHanging = false;
  const hang = setTimeout(() => {
    isHanging = true;
    child.kill('SIGKILL');
  }, hangMs);
  child.stderr!.on('data', (text) => {
    said = (said + text).slice(-2000);
  });
  child.on('message', (message: Message) => {
    hang.refresh();
    if ('progress' in message) progress = message.progress;
    else failures.push({ ...message.failure, input: Buffer.from(message.failure.input, 'base64') });
  });
  const ending = await new Promise<string | undefined>((resolve) => {
    child.on('exit', (code, signal) =>
      resolve(code === 0 ? undefined : `the process ended with ${signal ?? code}: ${said}`),
    );
  });
  clearTimeout(hang);
  if (ending) {
    const reason = isHanging ? `no answer within ${hangMs / 1000} s` : ending;
    failures.push({ input: readFileSync(join(folder, 'current')), reason });
  }
  return { ...(progress && { progress }), failures };
}
