/** Shows progress on stderr: a bar on a terminal, otherwise a line every ten seconds. */
import { SingleBar } from 'cli-progress';
import { onInterruption } from './interruption.ts';

export interface Progress {
  /** `payload` has the format's other fields, besides value and total. */
  readonly update: (value: number, total: number, payload?: object) => void;
  readonly end: () => void;
}

// Shorter work shows no progress.
const quietMs = 1000;

/** @param format A cli-progress format without the bar, such as `{value} of {total} files`. */
export function startProgress(format: string): Progress {
  const bar = new SingleBar({
    format: process.stderr.isTTY ? `{bar} ${format}` : format,
    hideCursor: true,
    noTTYOutput: true,
    notTTYSchedule: 10_000,
    // cli-progress would stop the bar and let the command go on.
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
