/** Programs started by a run. Each leads a process group, and no group outlives the run. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ProgramOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

/** A program failed or took too long; the message has the end of its output. */
export class ProgramFailed extends Error {
  override readonly name = 'ProgramFailed';
}

const graceMs = 3000;
const shownLines = 25;

const running = new Set<ChildProcess>();
let isClosed = false;

/** Starts a program and its children in a process group of their own, so that Ctrl-C reaches only this process. */
export function start(
  program: string,
  args: readonly string[],
  options: ProgramOptions & { readonly stdio: readonly ('pipe' | 'ignore' | number)[] },
): ChildProcess {
  if (isClosed) throw new ProgramFailed(`${program} was not started: the run is at its end`);
  const child = spawn(program, args, { ...options, stdio: [...options.stdio], detached: true });
  running.add(child);
  child.once('exit', () => running.delete(child)).once('error', () => running.delete(child));
  return child;
}

/**
 * Runs a program to its end.
 *
 * @returns Its standard output.
 * @throws ProgramFailed
 */
export async function run(
  program: string,
  args: readonly string[],
  { timeoutMs, ...options }: ProgramOptions & { readonly timeoutMs: number },
): Promise<string> {
  const child = start(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    void end(child);
  }, timeoutMs);
  const fail = (how: string, said: string) =>
    new ProgramFailed(
      `${[program, ...args].join(' ')} ${how}\n${said.split('\n').slice(-shownLines).join('\n')}`,
    );
  try {
    const [stdout, stderr, [exitCode]] = await Promise.all([
      text(child.stdout!),
      text(child.stderr!),
      once(child, 'close'),
    ]);
    if (exitCode === 0) return stdout;
    throw fail(isLate ? `took longer than ${timeoutMs / 1000} s` : `ended with ${exitCode}`, stdout + stderr);
  } finally {
    clearTimeout(timer);
  }
}

/** Ends a program and its children: first with a request to terminate, then by killing them. */
export async function end(child: ChildProcess): Promise<void> {
  const exited = running.has(child) ? once(child, 'exit') : undefined;
  signal(child, 'SIGTERM');
  await Promise.race([exited, sleep(graceMs, undefined, { ref: false })]);
  signal(child, 'SIGKILL');
  await exited;
}

/** Ends all programs and prevents new ones. */
export async function endAll(): Promise<void> {
  isClosed = true;
  await Promise.all([...running].map(end));
}

function signal({ pid }: ChildProcess, name: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
