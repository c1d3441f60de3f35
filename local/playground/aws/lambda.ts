/** Runs the bundled Lambda function in a process of its own, as Lambda runs it for asynchronous invocations. */
import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Invocation, InvocationResult } from './lambda-process.ts';

export interface LocalLambdaOptions {
  /** The bundle: a CommonJS file that exports `handler`. */
  readonly entry: string;
  /** The whole environment but what a process needs of the system's. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where the function's own output goes. */
  readonly log: Writable;
}

export interface LocalLambda {
  /** Rejects with FunctionFailed if the bundle cannot be loaded. */
  readonly ready: Promise<void>;
  /**
   * Queues an event. One is worked on at a time; one that fails is tried twice more.
   *
   * @throws FunctionFailed if the last attempt failed, too.
   */
  readonly invoke: (event: unknown) => Promise<void>;
  /** Ends the process; events that wait are dropped. */
  readonly close: () => Promise<void>;
}

/** The function threw, exited or took too long; the message says which. */
export class FunctionFailed extends Error {
  override readonly name = 'FunctionFailed';
}

const timeoutMs = 60_000;
// Lambda itself waits one minute, then two: too long to look at.
const retryDelaysMs = [1000, 2000];

/** Starts the function's process, and again whenever it has ended before an event. */
export function createLambda(options: LocalLambdaOptions): LocalLambda {
  let child = startProcess(options);
  let closed = false;

  const attempt = async (event: unknown): Promise<void> => {
    if (!isAlive(child.process)) child = startProcess(options);
    await child.ready;
    const answer = receive(child.process);
    const invocation: Invocation = { event, requestId: randomUUID(), deadline: Date.now() + timeoutMs };
    // Where it cannot be sent any more, the end of the process is the answer.
    child.process.send(invocation, () => {});
    await answer;
  };
  const attemptThrice = async (event: unknown): Promise<void> => {
    for (const delayMs of retryDelaysMs) {
      const failed = await attempt(event).then(
        () => false,
        () => true,
      );
      if (!failed || closed) return;
      await sleep(delayMs);
    }
    await attempt(event);
  };

  const { ready } = child;
  let queue = ready.catch(() => {});
  return {
    ready,
    invoke: (event) => {
      const done = queue.then(() => (closed ? undefined : attemptThrice(event)));
      queue = done.catch(() => {});
      return done;
    },
    close: async () => {
      closed = true;
      if (!isAlive(child.process)) return;
      const exited = once(child.process, 'exit');
      child.process.kill();
      await exited;
    },
  };
}

function isAlive({ connected, killed }: ChildProcess): boolean {
  return connected && !killed;
}

function startProcess({ entry, environment, log }: LocalLambdaOptions) {
  const child = fork(fileURLToPath(new URL('lambda-process.ts', import.meta.url)), [entry], {
    env: { ...systemEnvironment(), ...environment },
    execArgv: ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  child.stdout!.pipe(log, { end: false });
  child.stderr!.pipe(log, { end: false });
  return { process: child, ready: receive(child) };
}

/** What a process needs of the machine, and nothing that leads to the user's AWS account. */
function systemEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    ['PATH', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR', 'LD_LIBRARY_PATH'].map((name) => [
      name,
      process.env[name],
    ]),
  );
}

/**
 * Waits for the process's next answer.
 *
 * @throws FunctionFailed if it is an error, the process ends, or it takes too long.
 */
function receive(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = ({ error }: InvocationResult) => {
      clearTimeout(timer);
      child.off('message', settle).off('exit', onExit);
      if (error === undefined) resolve();
      else reject(new FunctionFailed(error));
    };
    const onExit = (code: number | null, signal: string | null) =>
      settle({ error: `the function's process ended (${signal ?? `exit code ${code}`})` });
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      settle({ error: `timed out after ${timeoutMs / 1000} s` });
    }, timeoutMs);
    child.on('message', settle).on('exit', onExit);
  });
}
