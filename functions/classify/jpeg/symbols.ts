/** Huffman-coded symbols and the extra bits behind them, read one at a time: ITU-T T.81, clauses F.2.2.1 to F.2.2.4. */
import { type BitReader, peek } from './bit-reader.ts';
import { extend, type HuffmanTable } from './huffman.ts';
import { lengthBits, lengthMask, lookupBits } from './lookup-entries.ts';

/**
 * The next symbol, whatever its length. A code that is not in the table counts as 17 bits and as symbol 0, as in libjpeg-turbo.
 *
 * @param codes the table's own look-up
 */
export const readSymbol = (reader: BitReader, table: HuffmanTable, codes: Uint16Array): number => {
  const window = peek(reader.words, reader.position);
  const entry = codes[window >>> (32 - lookupBits)];
  if (entry === 0) return readLongSymbol(reader, table, window >>> 16);
  reader.position += entry & lengthMask;
  return entry >> lengthBits;
};

const readLongSymbol = (
  reader: BitReader,
  { limits, offsets, symbols }: HuffmanTable,
  window: number,
): number => {
  let length = lookupBits + 1;
  while (window >= limits[length]) length++;
  reader.position += length;
  return length > 16 ? 0 : symbols[offsets[length] + (window >>> (16 - length))];
};

/** A DC table and its look-ups. */
export interface DcCode {
  readonly dc: HuffmanTable;
  readonly dcCodes: Uint16Array;
  readonly differences: Int32Array;
}

/** The difference of a DC coefficient from its prediction. */
export const readDifference = (reader: BitReader, { dc, dcCodes, differences }: DcCode): number => {
  const entry = differences[peek(reader.words, reader.position) >>> (32 - lookupBits)];
  if (entry !== 0) {
    reader.position += entry & lengthMask;
    return entry >> lengthBits;
  }
  return readValue(reader, readSymbol(reader, dc, dcCodes));
};

/** The value of `size` extra bits, 0 to 15; of none it is 0. */
export const readValue = (reader: BitReader, size: number): number =>
  size === 0 ? 0 : extend(readBits(reader, size), size);

/** 1 to 16 bits. */
export const readBits = (reader: BitReader, count: number): number => {
  const bits = peek(reader.words, reader.position) >>> (32 - count);
  reader.position += count;
  return bits;
};
