import { describe, expect, it } from 'vitest';
import type { Bitmap, Orientation } from '../../../../functions/classify/image/image.ts';
import { turnOf } from '../../../../functions/classify/image/orientation.ts';
import { turnBitmap } from '../../../../functions/classify/image/turn-bitmap.ts';

// The letters of an upright image of two rows, `abc` and `def`, as each orientation stores them (EXIF 2.32, 4.6.4).
const stored: Readonly<Record<Orientation, readonly string[]>> = {
  1: ['abc', 'def'],
  2: ['cba', 'fed'],
  3: ['fed', 'cba'],
  4: ['def', 'abc'],
  5: ['ad', 'be', 'cf'],
  6: ['cf', 'be', 'ad'],
  7: ['fc', 'eb', 'da'],
  8: ['da', 'eb', 'fc'],
};

describe('turnBitmap', () => {
  it.each(
    Object.entries(stored).map(([number, rows]) => ({ orientation: Number(number) as Orientation, rows })),
  )('turns an image of orientation $orientation upright, pixel by pixel', ({ orientation, rows }) => {
    const upright = turnBitmap(bitmapOf(rows), turnOf(orientation));

    expect(upright).toEqual(bitmapOf(['abc', 'def']));
  });

  it('copies nothing if the image is upright', () => {
    const bitmap = bitmapOf(['abc', 'def']);

    expect(turnBitmap(bitmap, turnOf(1)).data).toBe(bitmap.data);
  });

  it('leaves the stored bitmap as it is', () => {
    const bitmap = bitmapOf(['abc', 'def']);

    turnBitmap(bitmap, turnOf(6));

    expect(bitmap).toEqual(bitmapOf(['abc', 'def']));
  });
});

/** A pixel for each letter, with another value in each channel. */
function bitmapOf(rows: readonly string[]): Bitmap {
  const codes = [...rows.join('')].map((letter) => letter.charCodeAt(0));
  return {
    width: rows[0].length,
    height: rows.length,
    data: Uint8Array.from(codes.flatMap((code) => [code, code + 50, code + 100, 255])),
  };
}
