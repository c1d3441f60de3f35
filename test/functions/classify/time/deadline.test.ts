import { afterEach, describe, expect, it, vi } from 'vitest';
import { createDeadline } from '../../../../functions/classify/time/deadline.ts';

describe('the time of an invocation', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it.each([
    [60_000, 'an image', 10_000],
    [60_000, 'a write-back', 5000],
    [5000, 'an image', 2500],
    [5000, 'a write-back', 1250],
  ] as const)('of %i ms lets %s begin with %i ms', (totalMs, step, neededMs) => {
    const remaining = [totalMs, neededMs, neededMs - 1];

    const { assertTimeFor } = createDeadline(() => remaining.shift()!);

    expect(() => assertTimeFor(step)).not.toThrow();
    expect(() => assertTimeFor(step)).toThrow(
      `${neededMs - 1} ms are left; ${step} takes at least ${neededMs} ms`,
    );
  });

  it('lets the first image of the shortest invocation start', () => {
    const { assertTimeFor } = createDeadline(() => 1000);

    expect(() => assertTimeFor('an image')).not.toThrow();
  });

  it.each([
    [60_000, 35_000, { limitMs: 30_000, isFull: true }],
    [60_000, 34_999, { limitMs: 29_999, isFull: false }],
    [60_000, 10_000, { limitMs: 5000, isFull: false }],
    [60_000, 4000, { limitMs: 0, isFull: false }],
    [5000, 3750, { limitMs: 2500, isFull: true }],
    [5000, 2500, { limitMs: 1250, isFull: false }],
  ])(
    'limits decoding to half of it, and reserves time to write: of %i ms, with %i left, %o',
    (...example) => {
      const [totalMs, leftMs, time] = example;
      const remaining = [totalMs, leftMs];

      const { decodeTime } = createDeadline(() => remaining.shift()!);

      expect(decodeTime()).toEqual(time);
    },
  );

  it.each([
    [60_000, 58_000, 59_500],
    [20_000, 18_000, 19_500],
    [10_000, 9000, 9750],
    [5001, 4500, 4875],
    [0, 0, 0],
    [-5, 0, 0],
  ])('of %i ms stops requests after %i ms and publishing after %i ms', (totalMs, requestMs, publishMs) => {
    const timeout = vi.spyOn(AbortSignal, 'timeout');
    const deadline = createDeadline(() => totalMs);

    expect(timeout.mock.calls).toEqual([[requestMs], [publishMs]]);
    expect(deadline.abortSignal).toBe(timeout.mock.results[0]?.value);
    expect(deadline.publishSignal).toBe(timeout.mock.results[1]?.value);
  });

  it('stops requests and publishing at once if none is left', async () => {
    const { abortSignal, publishSignal } = createDeadline(() => 0);

    await expect.poll(() => [abortSignal.aborted, publishSignal.aborted]).toEqual([true, true]);
  });
});
