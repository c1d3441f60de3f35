import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openReader, readMcus } from '../../../../../../functions/classify/decode/jpeg/entropy/bit-reader.ts';
import { openCodedFile } from '../../../../../../functions/classify/decode/jpeg/entropy/coded-file.ts';
import {
  codesOf,
  readDifferences,
} from '../../../../../../functions/classify/decode/jpeg/entropy/differences.ts';
import { startKernels } from '../../../../../../functions/classify/decode/shared/kernels.ts';
import { CorruptImage } from '../../../../../../functions/classify/image/rejections.ts';

/** Sizes 0 to 16, by codes of 5 bits. */
const table = {
  counts: Uint8Array.of(0, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
  symbols: Uint8Array.from({ length: 17 }, (_, size) => size),
};

function bitsOf(difference: number): string {
  const size = difference === 32768 ? 16 : 32 - Math.clz32(Math.abs(difference));
  const code = size.toString(2).padStart(5, '0');
  if (size === 0 || size === 16) return code;
  return code + (difference > 0 ? difference : difference + 2 ** size - 1).toString(2).padStart(size, '0');
}

/** Reads a row of single samples from data that an end marker follows. */
function read(bits: string, count: number, symbols = table.symbols): Uint16Array {
  const bytes = (bits.match(/.{1,8}/g) ?? []).map((byte) => Number.parseInt(byte.padEnd(8, '1'), 2));
  const stuffed = bytes.flatMap((byte) => (byte === 0xff ? [0xff, 0] : [byte]));
  const reader = openReader(openCodedFile(startKernels(), Buffer.from([...stuffed, 0xff, 0xd9])), 0);
  const row = new Uint16Array(count);
  const samples = [{ codes: codesOf({ ...table, symbols }), row, step: 1, dx: 0 }];
  readMcus(reader, 0, count, (first, end) => readDifferences(reader, samples, first, end));
  return row;
}

describe('readDifferences', () => {
  it('reads differences of any size, over the ends of chunks', () => {
    const difference = fc.integer({ min: -32767, max: 32768 });
    const some = fc.array(difference, { minLength: 1, maxLength: 20_000, size: 'max' });
    fc.assert(
      fc.property(some, (differences) => {
        const row = read(differences.map(bitsOf).join(''), differences.length);
        expect(row).toEqual(Uint16Array.from(differences));
      }),
      { numRuns: 20, seed: 1 },
    );
  });

  it('completes the row with zero bits if the data end', () => {
    const sizeThreeFirst = Uint8Array.of(3, 0, 1, 2, ...table.symbols.subarray(4));

    expect([...read('00000111', 4, sizeThreeFirst)]).toEqual([7, 65529, 65529, 65529]);
  });

  it('counts a code that is not in the table as 17 bits of size 0', () => {
    expect([...read(`11111${'0'.repeat(12)}${bitsOf(5)}`, 2)]).toEqual([0, 5]);
  });
});

describe('codesOf', () => {
  it('rejects a table with sizes above 16', () => {
    const symbols = Uint8Array.of(17, ...table.symbols.subarray(1));

    expect(() => codesOf({ ...table, symbols })).toThrow(
      new CorruptImage('a Huffman table of other symbols than a lossless JPEG has'),
    );
  });
});
