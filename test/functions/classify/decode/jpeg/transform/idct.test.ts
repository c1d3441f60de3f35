import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planSampling } from '../../../../../../functions/classify/decode/jpeg/syntax/sampling-plan.ts';
import { emptyTables } from '../../../../../../functions/classify/decode/jpeg/syntax/tables.ts';
import {
  append,
  type CoefficientList,
  createCoefficientList,
  naturalOrder,
  startBlock,
} from '../../../../../../functions/classify/decode/jpeg/transform/coefficients.ts';
import { basis, reconstruct } from '../../../../../../functions/classify/decode/jpeg/transform/idct.ts';
import { transformExtreme } from '../../../../../../functions/classify/decode/jpeg/transform/idct-extremes.ts';

const header = {
  width: 8,
  height: 8,
  isProgressive: false,
  isArithmetic: false,
  components: [{ id: 1, h: 1, v: 1, quantizationTable: 0 }],
  colourSpace: 'grey' as const,
  exif: undefined,
  xmp: undefined,
  tables: emptyTables(),
  firstScanAt: 0,
};

const everyIndex = Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7);

/** The samples of a block where the given columns and rows cross. */
function samplesOf(list: CoefficientList, columns = everyIndex, rows = everyIndex): number[] {
  const [component] = planSampling(header, { columns, rows }).components;
  reconstruct(component, 0, 0, list);
  return [...rows.keys()].flatMap((r) =>
    [...columns.keys()].map((c) => component.samples[component.rowOffsets[r] + c]),
  );
}

/** @param coefficients in zigzag order */
function listOf(coefficients: readonly number[]): CoefficientList {
  const list = createCoefficientList();
  startBlock(list, coefficients[0]);
  coefficients.forEach((value, k) => {
    if (k > 0 && value !== 0) append(list, k, value);
  });
  return list;
}

/** The definition: T.81, clause A.3.3. */
function idct(coefficients: readonly number[]): number[] {
  return Array.from({ length: 64 }, (_, i) => {
    const [y, x] = [i >> 3, i & 7];
    const sum = coefficients.reduce((total, value, k) => {
      const [v, u] = [naturalOrder[k] >> 3, naturalOrder[k] & 7];
      const scale = (u === 0 ? Math.SQRT1_2 : 1) * (v === 0 ? Math.SQRT1_2 : 1);
      const across = Math.cos(((2 * x + 1) * u * Math.PI) / 16);
      return total + scale * value * across * Math.cos(((2 * y + 1) * v * Math.PI) / 16);
    }, 0);
    return Math.max(0, Math.min(sum / 4 + 128, 255));
  });
}

/** Blocks of any sparsity with the magnitudes of ordinary files. */
const blocks = fc
  .array(fc.record({ k: fc.nat(63), value: fc.integer({ min: -300, max: 300 }) }), { maxLength: 16 })
  .map((entries) => {
    const coefficients = new Array<number>(64).fill(0);
    for (const { k, value } of entries) coefficients[k] = value;
    return coefficients;
  });

describe('reconstruct', () => {
  it('is within one level of the inverse DCT', () => {
    fc.assert(
      fc.property(blocks, (coefficients) => {
        const exact = idct(coefficients);
        samplesOf(listOf(coefficients)).forEach((sample, i) => {
          expect(Math.abs(sample - exact[i])).toBeLessThanOrEqual(1);
        });
      }),
      { seed: 1 },
    );
  });

  it('computes each sample alone exactly as with all others', () => {
    fc.assert(
      fc.property(blocks, fc.nat(7), fc.nat(7), (coefficients, x, y) => {
        const whole = samplesOf(listOf(coefficients));
        const alone = samplesOf(listOf(coefficients), Int32Array.of(x), Int32Array.of(y));
        expect(alone).toEqual([whole[8 * y + x]]);
      }),
      { seed: 1 },
    );
  });

  it('fills a block that has only DC', () => {
    expect(samplesOf(listOf([83]))).toEqual(new Array(64).fill(138));
    expect(samplesOf(listOf([-2000]))).toEqual(new Array(64).fill(0));
  });
});

describe('transformExtreme', () => {
  it('computes the same samples for ordinary blocks', () => {
    fc.assert(
      fc.property(blocks, (coefficients) => {
        const samples = new Int32Array(64);
        transformExtreme(listOf(coefficients), samples);
        expect([...samples]).toEqual(samplesOf(listOf(coefficients)));
      }),
      { seed: 1 },
    );
  });

  it('saturates a column if the butterfly overflows, but wraps it if only DC is nonzero', () => {
    const samples = new Int32Array(64);
    transformExtreme(listOf([8200]), samples);
    expect(samples[0]).toBe(0);
    transformExtreme(listOf([8200, 0, 1]), samples);
    expect(samples[0]).toBe(255);
  });
});

describe('basis', () => {
  it('is the DCT in 13-bit fixed point', () => {
    const rounded = Array.from({ length: 64 }, (_, i) => {
      const [y, k] = [i >> 3, i & 7];
      return (k === 0 ? 1 : Math.SQRT2) * Math.cos(((2 * y + 1) * k * Math.PI) / 16) * 8192;
    });
    rounded.forEach((value, i) => {
      expect(Math.abs(basis[i] - value)).toBeLessThan(2);
    });
  });
});
