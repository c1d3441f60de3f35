/** Reads or skips one block of a sequential scan: ITU-T T.81, clause F.2.2. */

import type { HuffmanTable } from '../syntax/huffman.ts';
import {
  advanceBits,
  advanceMask,
  endOfBlock,
  lengthBits,
  lengthMask,
  lookupBits,
  skipBits,
  skipToEnd,
} from '../syntax/lookup-entries.ts';
import { naturalOrder } from '../transform/zigzag.ts';
import { type BitReader, peek } from './bit-reader.ts';
import { type DcCode, readDifference, readSymbol, readValue } from './symbols.ts';

/** The Huffman tables of a component with their lookups. */
export interface BlockCode extends DcCode {
  readonly ac: HuffmanTable;
  readonly acCodes: Uint16Array;
  readonly coefficients: Int32Array;
  readonly skips: Uint16Array;
}

export function blockCode(dc: HuffmanTable, ac: HuffmanTable): BlockCode {
  return {
    dc,
    ac,
    dcCodes: dc.codes(),
    acCodes: ac.codes(),
    differences: dc.differences(),
    coefficients: ac.coefficients(),
    skips: ac.skips(),
  };
}

/** Reads a block into the 64 zeros at `first` of `target`, row by row, and returns the DC value, which predicts the next one. */
export function readBlock(
  reader: BitReader,
  code: BlockCode,
  prediction: number,
  target: Int16Array,
  first: number,
): number {
  const { words } = reader;
  const { coefficients } = code;
  const dc = (prediction + readDifference(reader, code)) | 0;
  // Like libjpeg-turbo, stores coefficients in 16 bits, but not the running prediction.
  target[first] = dc;
  let { position } = reader;
  let window = 0;
  let isUsed = true;
  let k = 1;
  while (k < 64) {
    // A window holds two symbols that are short enough for the lookup.
    if (isUsed) window = peek(words, position);
    isUsed = !isUsed;
    const entry = coefficients[window >>> (32 - lookupBits)];
    let value = entry >> (advanceBits + lengthBits);
    if (entry !== 0) {
      window <<= entry & lengthMask;
      position += entry & lengthMask;
      k += (entry >> lengthBits) & advanceMask;
    } else {
      reader.position = position;
      k += readCoefficient(reader, code);
      position = reader.position;
      value = longValue;
      isUsed = true;
    }
    if (value === 0) continue;
    // Damaged data may run past the block's end, where libjpeg-turbo writes to the last coefficient.
    const place = k <= 64 ? k - 1 : 63;
    target[first + naturalOrder[place]] = value;
  }
  reader.position = position;
  return dc;
}

/** Skips a block and returns its DC difference. */
export function skipBlock(reader: BitReader, code: BlockCode): number {
  const { words } = reader;
  const { skips } = code;
  let { position } = reader;
  let window = peek(words, position);
  let entry = code.differences[window >>> (32 - lookupBits)];
  let difference = entry >> lengthBits;
  let k = 1;
  if (entry !== 0) {
    // Fast path for the shortest blocks.
    const length = entry & lengthMask;
    entry = skips[(window << length) >>> (32 - skipBits)];
    position += length + (entry & lengthMask);
    k += entry >> lengthBits;
  } else {
    difference = readDifference(reader, code);
    position = reader.position;
  }
  for (;;) {
    while (k < 64) {
      window = peek(words, position);
      entry = skips[window >>> (32 - skipBits)];
      const length = entry & lengthMask;
      position += length;
      k += entry >> lengthBits;
      if (k >= 64) break;
      entry = skips[(window << length) >>> (32 - skipBits)];
      position += entry & lengthMask;
      k += entry >> lengthBits;
    }
    if (k === 64 || (k >= skipToEnd && k < skipToEnd + 64)) break;
    // Either no symbol fitted, or the last ones belong to the next block: read them one at a time.
    reader.position = position - (entry & lengthMask);
    k += readCoefficient(reader, code) - (entry >> lengthBits);
    position = reader.position;
    if (k >= 64) break;
  }
  reader.position = position;
  return difference;
}

/** The value that `readCoefficient` read; 0 for a run of zeros or the end of the block. */
let longValue = 0;

/** Reads any AC symbol with its extra bits, and returns how far it advances. */
function readCoefficient(reader: BitReader, { ac, acCodes }: BlockCode): number {
  const symbol = readSymbol(reader, ac, acCodes);
  const size = symbol & 15;
  const run = symbol >> 4;
  longValue = readValue(reader, size);
  if (size > 0) return run + 1;
  return run === 15 ? 16 : endOfBlock;
}
