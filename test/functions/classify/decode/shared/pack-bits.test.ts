import { describe, expect, it } from 'vitest';
import { unpackBits } from '../../../../../functions/classify/decode/shared/pack-bits.ts';

/** Unpacks into `room` bytes of 255. */
function unpack(packed: readonly number[], room: number, at = 0) {
  const output = new Uint8Array(room).fill(255);
  const { end, written } = unpackBits(Uint8Array.from(packed), at, output);
  return { end, written, output: [...output] };
}

describe('unpackBits', () => {
  it('copies literals and repeats runs until the output is full', () => {
    expect(unpack([1, 7, 8, 254, 9, 0, 6, 0, 5], 6)).toEqual({
      end: 7,
      written: 6,
      output: [7, 8, 9, 9, 9, 6],
    });
  });

  it('starts at the given position', () => {
    expect(unpack([1, 7, 8, 254, 9], 3, 3)).toEqual({ end: 5, written: 3, output: [9, 9, 9] });
  });

  it('skips the header 128, which stands for nothing', () => {
    expect(unpack([128, 128, 0, 6], 1)).toEqual({ end: 4, written: 1, output: [6] });
  });

  it('cuts a run and a literal that are longer than the output', () => {
    expect(unpack([129, 9], 2)).toEqual({ end: 2, written: 2, output: [9, 9] });
    expect(unpack([2, 7, 8, 9], 2)).toEqual({ end: 4, written: 2, output: [7, 8] });
  });

  it('writes nothing for a run whose value is missing', () => {
    expect(unpack([0, 6, 254], 4)).toEqual({ end: 3, written: 1, output: [6, 255, 255, 255] });
  });

  it('ends beyond the data if they end within a literal', () => {
    expect(unpack([3, 7, 8], 4)).toEqual({ end: 5, written: 2, output: [7, 8, 255, 255] });
  });
});
