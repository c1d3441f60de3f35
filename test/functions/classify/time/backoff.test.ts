import { afterEach, describe, expect, it, vi } from 'vitest';
import { backOff } from '../../../../functions/classify/time/backoff.ts';

describe('backOff', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it.each([
    [0, 25],
    [2, 100],
  ])('before retry %i waits at least its share of the time: %i ms of four times that', async (retry, ms) => {
    vi.spyOn(Math, 'random').mockReturnValue(0.25);
    const start = performance.now();

    await backOff(retry, new AbortController().signal);

    // Timers of Node.js count whole milliseconds.
    expect(performance.now() - start).toBeGreaterThan(ms - 2);
  });

  it('ends at once when aborted', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);

    await expect(backOff(12, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });
});
