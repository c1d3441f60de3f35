import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startKernels } from '../../../../functions/classify/decode/shared/kernels.ts';
import { type FilterName, mirroredTaps, planTaps } from '../../../../functions/classify/tensor/taps.ts';

const filters: Readonly<Record<FilterName, { support: number; weigh: (x: number) => number }>> = {
  box: { support: 0.5, weigh: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, weigh: (x) => Math.max(1 - Math.abs(x), 0) },
  hamming: {
    support: 1,
    weigh: (x) =>
      Math.abs(x) < 1 ? sinc(x) * (Math.fround(0.54) + Math.fround(0.46) * Math.cos(x * Math.PI)) : 0,
  },
  bicubic: { support: 2, weigh: cubic },
  lanczos: { support: 3, weigh: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);
}

function cubic(signed: number): number {
  const a = -0.5;
  const x = Math.abs(signed);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

/** Pillow's `precompute_coeffs`: the first source pixel of output i and the weights of it and its neighbours. */
function tapsOf(name: FilterName, { length, from, size, count }: Axis, i: number) {
  const { support, weigh } = filters[name];
  const scale = size / count;
  const stretch = Math.max(scale, 1);
  const center = from + (i + 0.5) * scale;
  const start = Math.max(Math.trunc(center - support * stretch + 0.5), 0);
  const end = Math.min(Math.trunc(center + support * stretch + 0.5), length);
  const weights = Array.from({ length: end - start }, (_, k) =>
    weigh((k + start - center + 0.5) * (1 / stretch)),
  );
  const sum = weights.reduce((a, b) => a + b, 0);
  return { start, weights: weights.map((weight) => roundHalfAwayFromZero((weight / sum) * 2 ** 22)) };
}

function roundHalfAwayFromZero(value: number): number {
  return Math.trunc(value < 0 ? value - 0.5 : value + 0.5) | 0;
}

interface Axis {
  readonly length: number;
  readonly from: number;
  readonly size: number;
  readonly count: number;
}

const axes: fc.Arbitrary<Axis> = fc
  .record({
    before: fc.nat(20),
    size: fc.integer({ min: 1, max: 700 }),
    after: fc.nat(20),
    count: fc.integer({ min: 1, max: 60 }),
  })
  .map(({ before, size, after, count }) => ({ length: before + size + after, from: before, size, count }));

const names = Object.keys(filters) as FilterName[];

describe('planTaps', () => {
  it.each(names)('plans the pixels and weights of each output by its formula: %s', (name) => {
    fc.assert(
      fc.property(axes, fc.nat(59), (axis, skipped) => {
        const first = skipped % axis.count;
        const kept = axis.count - first;
        const expected = Array.from({ length: kept }, (_, i) => tapsOf(name, axis, first + i));

        const taps = planTaps(startKernels(), name, axis, { count: axis.count, first, kept });

        const planned = Array.from({ length: kept }, (_, i) => ({
          start: taps.read[taps.starts[i]],
          weights: [...taps.weights.subarray(i * taps.most, i * taps.most + taps.counts[i])],
        }));
        expect(planned).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });
});

describe('mirroredTaps', () => {
  it('gives each output the same weights on the same pixels of the reversed axis, in reverse', () => {
    const axis = { length: 50, from: 3, size: 40 };
    const taps = planTaps(startKernels(), 'lanczos', axis, { count: 7, first: 1, kept: 5 });

    const mirrored = mirroredTaps(taps, 50);

    for (let i = 0; i < 5; i++) {
      const other = 4 - i;
      const pixels = Array.from({ length: taps.counts[i] }, (_, k) => taps.read[taps.starts[i] + k]);
      const reversed = pixels.map((_, k) => 49 - mirrored.read[mirrored.starts[other] + k]).reverse();
      expect(reversed).toEqual(pixels);
      expect(
        [...mirrored.weights.subarray(other * taps.most, other * taps.most + taps.counts[i])].reverse(),
      ).toEqual([...taps.weights.subarray(i * taps.most, i * taps.most + taps.counts[i])]);
    }
    expect(mirroredTaps(mirrored, 50)).toEqual(taps);
  });
});
