import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openMemory } from './memory.ts';

/** The weighted sum of some bytes, as Pillow's 22-bit fixed point rounds and clips it. */
function mix(bytes: readonly number[], weights: readonly number[]): number {
  const sum = bytes.reduce((sum, byte, k) => (sum + Math.imul(byte, weights[k])) | 0, 1 << 21);
  return Math.max(0, Math.min(sum >> 22, 255));
}

const byte = fc.integer({ min: 0, max: 255 });
/** Weights as filters have them, and any others. */
const weight = fc.oneof(
  fc.integer({ min: -(2 ** 20), max: 2 ** 22 }),
  fc.integer({ min: -(2 ** 29), max: 2 ** 29 }),
);
const taps = fc.array(weight, { minLength: 1, maxLength: 21 });

function bytes(length: number): fc.Arbitrary<number[]> {
  return fc.array(byte, { minLength: length, maxLength: length });
}

describe('mixAcross', () => {
  it('writes for each output the weighted sum of its pixels', () => {
    const rows = fc.integer({ min: 21, max: 70 }).chain((pixels) =>
      fc.record({
        rgb: bytes(3 * pixels),
        outputs: fc.array(fc.record({ weights: taps, place: fc.double({ min: 0, max: 1, noNaN: true }) }), {
          minLength: 1,
          maxLength: 9,
        }),
      }),
    );

    fc.assert(
      fc.property(rows, ({ rgb, outputs }) => {
        const pixels = rgb.length / 3;
        const placed = outputs.map(({ weights, place }) => ({
          weights,
          start: Math.floor(place * (pixels - weights.length)),
        }));

        const expected = placed.flatMap(({ start, weights }) =>
          [0, 1, 2].map((c) =>
            mix(
              weights.map((_, k) => rgb[3 * (start + k) + c]),
              weights,
            ),
          ),
        );

        expect(mixAcross(rgb, placed)).toEqual(expected);
      }),
    );
  });

  it.each([
    { weight: 2 ** 21 - 1, expected: [0, 127, 255] },
    { weight: 2 ** 21, expected: [1, 128, 255] },
    { weight: 2 ** 21 + 1, expected: [1, 128, 255] },
  ])('decides by all bits of a weight where the sum is next to one half: $weight', ({ weight, expected }) => {
    const outputs = [{ start: 0, weights: [weight, 0, 2 ** 22] }];

    // (255 * weight) / 2^22 is 127.5, and 1 * weight one half, or less or more by the last bit.
    expect(mixAcross([1, 255, 255, 0, 0, 0, 0, 0, 255], outputs)).toEqual(expected);
  });
});

function mixAcross(
  rgb: readonly number[],
  outputs: readonly { readonly start: number; readonly weights: readonly number[] }[],
): number[] {
  const { kernels, put, allocate, bytesAt } = openMemory();
  const most = Math.max(...outputs.map(({ weights }) => weights.length));
  const weights = outputs.flatMap(({ weights }) =>
    Array.from({ length: most }, (_, k) => weights[k] ?? 12_345),
  );
  const counts = put(Int32Array.from(outputs, ({ weights }) => weights.length));
  const starts = put(Int32Array.from(outputs, ({ start }) => start));
  const split = allocate(kernels.splitBytes(outputs.length, most));
  kernels.splitWeights(counts, outputs.length, put(Int32Array.from(weights)), most, split);
  const pixels = rgb.length / 3;
  const planeBytes = 16 * Math.ceil(pixels / 16) + 16;
  const planes = allocate(3 * planeBytes);
  const target = allocate(3 * outputs.length);
  rgb.forEach((value, i) => {
    bytesAt(planes, 3 * planeBytes)[(i % 3) * planeBytes + Math.floor(i / 3)] = value;
  });

  kernels.mixAcross(planes, planeBytes, starts, counts, outputs.length, split, target);

  return [...bytesAt(target, 3 * outputs.length)];
}

describe('mixDown', () => {
  it('writes for each byte the weighted sum of the bytes above each other, from a ring of rows', () => {
    const cases = fc
      .record({ weights: taps, length: fc.integer({ min: 1, max: 50 }), spare: fc.nat(3) })
      .chain(({ weights, length, spare }) =>
        fc.record({
          weights: fc.constant(weights),
          rows: fc.array(bytes(length), {
            minLength: weights.length + spare,
            maxLength: weights.length + spare,
          }),
          firstSlot: fc.nat(weights.length + spare - 1),
        }),
      );

    fc.assert(
      fc.property(cases, ({ weights, rows, firstSlot }) => {
        const expected = rows[0].map((_, x) =>
          mix(
            weights.map((_, k) => rows[(firstSlot + k) % rows.length][x]),
            weights,
          ),
        );

        expect(mixDown(rows, firstSlot, weights)).toEqual(expected);
      }),
    );
  });
});

function mixDown(rows: readonly number[][], firstSlot: number, weights: readonly number[]): number[] {
  const { kernels, put, allocate, bytesAt } = openMemory();
  const length = rows[0].length;
  const rowBytes = 16 * Math.ceil(length / 16);
  const ring = put(Uint8Array.from(rows.flatMap((row) => [...row, ...Array(rowBytes - length).fill(7)])));
  const scratch = allocate(16 * Math.ceil(weights.length / 2));
  const target = allocate(rowBytes);
  const weightsAt = put(Int32Array.from(weights));

  kernels.mixDown(ring, rowBytes, rows.length, firstSlot, weightsAt, weights.length, length, scratch, target);

  return [...bytesAt(target, length)];
}
