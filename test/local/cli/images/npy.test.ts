import { describe, expect, it } from 'vitest';
import { encodeNpyHeader } from '../../../../local/cli/images/npy.ts';

describe('encodeNpyHeader', () => {
  it.each([
    { shape: [1, 224, 224, 3], text: '(1, 224, 224, 3,)' },
    { shape: [12, 3, 299, 331], text: '(12, 3, 299, 331,)' },
    { shape: [7], text: '(7,)' },
    { shape: [1_000_000, 4096, 4096, 3], text: '(1000000, 4096, 4096, 3,)' },
  ])('writes the header that NumPy reads as $shape', ({ shape, text }) => {
    const header = encodeNpyHeader(shape);

    expect(header.subarray(0, 8)).toEqual(Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]));
    expect(header.length).toBe(10 + header.readUInt16LE(8));
    expect(header.length % 64).toBe(0);
    expect(header.toString('latin1', 10)).toMatch(/^\{.*\} *\n$/);
    expect(header.toString('latin1', 10)).toContain(
      `{'descr': '<f4', 'fortran_order': False, 'shape': ${text}, }`,
    );
  });
});
