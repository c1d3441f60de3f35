/** Fuzzes a target in a process of its own, which may crash or hang. */
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildTarget } from './build-target.ts';
import type { Message, Progress } from './fuzz-process.ts';

export interface Run {
  /** Missing if the process ended immediately. */
  readonly progress?: Progress;
  readonly failures: readonly Failure[];
}

export interface Failure {
  readonly input: Uint8Array;
  readonly reason: string;
}

/** Time after which a hanging process is killed; the process itself measures inputs that finish. */
const hangMs = 60_000;

/**
 * @param folder The target's folder, with its program and the inputs kept by earlier runs.
 * @param seed Seed of the random numbers.
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
  // A spent process ends early; another one continues with the inputs that it kept.
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
    // A heap this large for a few kilobytes of input means unbounded growth.
    execArgv: ['--enable-source-maps', '--max-old-space-size=512'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });

  const failures: Failure[] = [];
  let progress: Progress | undefined;
  let output = '';
  let isHanging = false;
  const hang = setTimeout(() => {
    isHanging = true;
    child.kill('SIGKILL');
  }, hangMs);
  child.stderr!.on('data', (text) => {
    output = (output + text).slice(-2000);
  });
  child.on('message', (message: Message) => {
    hang.refresh();
    if ('progress' in message) progress = message.progress;
    else failures.push({ ...message.failure, input: Buffer.from(message.failure.input, 'base64') });
  });
  const ending = await new Promise<string | undefined>((resolve) => {
    child.on('exit', (code, signal) =>
      resolve(code === 0 ? undefined : `the process ended with ${signal ?? code}: ${output}`),
    );
  });
  clearTimeout(hang);
  if (ending) {
    const reason = isHanging ? `no answer within ${hangMs / 1000} s` : ending;
    failures.push({ input: readFileSync(join(folder, 'current')), reason });
  }
  return { ...(progress && { progress }), failures };
}
