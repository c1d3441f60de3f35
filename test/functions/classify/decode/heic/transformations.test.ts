import { describe, expect, it } from 'vitest';
import { uprightSize } from '../../../../../functions/classify/decode/heic/transformations.ts';
import { CorruptImage } from '../../../../../functions/classify/image/rejections.ts';

function clap(...numbers: number[]) {
  const data = Buffer.alloc(32);
  for (const [i, number] of numbers.entries()) data.writeInt32BE(number, 4 * i);
  return { type: 'clap', data };
}
function irot(quarters: number) {
  return { type: 'irot', data: Buffer.of(quarters) };
}

function sizeOf(...properties: readonly { readonly type: string; readonly data: Buffer }[]) {
  return uprightSize({ width: 72, height: 64, coding: 'hvc1', properties });
}

describe('uprightSize', () => {
  it.each([
    [0, 72, 64],
    [1, 64, 72],
    [2, 72, 64],
    [3, 64, 72],
  ])('exchanges the sides at odd quarter turns: %i', (quarters, width, height) => {
    expect(sizeOf(irot(quarters))).toEqual({ width, height });
  });

  it('applies turns and crops in their order', () => {
    const crop = clap(70, 1, 10, 1, 0, 1, 0, 1);

    expect(sizeOf(crop, irot(1))).toEqual({ width: 10, height: 70 });
    expect(sizeOf(irot(1), crop)).toEqual({ width: 64, height: 10 });
  });

  it('keeps only the part of a crop that is inside', () => {
    expect(sizeOf(clap(40, 1, 30, 1, 20, 1, -20, 1))).toEqual({ width: 36, height: 27 });
  });

  it.each([
    ['lies outside', clap(10, 1, 10, 1, 1000, 1, 0, 1), 'its crop (clap) leaves no pixels'],
    ['has no width', clap(0, 1, 10, 1, 0, 1, 0, 1), 'its crop (clap) leaves no pixels'],
    ['divides by zero', clap(10, 0, 10, 1, 0, 1, 0, 1), 'its crop (clap) divides by zero'],
  ])('refuses a crop that %s', (_, crop, message) => {
    expect(() => sizeOf(crop)).toThrow(new CorruptImage(message));
  });
});
