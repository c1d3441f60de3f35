/** Cleans up before an interrupted process ends (Ctrl-C, SIGTERM, SIGHUP). */
import { constants } from 'node:os';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** An interruption, as its clean-ups see it. */
export interface Interruption {
  /** The signal; undefined if the output's pipe was closed. */
  readonly signal: NodeJS.Signals | undefined;
  /** Aborted when the user insists. A clean-up that waits for anything has to stop waiting then. */
  readonly repeated: AbortSignal;
}

type CleanUp = (interruption: Interruption) => void | Promise<void>;
const pending = new Set<CleanUp>();

/**
 * Registers a clean-up to run when the process is interrupted; the last registered runs first. Further interruptions do not
 * run it again.
 *
 * @returns A function that unregisters it.
 */
export function onInterruption(cleanUp: CleanUp): () => void {
  if (pending.size === 0) listen();
  pending.add(cleanUp);
  return () => {
    pending.delete(cleanUp);
    if (pending.size === 0) stopListening();
  };
}

let ending: { readonly sinceMs: number; readonly repetition: AbortController } | undefined;

// npm repeats a Ctrl-C that has already reached its child.
const echoMs = 500;

/** Runs the clean-ups and ends the process. */
export async function endEarly(exitCode: number, signal?: NodeJS.Signals): Promise<void> {
  if (ending) {
    if (performance.now() - ending.sinceMs > echoMs) ending.repetition.abort();
    return;
  }
  const repetition = new AbortController();
  ending = { sinceMs: performance.now(), repetition };
  for (const cleanUp of [...pending].reverse()) await cleanUp({ signal, repeated: repetition.signal });
  process.exit(exitCode);
}

function end(signal: NodeJS.Signals): Promise<void> {
  return endEarly(128 + constants.signals[signal], signal);
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
