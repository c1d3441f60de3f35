import { describe, expect, it } from 'vitest';
import { costPerMillion, defaultUsage, durationMs, total } from '../../../bench/cost/estimate.ts';
import { prices } from '../../../layers/prices.ts';

describe('durationMs', () => {
  it.each([
    ['half a processor doubles it', 884.5, 200],
    ['a whole processor leaves it', 1769, 100],
    ['more than one does not shorten it, because there is one thread', 3538, 100],
  ])('follows the share of a processor that comes with the memory: %s', (_, memoryMb, expected) => {
    expect(durationMs(100, memoryMb, 0)).toBe(expected);
  });

  it('includes the time spent waiting, which no processor shortens', () => {
    expect(durationMs(100, 884.5, 50)).toBe(250);
    expect(durationMs(100, 3538, 50)).toBe(150);
  });
});

describe('the cost of a million images', () => {
  const work = { imageMs: 990, ownCopyMs: 10, imageLogBytes: 1200, ownCopyLogBytes: 160 };
  const cost = costPerMillion({ architecture: 'arm64', memoryMb: 2048 }, work, defaultUsage);

  it('includes both invocations, in GB-seconds', () => {
    expect(cost.time).toBeCloseTo(2_000_000 * prices.lambda.perGbSecond.arm64, 6);
  });

  it('includes each request and event once, and two invocations', () => {
    expect(cost).toMatchObject({
      invocations: 2 * prices.lambda.perMillionRequests,
      s3Gets: 1000 * prices.s3.perThousandGets,
      s3Copies: 1000 * prices.s3.perThousandPuts,
      events: prices.eventBridge.perMillionEvents,
      sqs: 0,
    });
  });

  it("includes the function's log and Lambda's own lines", () => {
    expect(cost.logs).toBeCloseTo(2 * prices.cloudWatch.logsPerGb, 6);
  });

  it('is the sum of its parts', () => {
    const { time, invocations, s3Gets, s3Copies, events, logs } = cost;
    expect(total(cost)).toBeCloseTo(time + invocations + s3Gets + s3Copies + events + logs, 9);
  });

  it('is higher on x86_64, by the price of a GB-second', () => {
    const x86 = costPerMillion({ architecture: 'x86_64', memoryMb: 2048 }, work, defaultUsage);
    const { arm64, x86_64 } = prices.lambda.perGbSecond;
    expect(x86.time / cost.time).toBeCloseTo(x86_64 / arm64, 9);
  });

  it('includes no own copy if copies raise no event', () => {
    const once = costPerMillion({ architecture: 'arm64', memoryMb: 2048 }, work, {
      ...defaultUsage,
      invocations: 1,
      ownCopies: 0,
    });
    expect(once.time / cost.time).toBeCloseTo(0.99, 9);
    expect(once.invocations).toBe(prices.lambda.perMillionRequests);
    expect(once.logs).toBeCloseTo(((1200 + 320) / 1000) * prices.cloudWatch.logsPerGb, 9);
  });
});
