import { expect, it } from 'vitest';
import { estimateDollars, invocationDollars, millionDollars } from '../../../../local/cli/tune/price.ts';

const measured = { coldMs: 0, coldBilledMs: 2100, warmMs: 0, warmBilledMs: 100, peakMb: 300 };

it("charges a gigabyte for a second, and the request, at AWS's list prices", () => {
  expect(invocationDollars({ architecture: 'arm64', memoryMb: 1024 }, 1000)).toBeCloseTo(0.0000133334 + 2e-7);
  expect(invocationDollars({ architecture: 'x86_64', memoryMb: 2048 }, 500)).toBeCloseTo(0.0000166667 + 2e-7);
});

it('counts one cold start in a hundred images', () => {
  // 120 ms on average.
  expect(millionDollars({ architecture: 'arm64', memoryMb: 1024 }, measured)).toBeCloseTo(
    0.12 * 13.3334 + 0.2,
  );
});

it('estimates a run with every photo tried once for each architecture', () => {
  const setups = [
    { architecture: 'arm64', memoryMb: 1024 },
    { architecture: 'arm64', memoryMb: 2048 },
    { architecture: 'x86_64', memoryMb: 1024 },
  ] as const;
  const { invocations, dollars } = estimateDollars(setups, { cold: 5, warm: 30 }, 12);
  expect(invocations).toBe(3 * 35 + 2 * 12);
  expect(dollars).toBeGreaterThan(0.001);
  expect(dollars).toBeLessThan(0.05);
});
