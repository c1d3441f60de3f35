import { describe, expect, it } from 'vitest';
import { byteScaleOf, peakScales, roundKernel } from '../../../../layers/model/int8/rounding.ts';

describe('byteScaleOf', () => {
  it.each([
    [{ min: 0, max: 6 }, 6 / 255, 0],
    [{ min: -1, max: 1.55 }, 0.01, 100],
    [{ min: -2.55, max: 0 }, 0.01, 255],
    [{ min: 0, max: 0 }, 1 / 255, 0],
    [{ min: -1e-40, max: 0 }, 1 / 255, 0],
  ])('represents 0 exactly in %j', (range, scale, zero) => {
    const found = byteScaleOf(range);

    expect(found.scale).toBeCloseTo(scale, 7);
    expect(found.zero).toBe(zero);
  });
});

describe('peakScales', () => {
  function scaleOf(weight: number): number {
    return peakScales({ dims: [1, 3], values: new Float32Array(3).fill(weight) }, 0, 64)[0]!;
  }

  it('gives a channel of zeros a scale of 1', () => {
    expect(scaleOf(0)).toBe(1);
  });

  it('gives tiny weights a scale whose products with others are float32 numbers still', () => {
    expect(scaleOf(1e-40)).toBeLessThan(1e-15);
    expect(Math.fround(scaleOf(1e-40) ** 2)).toBeGreaterThan(0);
  });
});

describe('roundKernel', () => {
  it('has a scale for each output channel, on either axis', () => {
    const kernel = { dims: [2, 2], values: Float32Array.of(1, 10, 0.5, -20) };

    expect([...roundKernel(kernel, 1, peakScales(kernel, 1, 64), 64).integers]).toEqual([64, 32, 32, -64]);
    expect([...roundKernel(kernel, 0, peakScales(kernel, 0, 64), 64).integers]).toEqual([6, 64, 2, -64]);
  });

  it('never exceeds the greatest integer', () => {
    const kernel = { dims: [1, 2], values: Float32Array.of(9, -9) };

    expect([...roundKernel(kernel, 0, Float32Array.of(0.1), 64).integers]).toEqual([64, -64]);
  });
});
