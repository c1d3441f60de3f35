/** Ctrl-C and its like: what a command would leave behind is put away first. */
import { constants } from 'node:os';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
// npm passes on a Ctrl-C that has reached its child already: only a later one is the user's second.
const echoMs = 1000;

const pending = new Set<() => void | Promise<void>>();

/**
 * Has `putAway` called when the process is interrupted, before it ends; the last one given goes first. A second
 * interruption ends the process at once.
 *
 * @returns A function that takes it back.
 */
export const onInterruption = (putAway: () => void | Promise<void>): (() => void) => {
  if (pending.size === 0) for (const signal of signals) process.once(signal, end);
  pending.add(putAway);
  return () => {
    pending.delete(putAway);
    if (pending.size === 0) for (const signal of signals) process.removeListener(signal, end);
  };
};

/** Ends the process as an interruption does. */
export const endEarly = async (exitCode: number): Promise<void> => {
  for (const putAway of [...pending].reverse()) await putAway();
  process.exit(exitCode);
};

const end = (signal: NodeJS.Signals): Promise<void> => {
  const beganMs = Date.now();
  for (const other of signals) {
    process.removeListener(other, end);
    process.on(other, () => Date.now() - beganMs > echoMs && process.exit(128 + constants.signals[other]));
  }
  return endEarly(128 + constants.signals[signal]);
};
