import { describe, expect, it } from 'vitest';
import { openMemory } from './memory.ts';

type Painter = 'paintRgb' | 'paintYcbcr' | 'paintCmyk' | 'paintYcck';

/** Converts pixels `from` to `end` of rows of component values. */
function paint(painter: Painter, rows: readonly Uint8Array[], from = 0, end = rows[0].length): Uint8Array {
  const { kernels, put, allocate, bytesAt } = openMemory();
  const rgb = allocate(48 * Math.ceil(end / 16));
  const [a, b, c, d] = rows.map(put);
  if (painter === 'paintRgb' || painter === 'paintYcbcr') kernels[painter](a, b, c, rgb, from, end);
  else kernels[painter](a, b, c, d, rgb, from, end);
  return bytesAt(rgb, 3 * end).slice();
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
  it('interleaves the components', () => {
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

describe('pickTriples', () => {
  it('copies the triples of the columns', () => {
    const { kernels, put, allocate, bytesAt } = openMemory();
    const target = allocate(12);

    kernels.pickTriples(put(all), put(Int32Array.of(0, 2, 2, 84)), 4, target);

    expect([...bytesAt(target, 12)]).toEqual([0, 1, 2, 6, 7, 8, 6, 7, 8, 252, 253, 254]);
  });
});
