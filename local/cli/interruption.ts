/** Cleans up before an interrupted process ends (Ctrl-C, SIGTERM, SIGHUP). */
import { constants } from 'node:os';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const pending = new Set<() => void | Promise<void>>();

/**
 * Registers a clean-up to run when the process is interrupted; the last registered runs first. Further interruptions are
 * ignored (npm repeats a Ctrl-C that has already reached its child), so that a clean-up has to be quick.
 *
 * @returns A function that unregisters it.
 */
export function onInterruption(cleanUp: () => void | Promise<void>): () => void {
  if (pending.size === 0) listen();
  pending.add(cleanUp);
  return () => {
    pending.delete(cleanUp);
    if (pending.size === 0) stopListening();
  };
}

let isEnding = false;

/** Runs the clean-ups and ends the process. */
export async function endEarly(exitCode: number): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  for (const cleanUp of [...pending].reverse()) await cleanUp();
  process.exit(exitCode);
}

function end(signal: NodeJS.Signals): Promise<void> {
  return endEarly(128 + constants.signals[signal]);
}

const parentPollMs = 1000;
let parentWatch: NodeJS.Timeout | undefined;

function listen(): void {
  for (const signal of signals) process.on(signal, end);
  if (process.env.npm_lifecycle_event === undefined) return;
  // When npm is terminated, its shell ends too and does not forward the signal.
  const parent = process.ppid;
  parentWatch = setInterval(() => process.ppid !== parent && end('SIGTERM'), parentPollMs).unref();
}

function stopListening(): void {
  for (const signal of signals) process.removeListener(signal, end);
  clearInterval(parentWatch);
}
