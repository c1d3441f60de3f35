import { describe, expect, it } from 'vitest';
import { compareLogits, shareOfTolerance } from './comparison.ts';

describe('compareLogits', () => {
  it('returns the largest differences from the exact logits', () => {
    const exact = Float64Array.of(0.5, -1, 2);

    const comparison = compareLogits(Float32Array.of(0.5, -1.25, 2), Float32Array.of(0.5, -1, 2.125), exact);

    expect(comparison).toEqual({ difference: 0.25, pytorchDifference: 0.125 });
  });

  it('refuses answers with another number of classes', () => {
    expect(() => compareLogits(Float32Array.of(1, 2), Float32Array.of(1), Float64Array.of(1))).toThrow(
      '2 logits, expected 1',
    );
  });
});

describe('shareOfTolerance', () => {
  it.each([
    { difference: 5e-6, pytorchDifference: 0, share: 0.5 },
    { difference: 2e-5, pytorchDifference: 2e-6, share: 2 },
    { difference: 1.2e-3, pytorchDifference: 6e-4, share: 0.5 },
    { difference: 8e-3, pytorchDifference: 1e-3, share: 2 },
  ])("is $share for $difference if PyTorch's own error is $pytorchDifference", ({ share, ...comparison }) => {
    expect(shareOfTolerance(comparison)).toBeCloseTo(share, 10);
  });

  it.each([
    { difference: Number.NaN, pytorchDifference: 0 },
    { difference: 1, pytorchDifference: Infinity },
    { difference: Infinity, pytorchDifference: Infinity },
  ])('is infinite for $difference and $pytorchDifference', (comparison) => {
    expect(shareOfTolerance(comparison)).toBe(Infinity);
  });
});
