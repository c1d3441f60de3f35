/** Runs the bundled Lambda function in a process of its own, with Lambda's semantics for asynchronous invocations. */
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { forkSource } from '../../fork-source.ts';
import type { Invocation, InvocationResult } from './lambda-process.ts';

export interface LocalLambdaOptions {
  /** The bundle: a CommonJS file that exports `handler`. */
  readonly entry: string;
  /** The function's environment; a few variables of the system are added. */
  readonly environment: Readonly<Record<string, string>>;
  /** Receives the function's output. */
  readonly log: Writable;
}

export interface LocalLambda {
  /** Rejects with FunctionFailed if the bundle cannot be loaded. */
  readonly ready: Promise<void>;
  /**
   * Queues an event. Events are processed one at a time; a failed one is retried twice.
   *
   * @throws FunctionFailed if the last attempt failed.
   */
  readonly invoke: (event: unknown) => Promise<void>;
  /** Ends the process and drops the queued events. */
  readonly close: () => Promise<void>;
}

/** The function threw, exited or took too long; the message says which. */
export class FunctionFailed extends Error {
  override readonly name = 'FunctionFailed';
}

const timeoutMs = 60_000;
// Lambda waits one minute, then two: too long for a playground.
const retryDelaysMs = [1000, 2000];

/** Starts the function's process; if it has ended, the next event starts it again. */
export function createLambda(options: LocalLambdaOptions): LocalLambda {
  let child = startProcess(options);
  let closed = false;

  const attempt = async (event: unknown): Promise<void> => {
    if (!isAlive(child.process)) child = startProcess(options);
    await child.ready;
    const answer = receive(child.process);
    const invocation: Invocation = { event, requestId: randomUUID(), deadline: Date.now() + timeoutMs };
    // If the process has ended, its exit event settles the attempt.
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
  const child = forkSource('playground/aws/lambda-process.ts', [entry], {
    env: { ...systemEnvironment(), ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  child.stdout!.pipe(log, { end: false });
  child.stderr!.pipe(log, { end: false });
  return { process: child, ready: receive(child) };
}

/** The system's variables that a process needs, without the user's AWS configuration. */
function systemEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    ['PATH', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR', 'LD_LIBRARY_PATH'].map((name) => [
      name,
      process.env[name],
    ]),
  );
}

/**
 * Waits for the next result of the process.
 *
 * @throws FunctionFailed if it is an error, the process ends, or the time is up.
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
