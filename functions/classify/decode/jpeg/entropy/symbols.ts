/** Reads Huffman-coded symbols and their extra bits one at a time: ITU-T T.81, clauses F.2.2.1 to F.2.2.4. */

import { extend, type HuffmanTable } from '../syntax/huffman.ts';
import { lengthBits, lengthMask, lookupBits } from '../syntax/lookup-entries.ts';
import { type BitReader, peek } from './bit-reader.ts';

/**
 * Returns symbol << 5 | length of the code at the start of a 32-bit window. A code that is not in the table counts as symbol 0
 * of 17 bits, as in libjpeg-turbo.
 *
 * @param codes the table's own lookup
 */
export function codeEntry(window: number, table: HuffmanTable, codes: Uint16Array): number {
  return codes[window >>> (32 - lookupBits)] || longCodeEntry(window >>> 16, table);
}

function longCodeEntry(window: number, { limits, offsets, symbols }: HuffmanTable): number {
  let length = lookupBits + 1;
  while (window >= limits[length]) length++;
  const symbol = length > 16 ? 0 : symbols[offsets[length] + (window >>> (16 - length))];
  return (symbol << lengthBits) | length;
}

/** Reads the next symbol. */
export function readSymbol(reader: BitReader, table: HuffmanTable, codes: Uint16Array): number {
  const entry = codeEntry(peek(reader.words, reader.position), table, codes);
  reader.position += entry & lengthMask;
  return entry >> lengthBits;
}

/** A DC table with its lookups. */
export interface DcCode {
  readonly dc: HuffmanTable;
  readonly dcCodes: Uint16Array;
  readonly differences: Int32Array;
}

/** Reads the difference of a DC coefficient from its prediction. */
export function readDifference(reader: BitReader, { dc, dcCodes, differences }: DcCode): number {
  const entry = differences[peek(reader.words, reader.position) >>> (32 - lookupBits)];
  if (entry !== 0) {
    reader.position += entry & lengthMask;
    return entry >> lengthBits;
  }
  return readValue(reader, readSymbol(reader, dc, dcCodes));
}

/** Reads the value of `size` extra bits, 0 to 15; without any it is 0. */
export function readValue(reader: BitReader, size: number): number {
  return size === 0 ? 0 : extend(readBits(reader, size), size);
}

/** Reads 1 to 15 bits. */
function readBits(reader: BitReader, count: number): number {
  const bits = peek(reader.words, reader.position) >>> (32 - count);
  reader.position += count;
  return bits;
}
