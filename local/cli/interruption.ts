/** Ctrl-C and its like: what a command would leave behind is put away first. */
import { constants } from 'node:os';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const pending = new Set<() => void | Promise<void>>();

/**
 * Has `putAway` called when the process is interrupted, before it ends; the last one given goes first. It takes little
 * time: further interruptions are not listened to (npm passes on a Ctrl-C that has reached its child already).
 *
 * @returns A function that takes it back.
 */
export function onInterruption(putAway: () => void | Promise<void>): () => void {
  if (pending.size === 0) listen();
  pending.add(putAway);
  return () => {
    pending.delete(putAway);
    if (pending.size === 0) stopListening();
  };
}

let isEnding = false;

/** Ends the process as an interruption does. */
export async function endEarly(exitCode: number): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  for (const putAway of [...pending].reverse()) await putAway();
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
  // When npm is terminated, the shell that it has put in between goes too and does not tell.
  const parent = process.ppid;
  parentWatch = setInterval(() => process.ppid !== parent && end('SIGTERM'), parentPollMs).unref();
}

function stopListening(): void {
  for (const signal of signals) process.removeListener(signal, end);
  clearInterval(parentWatch);
}
