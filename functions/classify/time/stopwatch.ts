/** Measures the steps of an image. */
import { performance } from 'node:perf_hooks';

export interface Stopwatch {
  /** Milliseconds since the last lap, to a tenth. */
  readonly lap: () => number;
  /** Starts the next lap without counting the time since the last one. */
  readonly skip: () => void;
}

export function createStopwatch(): Stopwatch {
  let last = performance.now();
  const lap = (): number => {
    const now = performance.now();
    const elapsedMs = Math.round((now - last) * 10) / 10;
    last = now;
    return elapsedMs;
  };
  return { lap, skip: lap };
}
