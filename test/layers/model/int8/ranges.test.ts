import { describe, expect, it } from 'vitest';
import {
  count,
  createHistogram,
  percentileRange,
  type Range,
  widen,
} from '../../../../layers/model/int8/ranges.ts';

function histogramOf(values: Float32Array) {
  const histogram = createHistogram(widen(undefined, values));
  count(histogram, values);
  return histogram;
}

describe('widen', () => {
  it.each<[string, Range | undefined, number[], Range]>([
    ['always contains 0', undefined, [2, 3], { min: 0, max: 3 }],
    ['keeps what was found before', { min: -4, max: 1 }, [-1, 2], { min: -4, max: 2 }],
  ])('%s', (_, before, values, expected) => {
    expect(widen(before, Float32Array.from(values))).toEqual(expected);
  });
});

describe('percentileRange', () => {
  const values = Float32Array.from({ length: 10_000 }, (_, i) => i / 10_000);
  values[0] = -50;
  values[9999] = 100;

  it('leaves out the outermost values at both ends', () => {
    const { min, max } = percentileRange(histogramOf(values), 0.999);

    expect(min).toBeCloseTo(0, 1);
    expect(max).toBeGreaterThan(0.99);
    expect(max).toBeLessThan(1.04);
  });

  it('keeps every value where the fraction leaves none out', () => {
    expect(percentileRange(histogramOf(values), 0.99999)).toEqual({ min: -50, max: 100 });
  });

  it('is 0 alone for a value that was never active', () => {
    expect(percentileRange(histogramOf(new Float32Array(100)), 0.99999)).toEqual({ min: 0, max: 0 });
  });
});
