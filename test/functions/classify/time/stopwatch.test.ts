import { performance } from 'node:perf_hooks';
import { afterEach, expect, it, vi } from 'vitest';
import { createStopwatch } from '../../../../functions/classify/time/stopwatch.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

it('measures each lap to a tenth of a millisecond, without the time that is skipped', () => {
  let now = 1000;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const { lap, skip } = createStopwatch();
  const lapAfter = (elapsedMs: number): number => {
    now += elapsedMs;
    return lap();
  };

  const laps = [lapAfter(12.34), lapAfter(0), lapAfter(5.06)];
  now += 500;
  skip();
  laps.push(lapAfter(7));

  expect(laps).toEqual([12.3, 0, 5.1, 7]);
});
