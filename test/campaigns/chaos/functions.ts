/** Several instances of the function, a dead-letter queue, and somebody who kills instances at work. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalLambda } from '../../../local/playground/aws/lambda.ts';
import { findChildren } from '../load/processes.ts';

export interface Functions {
  /** Invokes one of the instances asynchronously; an event that fails three times goes to the dead-letter queue. */
  readonly invoke: (event: unknown) => void;
  /** Kills the process of one instance, whatever it is doing. */
  readonly killOne: (random: () => number) => Promise<void>;
  readonly killed: () => number;
  /** Waits until no event is being processed. */
  readonly settle: (signal: AbortSignal) => Promise<void>;
  /** Invokes the functions with the dead letters until none is left. @returns How many there were. */
  readonly redrive: (signal: AbortSignal) => Promise<number>;
  readonly close: () => Promise<void>;
}

/** Waits until all instances are ready. */
export async function createFunctions(instances: readonly LocalLambda[]): Promise<Functions> {
  await Promise.all(instances.map(({ ready }) => ready));
  const pending = new Set<Promise<void>>();
  const deadLetters: unknown[] = [];
  let invocations = 0;
  let killed = 0;

  const invoke = (event: unknown): void => {
    const instance = instances[invocations++ % instances.length]!;
    const done: Promise<void> = instance
      .invoke(event)
      .catch(() => void deadLetters.push(event))
      .finally(() => pending.delete(done));
    pending.add(done);
  };
  const settle = async (signal: AbortSignal): Promise<void> => {
    while (pending.size > 0) {
      if (signal.aborted)
        throw new Error(`${pending.size} events are still being processed at the end of the run`);
      await Promise.race([...pending, sleep(pollMs)]);
    }
  };
  return {
    invoke,
    killOne: async (random) => {
      const pids = await findChildren(process.pid, 'lambda-process');
      const pid = pids[Math.floor(random() * pids.length)];
      if (pid === undefined) return;
      process.kill(pid, 'SIGKILL');
      killed++;
    },
    killed: () => killed,
    settle,
    redrive: async (signal) => {
      let redriven = 0;
      while (deadLetters.length > 0) {
        const letters = deadLetters.splice(0);
        redriven += letters.length;
        for (const event of letters) invoke(event);
        await settle(signal);
      }
      return redriven;
    },
    close: async () => {
      await Promise.all(instances.map((instance) => instance.close()));
    },
  };
}

const pollMs = 200;
