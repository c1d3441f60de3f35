import { describe, expect, it } from 'vitest';
import { planSampling } from '../../../../../functions/classify/decode/jpeg/syntax/sampling-plan.ts';
import { emptyTables } from '../../../../../functions/classify/decode/jpeg/syntax/tables.ts';
import { upsampleRow } from '../../../../../functions/classify/decode/jpeg/upsampling.ts';

function upTo(size: number) {
  return Int32Array.from({ length: size }, (_, i) => i);
}

/** Upsamples a component with the given samples in an image whose other component has the largest factors. */
function upsample(
  width: number,
  height: number,
  [maxH, maxV]: number[],
  [h, v]: number[],
  samples: number[],
  columns = upTo(width),
) {
  const wanted = { columns, rows: upTo(height) };
  const components = [
    { h: maxH, v: maxV },
    { h, v },
  ].map((factors) => ({ id: 1, quantizationTable: 0, ...factors }));
  const [, component] = planSampling(
    {
      ...{
        width,
        height,
        components,
        isProgressive: false,
        isArithmetic: false,
        colourSpace: 'YCbCr',
        exif: undefined,
        xmp: undefined,
        firstScanAt: 0,
      },
      tables: emptyTables(),
    },
    wanted,
  ).components;
  const samplesAcross = Math.ceil((width * h) / maxH);
  component.samples.set(
    [...component.rows.needed].flatMap((y) =>
      [...component.columns.needed].map((x) => samples[y * samplesAcross + x]),
    ),
  );
  return [...wanted.rows].map((y) => {
    const row = new Uint8Array(columns.length);
    upsampleRow(component, y, y, wanted.columns, row);
    return [...row];
  });
}

describe('upsampleRow', () => {
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
});
