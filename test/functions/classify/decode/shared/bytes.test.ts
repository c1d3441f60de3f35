import { describe, expect, it } from 'vitest';
import { checkCount, slice, textAt } from '../../../../../functions/classify/decode/shared/bytes.ts';

const bytes = Uint8Array.from([0x52, 0x49, 0x46, 0x46]);

describe('bytes of a file', () => {
  it.each([
    [0, 4],
    [1, 3],
    [4, 0],
  ])('are had up to the end: %i and %i more', (start, length) => {
    expect(slice(bytes, start, length)).toEqual(bytes.subarray(start, start + length));
  });

  it.each([
    [0, 5],
    [3, 2],
    [5, 0],
    [-1, 1],
    [Number.NaN, 1],
  ])('are not had beyond it: %i and %i more', (start, length) => {
    expect(() => slice(bytes, start, length)).toThrow(new RangeError('beyond the end'));
  });

  it('are text, one character each', () => {
    expect(textAt(bytes, 0, 4)).toBe('RIFF');
  });

  it('may be in a hundred thousand parts, and in no more', () => {
    expect(() => checkCount(Array(100_000))).not.toThrow();
    expect(() => checkCount(Array(100_001))).toThrow('the file is in more than 100000 parts');
  });
});
