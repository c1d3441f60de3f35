import { describe, expect, it } from 'vitest';
import { runWithin, TimeIsUp } from '../../../../functions/classify/decode/time-limit.ts';

function endless() {
  for (;;);
}

describe('work within a time', () => {
  it('gives its result', () => {
    expect(runWithin(10_000, () => 'done')).toBe('done');
  });

  it.each([new TypeError('broken'), null])('throws what it throws: %s', (thrown) => {
    let caught: unknown;
    try {
      runWithin(10_000, () => {
        throw thrown;
      });
    } catch (error) {
      caught = error;
    }

    expect(caught).toBe(thrown);
  });

  it('is interrupted when the time is up, whatever it catches, and the next is not', () => {
    const stubborn = () => {
      for (;;) {
        try {
          endless();
        } catch {}
      }
    };

    expect(() => runWithin(20, stubborn)).toThrow(TimeIsUp);
    expect(() => runWithin(20, stubborn)).toThrow(expect.objectContaining({ name: 'TimeIsUp' }));
    expect(runWithin(10_000, () => 'done')).toBe('done');
  });

  it('may have less than a millisecond, and is interrupted then', () => {
    expect(() => runWithin(0, endless)).toThrow('not done in 0 ms');
  });
});
