import { describe, expect, it } from 'vitest';
import { standardTable } from '../../../../../../functions/classify/decode/jpeg/syntax/default-tables.ts';
import {
  checkDcTable,
  createHuffmanTable,
} from '../../../../../../functions/classify/decode/jpeg/syntax/huffman.ts';
import { CorruptImage } from '../../../../../../functions/classify/image/rejections.ts';
import { codesOf } from '../../../../kernels/coded-bits.ts';

function tableOf(counts: readonly number[], symbols: readonly number[]) {
  return createHuffmanTable(
    Uint8Array.from({ length: 16 }, (_, i) => counts[i] ?? 0),
    Uint8Array.from(symbols),
  );
}

describe('createHuffmanTable', () => {
  it.each([
    { counts: [3], why: 'more codes than there can be' },
    { counts: [2], why: 'a code of ones alone' },
    { counts: [1, 2], why: 'a longer code of ones alone' },
  ])('rejects $why', ({ counts }) => {
    expect(() => tableOf(counts, [1, 2, 3])).toThrow('a Huffman table with too many codes');
  });

  it('accepts lengths without a code', () => {
    expect(tableOf([0, 3], [1, 2, 3]).symbols).toEqual(Uint8Array.of(1, 2, 3));
  });
});

describe('checkDcTable', () => {
  it('rejects the symbols of AC tables', () => {
    expect(() => checkDcTable(tableOf([0, 2], [0, 16]))).toThrow(CorruptImage);
    expect(() => checkDcTable(tableOf([0, 2], [0, 16]))).toThrow('a DC table with AC symbols');
    expect(() => checkDcTable(tableOf([0, 2], [0, 15]))).not.toThrow();
  });
});

describe('standardTable', () => {
  it('returns the code words of tables K.3 and K.5', () => {
    const codes = (kind: 'dc' | 'ac', place: number) => {
      const { counts, symbols } = standardTable(kind, place);
      return codesOf({ counts: [...counts], symbols: [...symbols] });
    };
    expect(codes('dc', 0).get('1110')).toBe(6);
    expect(codes('ac', 0).get('1010')).toBe(0x00);
    expect(codes('ac', 1).get('1111111010')).toBe(0xf0);
  });

  it('throws for other indices', () => {
    expect(() => standardTable('ac', 2)).toThrow('a Huffman table is missing');
  });
});
