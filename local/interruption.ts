/** Ctrl-C and its like: what a command would leave behind is put away first. */
import { constants } from 'node:os';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
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
    if (pending.size === 0) stopListening();
  };
};

const end = async (signal: NodeJS.Signals): Promise<void> => {
  stopListening();
  for (const putAway of [...pending].reverse()) await putAway();
  process.exit(128 + constants.signals[signal]);
};

const stopListening = (): void => {
  for (const signal of signals) process.removeListener(signal, end);
};
