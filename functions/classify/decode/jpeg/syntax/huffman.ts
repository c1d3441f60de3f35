/** Huffman tables: ITU-T T.81, annex C. */
import { CorruptImage } from '../../../image/rejections.ts';

export interface HuffmanTable {
  /** Number of codes of 1, 2, … 16 bits (BITS). */
  readonly counts: Uint8Array;
  /** The symbols, by ascending code (HUFFVAL). */
  readonly symbols: Uint8Array;
}

/**
 * @param counts number of codes of each length, 1 to 16
 * @throws {CorruptImage} more codes than a length has room for
 */
export function createHuffmanTable(counts: Uint8Array, symbols: Uint8Array): HuffmanTable {
  let code = 0;
  counts.forEach((count, i) => {
    code = 2 * code + count;
    // The code of all ones is reserved.
    if (count > 0 && code >= 2 << i) throw new CorruptImage('a Huffman table with too many codes');
  });
  return { counts, symbols };
}

/**
 * Checks that the symbols of a DC table are numbers of extra bits alone.
 *
 * @throws {CorruptImage}
 */
export function checkDcTable({ symbols }: HuffmanTable): void {
  if (symbols.some((symbol) => symbol > 15)) throw new CorruptImage('a DC table with AC symbols');
}
