import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openMemory } from './memory.ts';
import { idct } from './plain-idct.ts';

/** The definition: T.81, clause A.3.3. */
function exactIdct(coefficients: readonly number[]): number[] {
  return Array.from({ length: 64 }, (_, i) => {
    const sum = coefficients.reduce((total, value, k) => {
      const [v, u] = [k >> 3, k & 7];
      const scale = (u === 0 ? Math.SQRT1_2 : 1) * (v === 0 ? Math.SQRT1_2 : 1);
      const across = Math.cos(((2 * (i & 7) + 1) * u * Math.PI) / 16);
      return total + scale * value * across * Math.cos(((2 * (i >> 3) + 1) * v * Math.PI) / 16);
    }, 0);
    return Math.max(0, Math.min(sum / 4 + 128, 255));
  });
}

/** A line of blocks, transformed together. Returns the samples of each block, or nothing if it is not needed. */
function transform(
  blocks: readonly (readonly number[])[],
  quantization: readonly number[],
  needed = blocks.map(() => 1),
  rows = 255,
): (number[] | undefined)[] {
  const { kernels, put, allocate, bytesAt, shortsAt } = openMemory();
  const stride = 8 * blocks.length + 24;
  const coefficients = put(Int16Array.from(blocks.flat()));
  const steps = put(Int16Array.from(quantization));
  const flags = put(Uint8Array.from(needed));
  const target = allocate(8 * stride);
  bytesAt(target, 8 * stride).fill(untouched);

  kernels.transformBlocks(coefficients, blocks.length, flags, rows, steps, target, stride);

  const samples = bytesAt(target, 8 * stride);
  expect(shortsAt(coefficients, 64 * blocks.length).every((value, i) => value === 0 || !needed[i >> 6])).toBe(
    true,
  );
  expect(samples.every((sample, i) => sample === untouched || i % stride < 8 * blocks.length)).toBe(true);
  return blocks.map((_, b) =>
    needed[b]
      ? Array.from({ length: 64 }, (_, i) => samples[(i >> 3) * stride + 8 * b + (i & 7)])
      : undefined,
  );
}

const untouched = 77;

/** Blocks of any sparsity. */
function blocksOf(value: fc.Arbitrary<number>, positions: fc.Arbitrary<number>): fc.Arbitrary<number[]> {
  return fc.array(fc.record({ at: positions, value }), { maxLength: 20 }).map((entries) => {
    const coefficients = new Array<number>(64).fill(0);
    for (const { at, value } of entries) coefficients[at] = value;
    return coefficients;
  });
}

const anywhere = fc.nat(63);
const ordinary = blocksOf(fc.integer({ min: -300, max: 300 }), anywhere);
const any16 = fc.integer({ min: -32_768, max: 32_767 });
const extreme = fc.oneof(
  blocksOf(any16, anywhere),
  blocksOf(fc.constantFrom(-32_768, 32_767, 8191, -8192), anywhere),
  blocksOf(any16, fc.nat(7)),
  blocksOf(any16, fc.constant(0)),
);
const steps = fc.array(fc.oneof(fc.integer({ min: 1, max: 255 }), fc.nat(65_535)), {
  minLength: 64,
  maxLength: 64,
});
const ones = new Array<number>(64).fill(1);

describe('transformBlocks', () => {
  it('equals the plain transform in the needed rows', () => {
    fc.assert(
      fc.property(fc.oneof(ordinary, extreme), steps, fc.nat(255), (block, quantization, rows) => {
        const isRowNeeded = (_: number, i: number) => ((rows >> (i >> 3)) & 1) === 1;
        const [found = []] = transform([block], quantization, [1], rows);
        expect(found.filter(isRowNeeded)).toEqual(idct(block, quantization).filter(isRowNeeded));
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('equals the plain transform of each block, clears them, and writes nothing else', () => {
    const lines = fc.array(fc.oneof(ordinary, extreme), { minLength: 1, maxLength: 5 });

    fc.assert(
      fc.property(lines, steps, (blocks, quantization) => {
        expect(transform(blocks, quantization)).toEqual(blocks.map((block) => idct(block, quantization)));
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('is within one level of the inverse DCT', () => {
    fc.assert(
      fc.property(ordinary, (block) => {
        const [samples = []] = transform([block], ones);
        const differences = exactIdct(block).map((exact, i) => Math.abs(samples[i] - exact));
        expect(Math.max(...differences)).toBeLessThanOrEqual(1);
      }),
      { seed: 1 },
    );
  });

  it('saturates a column if the butterfly overflows, but wraps it if only the first row is nonzero', () => {
    const dc = [8200, ...new Array<number>(63).fill(0)];

    expect(transform([dc], ones)[0]?.[0]).toBe(0);
    expect(transform([dc.with(8, 1)], ones)[0]?.[0]).toBe(255);
  });

  it('leaves out blocks that are not needed', () => {
    const zeros = new Array<number>(64).fill(0);

    const [first, second, third] = transform([zeros.with(0, 8), zeros, zeros.with(0, 16)], ones, [1, 0, 1]);

    expect(first).toEqual(new Array(64).fill(129));
    expect(second).toBeUndefined();
    expect(third).toEqual(new Array(64).fill(130));
  });
});
