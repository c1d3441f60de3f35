import { describe, expect, it } from 'vitest';
import { runWithin, TimeIsUp } from '../../../../functions/classify/decode/time-limit.ts';

function endless() {
  for (;;);
}

describe('runWithin', () => {
  it("returns the work's result", () => {
    expect(runWithin(10_000, () => 'done')).toBe('done');
  });

  it.each([new TypeError('broken'), null])("rethrows the work's error: %s", (thrown) => {
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

  it('interrupts work that catches everything, and not the work after it', () => {
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

  it('interrupts work with a limit below a millisecond', () => {
    expect(() => runWithin(0, endless)).toThrow('not done in 0 ms');
  });
});
