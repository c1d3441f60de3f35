/** How far something is that takes a while: a bar on a terminal, a line every ten seconds elsewhere, always on stderr. */
import { SingleBar } from 'cli-progress';
import { onInterruption } from './interruption.ts';

export interface Progress {
  /** `payload` is what the format names beside value and total. */
  readonly update: (value: number, total: number, payload?: object) => void;
  readonly end: () => void;
}

// What is over sooner shows nothing.
const quietMs = 1000;

/** @param format As cli-progress takes it, without a bar: `{value} of {total} files`. */
export function startProgress(format: string): Progress {
  const bar = new SingleBar({
    format: process.stderr.isTTY ? `{bar} ${format}` : format,
    hideCursor: true,
    noTTYOutput: true,
    notTTYSchedule: 10_000,
    // It would stop the bar and let the command go on.
    gracefulExit: false,
  });
  const beganMs = Date.now();
  let forget = () => {};
  return {
    update: (value, total, payload = {}) => {
      if (bar.isActive) {
        bar.setTotal(total);
        bar.update(value, payload);
      } else if (Date.now() - beganMs >= quietMs) {
        forget = onInterruption(() => bar.stop());
        bar.start(total, value, payload);
      }
    },
    end: () => {
      bar.stop();
      forget();
    },
  };
}
