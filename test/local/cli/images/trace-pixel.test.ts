import { describe, expect, it } from 'vitest';
import { describeTrace } from '../../../../local/cli/images/trace-pixel.ts';

const trace = { format: 'png', width: 2, height: 2, stored: { x: 1, y: 0 }, order: 'RGB' } as const;

function tableOf(steps: readonly { name: string; values: readonly number[] }[]): string[][] {
  const text = describeTrace(
    'cat.png',
    { x: 0, y: 0 },
    { layout: 'NHWC', width: 1, height: 1 },
    { ...trace, steps },
  );
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/ +/));
}

describe('the table of a pixel', () => {
  it('keeps long values and titles apart', () => {
    const values = [-0.00029411764, -1.2345679e-12, -0.00012345678];

    const [, , step] = tableOf([
      { name: '', values: [1, 2, 3] },
      { name: 'x 0.0039216', values },
    ]);

    expect(step).toEqual(['x', '0.0039216', ...values.map((value) => `${value}`)]);
  });
});
