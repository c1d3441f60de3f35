import { describe, expect, it } from 'vitest';
import { checkCount, slice, textAt } from '../../../../../functions/classify/decode/shared/bytes.ts';

const bytes = Uint8Array.from([0x52, 0x49, 0x46, 0x46]);

describe('bytes', () => {
  it.each([
    [0, 4],
    [1, 3],
    [4, 0],
  ])('slice returns bytes up to the end: %i, length %i', (start, length) => {
    expect(slice(bytes, start, length)).toEqual(bytes.subarray(start, start + length));
  });

  it.each([
    [0, 5],
    [3, 2],
    [5, 0],
    [-1, 1],
    [Number.NaN, 1],
  ])('slice throws beyond the end: %i, length %i', (start, length) => {
    expect(() => slice(bytes, start, length)).toThrow(new RangeError('beyond the end'));
  });

  it('textAt returns one character per byte', () => {
    expect(textAt(bytes, 0, 4)).toBe('RIFF');
  });

  it('checkCount accepts a hundred thousand parts and no more', () => {
    expect(() => checkCount(Array(100_000))).not.toThrow();
    expect(() => checkCount(Array(100_001))).toThrow('the file is in more than 100000 parts');
  });
});
