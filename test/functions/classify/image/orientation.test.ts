import { describe, expect, it } from 'vitest';
import type { Orientation } from '../../../../functions/classify/image/image.ts';
import { turnOf } from '../../../../functions/classify/image/orientation.ts';

// The letters of an upright image of two rows, `ab` and `cd`, as each orientation stores them (EXIF 2.32, 4.6.4).
const stored: Readonly<Record<Orientation, readonly [string, string]>> = {
  1: ['ab', 'cd'],
  2: ['ba', 'dc'],
  3: ['dc', 'ba'],
  4: ['cd', 'ab'],
  5: ['ac', 'bd'],
  6: ['bd', 'ac'],
  7: ['db', 'ca'],
  8: ['ca', 'db'],
};

describe('turnOf', () => {
  it.each(
    Object.entries(stored).map(([number, rows]) => ({ orientation: Number(number) as Orientation, rows })),
  )('turns an image of orientation $orientation upright', ({ orientation, rows }) => {
    const { mirrorsColumns, mirrorsRows, swapsAxes } = turnOf(orientation);
    const down = mirrorsRows ? rows.toReversed() : rows;
    const mirrored = down.map((row) => (mirrorsColumns ? [...row].toReversed() : [...row]));
    const upright = swapsAxes ? [0, 1].map((i) => mirrored.map((row) => row[i])) : mirrored;

    expect(upright.map((row) => row.join(''))).toEqual(['ab', 'cd']);
  });
});
