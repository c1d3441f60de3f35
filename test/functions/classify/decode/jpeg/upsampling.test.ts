import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planSampling } from '../../../../../functions/classify/decode/jpeg/syntax/sampling-plan.ts';
import { openPlanes } from '../../../../../functions/classify/decode/jpeg/transform/planes.ts';
import { openUpsampling } from '../../../../../functions/classify/decode/jpeg/upsampling.ts';
import { startKernels } from '../../../../../functions/classify/decode/shared/kernels.ts';

function upTo(size: number) {
  return Int32Array.from({ length: size }, (_, i) => i);
}

/** Upsamples a component with the given samples in an image whose other component has the largest factors. */
function upsample(
  width: number,
  height: number,
  [maxH, maxV]: readonly number[],
  [h, v]: readonly number[],
  samples: number[],
  columns = upTo(width),
) {
  const components = [
    { h: maxH, v: maxV },
    { h, v },
  ];
  const plan = planSampling({ width, height, components }, { columns, rows: upTo(height) });
  const instance = startKernels();
  const [, plane] = openPlanes(instance, plan);
  const across = Math.ceil((width * h) / maxH);
  const down = samples.length / across;
  // All rows, in memory of their own: a plane keeps only two rows of MCUs.
  const stride = 8 * plane.blocksInLine;
  const rows = instance.allocate(stride * down + 16);
  const rowAt = (y: number) => rows + y * stride;
  const end = columns[columns.length - 1] + 1;
  const upsampleRow = openUpsampling(instance, { ...plane, rowAt }, columns[0] & ~15, end);
  for (let y = 0; y < down; y++) {
    instance.bytesAt(rowAt(y), across).set(samples.slice(y * across, (y + 1) * across));
  }
  return Array.from({ length: height }, (_, y) => {
    const row = instance.bytesAt(upsampleRow(y), end);
    return Array.from(columns, (x) => row[x]);
  });
}

describe('openUpsampling', () => {
  it('copies samples where each pixel has its own', () => {
    expect(upsample(3, 1, [1, 1], [1, 1], [10, 20, 30])).toEqual([[10, 20, 30]]);
  });

  it('mixes 3:1 across, rounding down at even and up at odd pixels', () => {
    // 3 samples: the ends are copies; (3*10+20+2)>>2, (3*20+10+1)>>2, (3*20+41+2)>>2, (3*41+20+1)>>2.
    expect(upsample(6, 1, [2, 1], [1, 1], [10, 20, 41])).toEqual([[10, 13, 17, 25, 36, 41]]);
  });

  it('repeats across if there are only two samples', () => {
    expect(upsample(4, 1, [2, 1], [1, 1], [10, 40])).toEqual([[10, 10, 40, 40]]);
  });

  it('mixes 3:1 down for any number of rows, rounding down at even and up at odd rows', () => {
    // (3*10+40+2)>>2, (3*40+10+1)>>2.
    expect(upsample(1, 4, [1, 2], [1, 1], [10, 40])).toEqual([[10], [18], [32], [40]]);
  });

  it('mixes 9:3:3:1 in both directions', () => {
    // In the middle: (9*0 + 3*(16+160) + 90 + 7) >> 4 and its mirror images.
    const rows = upsample(6, 4, [2, 2], [1, 1], [0, 16, 16, 160, 90, 90]);
    expect(rows[1][1]).toBe((9 * 0 + 3 * (160 + 16) + 90 + 7) >> 4);
    expect(rows[1][2]).toBe((9 * 16 + 3 * (90 + 0) + 160 + 8) >> 4);
    expect(rows[0][0]).toBe(0);
    expect(rows[3][5]).toBe(90);
  });

  it.each([
    ['across', 1, [2, 1]],
    ['both ways', 4, [2, 2]],
    ['nowhere', 1, [1, 1]],
  ])('returns the same pixels for every selection: mixed %s', (_, height, factors) => {
    const samples = Array.from({ length: 24 }, (_, i) => Math.imul(i + 1, 2654435761) >>> 24);
    const rows = upsample(12, height, factors, [1, 1], samples);

    for (let from = 0; from < 12; from++) {
      for (let size = 1; size <= 12 - from; size++) {
        const run = upTo(size).map((x) => from + x);
        const scattered = run.filter((x) => x % 4 < 3);

        for (const columns of [run, scattered]) {
          expect(upsample(12, height, factors, [1, 1], samples, columns)).toEqual(
            rows.map((row) => [...columns].map((x) => row[x])),
          );
        }
      }
    }
  });

  it.each([
    { factors: [4, 1], width: 8, samples: [1, 2], expected: [1, 1, 1, 1, 2, 2, 2, 2] },
    { factors: [3, 1], width: 7, samples: [1, 2, 3], expected: [1, 1, 1, 2, 2, 2, 3] },
  ])('repeats across $factors.0 times', ({ factors, width, samples, expected }) => {
    expect(upsample(width, 1, factors, [1, 1], samples)).toEqual([expected]);
  });

  it('equals the plain formula for all sampling factors, sizes and positions', () => {
    const factor = fc.constantFrom(
      ...[
        [1, 1],
        [2, 1],
        [1, 2],
        [2, 2],
        [4, 1],
        [3, 1],
        [4, 2],
        [2, 4],
        [1, 4],
        [1, 3],
      ],
    );
    const cases = fc
      .record({
        factors: factor,
        width: fc.integer({ min: 1, max: 90 }),
        height: fc.integer({ min: 1, max: 6 }),
      })
      .chain((of) => {
        const count = Math.ceil(of.width / of.factors[0]) * Math.ceil(of.height / of.factors[1]);
        return fc.record({
          of: fc.constant(of),
          samples: fc.array(fc.nat(255), { minLength: count, maxLength: count }),
          first: fc.nat(of.width - 1),
        });
      });

    fc.assert(
      fc.property(cases, ({ of: { factors, width, height }, samples, first }) => {
        const columns = upTo(width).subarray(first);

        const rows = upsample(width, height, factors, [1, 1], samples, columns);

        expect(rows).toEqual(
          Array.from({ length: height }, (_, y) =>
            Array.from(columns, (x) => pixelOf(samples, factors, width, height, x, y)),
          ),
        );
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});

/** A pixel by libjpeg-turbo's rules. */
function pixelOf(
  samples: readonly number[],
  [ratioX, ratioY]: readonly number[],
  width: number,
  height: number,
  x: number,
  y: number,
): number {
  const across = Math.ceil(width / ratioX);
  const down = Math.ceil(height / ratioY);
  const [column, row] = [Math.floor(x / ratioX), Math.floor(y / ratioY)];
  const nextColumn = Math.max(0, Math.min(x % 2 === 0 ? column - 1 : column + 1, across - 1));
  const nextRow = Math.max(0, Math.min(y % 2 === 0 ? row - 1 : row + 1, down - 1));
  const at = (r: number, c: number) => samples[r * across + c];
  const near = at(row, column);
  const isWide = across > 2;
  if (ratioX === 2 && ratioY === 1 && isWide) return (3 * near + at(row, nextColumn) + (x % 2 ? 2 : 1)) >> 2;
  if (ratioX === 1 && ratioY === 2) return (3 * near + at(nextRow, column) + (y % 2 ? 2 : 1)) >> 2;
  if (ratioX === 2 && ratioY === 2 && isWide) {
    const sides = at(nextRow, column) + at(row, nextColumn);
    return (9 * near + 3 * sides + at(nextRow, nextColumn) + (x % 2 ? 7 : 8)) >> 4;
  }
  return near;
}
