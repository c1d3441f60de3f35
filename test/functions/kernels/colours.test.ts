import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Memory, openMemory } from './memory.ts';

type Painter = 'paintRgb' | 'paintYcbcr' | 'paintCmyk' | 'paintYcck';

/** Converts pixels `from` to `end` of rows of component values, to triples. */
function paint(painter: Painter, rows: readonly Uint8Array[], from = 0, end = rows[0].length): Uint8Array {
  const memory = openMemory();
  const { kernels, put } = memory;
  const [a, b, c, d] = rows.map(put);
  return triplesOf(memory, end, (planes, planeBytes) => {
    if (painter === 'paintRgb' || painter === 'paintYcbcr')
      kernels[painter](a, b, c, planes, planeBytes, from, end);
    else kernels[painter](a, b, c, d, planes, planeBytes, from, end);
  });
}

/** The first `count` pixels of the planes that `write` fills. */
function triplesOf(
  { allocate, bytesAt }: Memory,
  count: number,
  write: (planes: number, planeBytes: number) => void,
): Uint8Array {
  const planeBytes = 16 * Math.ceil(count / 16) + 16;
  const planes = allocate(3 * planeBytes);
  write(planes, planeBytes);
  const bytes = bytesAt(planes, 3 * planeBytes);
  return Uint8Array.from({ length: 3 * count }, (_, i) => bytes[(i % 3) * planeBytes + Math.floor(i / 3)]);
}

/** The factors of ITU-R BT.601 (JFIF), 1.402, 0.344136, 0.714136 and 1.772, in 16-bit fixed point. */
function ycbcrToRgb(y: number, cb: number, cr: number): number[] {
  return [
    y + ((91_881 * (cr - 128) + 32_768) >> 16),
    y + ((32_768 - 22_554 * (cb - 128) - 46_802 * (cr - 128)) >> 16),
    y + ((116_130 * (cb - 128) + 32_768) >> 16),
  ].map((value) => Math.max(0, Math.min(value, 255)));
}

/** Pillow's `convert('RGB')` of inverted CMYK. */
function throughBlack(ink: number, black: number): number {
  const product = (255 - ink) * black + 128;
  return black - (((product >> 8) + product) >> 8);
}

const all = Uint8Array.from({ length: 256 }, (_, i) => i);

describe('paintYcbcr', () => {
  it('converts all chroma values at each of some luma values', () => {
    for (const luma of [0, 1, 64, 127, 200, 255]) {
      for (let cr = 0; cr < 256; cr++) {
        const rgb = paint('paintYcbcr', [all.map(() => luma), all, all.map(() => cr)]);

        expect([...rgb]).toEqual([...all].flatMap((cb) => ycbcrToRgb(luma, cb, cr)));
      }
    }
  });

  it('converts whole groups of 16 pixels from the first one on, at their own positions', () => {
    const rows = [all, all.toReversed(), all.map((i) => (i * 7) % 256)];
    const whole = paint('paintYcbcr', rows);

    for (const [from, end] of [
      [16, 17],
      [32, 99],
      [0, 1],
    ]) {
      const part = paint('paintYcbcr', rows, from, end);
      expect(part.subarray(0, 3 * from)).toEqual(new Uint8Array(3 * from));
      expect(part.subarray(3 * from)).toEqual(whole.subarray(3 * from, 3 * end));
    }
  });
});

describe('paintRgb', () => {
  it('copies the components', () => {
    const [r, g, b] = [all, all.toReversed(), all.map((i) => (i * 5) % 256)];

    expect([...paint('paintRgb', [r, g, b])]).toEqual([...all].flatMap((i) => [r[i], g[i], b[i]]));
  });
});

describe('paintCmyk', () => {
  it('darkens each ink by black, for all values of both', () => {
    for (let black = 0; black < 256; black++) {
      const inks = [all, all.toReversed(), all.map((i) => i ^ 0x55)];

      const rgb = paint('paintCmyk', [...inks, all.map(() => black)]);

      expect([...rgb]).toEqual([...all].flatMap((i) => inks.map((ink) => throughBlack(ink[i], black))));
    }
  });
});

describe('paintYcck', () => {
  it('converts the complement of YCbCr, then darkens it by black', () => {
    for (let i = 0; i < 256; i++) {
      const [luma, cr, black] = [17 * i, 91 * i, 53 * i].map((value) => value % 256);

      const rgb = paint('paintYcck', [all.map(() => luma), all, all.map(() => cr), all.map(() => black)]);

      expect([...rgb]).toEqual(
        [...all].flatMap((cb) => ycbcrToRgb(luma, cb, cr).map((value) => throughBlack(255 - value, black))),
      );
    }
  });
});

describe('paintHalfYcbcr', () => {
  const chroma = fc.array(fc.nat(255), { minLength: 3, maxLength: 60 });
  const cases = chroma.chain((cb) =>
    fc.record({
      rows: fc.tuple(fc.constant(cb), ...[0, 1, 2].map(() => fc.array(fc.nat(255), lengthOf(cb)))),
      isOdd: fc.boolean(),
      isMixedDown: fc.boolean(),
      lumaSeed: fc.nat(),
      place: fc.double({ min: 0, max: 0.99, noNaN: true }),
    }),
  );

  it('equals interpolation of both chroma rows, then conversion of each pixel', () => {
    fc.assert(
      fc.property(cases, ({ rows, isOdd, isMixedDown, lumaSeed, place }) => {
        const memory = openMemory();
        const [cb, nextCb, cr, nextCr] = isMixedDown ? rows : [rows[0], rows[0], rows[2], rows[2]];
        const width = 2 * cb.length - (isOdd ? 1 : 0);
        const luma = Array.from({ length: width }, (_, x) => Math.imul(lumaSeed + x, 2_654_435_761) >>> 24);
        const from = Math.floor(place * width) & ~15;
        const addresses = [luma, cb, nextCb, cr, nextCr].map((row) => memory.put(Uint8Array.from(row)));
        const [even, odd] = isMixedDown ? [8, 7] : [4, 8];
        const lineBytes = 2 * cb.length + 64;
        const lines = memory.allocate(2 * lineBytes) + 16;

        const rgb = triplesOf(memory, width, (planes, planeBytes) => {
          const [y, ...chroma] = addresses as [number, number, number, number, number];
          const place = [lines, lineBytes, planes, planeBytes, from, width] as const;
          memory.kernels.paintHalfYcbcr(y, ...chroma, cb.length, even, odd, ...place);
        });

        const expected = luma.flatMap((y, x) => {
          const rounding = x % 2 === 0 ? even : odd;
          return ycbcrToRgb(y, halfPixel(cb, nextCb, x, rounding), halfPixel(cr, nextCr, x, rounding));
        });
        expect([...rgb.subarray(3 * from)]).toEqual(expected.slice(3 * from));
      }),
    );
  });
});

function lengthOf({ length }: readonly number[]) {
  return { minLength: length, maxLength: length };
}

/** Pixel `x` of a row of samples that are two pixels wide: 3/4 of the row and 1/4 of the next one, and the same across. */
function halfPixel(near: readonly number[], next: readonly number[], x: number, rounding: number): number {
  const column = x >> 1;
  const neighbour = Math.max(0, Math.min(x % 2 === 0 ? column - 1 : column + 1, near.length - 1));
  const mixed = (at: number) => 3 * near[at] + next[at];
  return (3 * mixed(column) + mixed(neighbour) + rounding) >> 4;
}
