/**
 * Huffman tables and their lookups: ITU-T T.81, annex C (codes), clauses F.1.2.1 and F.1.2.2 (symbols of DC and AC tables),
 * F.2.2.1 (the value of extra bits) and F.2.2.3 (codes of any length).
 */
import { CorruptImage } from '../../../image/rejections.ts';
import {
  advanceBits,
  endOfBlock,
  lengthBits,
  lengthMask,
  lookupBits,
  maxSkipLength,
  skipBits,
  skipNothing,
  skipToEnd,
} from './lookup-entries.ts';

export interface HuffmanTable {
  /** Number of codes of 1, 2, … 16 bits (BITS). */
  readonly counts: Uint8Array;
  /** The symbols, by ascending code (HUFFVAL). */
  readonly symbols: Uint8Array;
  /** For each length, 1 to 17, the first 16-bit window above the codes of this length; 17 ends every search. */
  readonly limits: Int32Array;
  /** For each length, the difference between a code's index in `symbols` and the code. */
  readonly offsets: Int32Array;
  /** Lookups by the next `lookupBits` bits, built on first use. */
  readonly codes: () => Uint16Array;
  readonly differences: () => Int32Array;
  readonly coefficients: () => Int32Array;
  /** A lookup by the next `skipBits` bits, built on first use. */
  readonly skips: () => Uint16Array;
}

/**
 * @param counts number of codes of each length, 1 to 16
 * @throws {CorruptImage} more codes than a length has room for
 */
export function createHuffmanTable(counts: Uint8Array, symbols: Uint8Array): HuffmanTable {
  const limits = new Int32Array(18);
  const offsets = new Int32Array(18);
  let code = 0;
  let place = 0;
  for (let length = 1; length <= 16; length++) {
    const count = counts[length - 1];
    offsets[length] = place - code;
    place += count;
    code += count;
    // The code of all ones is reserved.
    if (count > 0 && code >= 1 << length) throw new CorruptImage('a Huffman table with too many codes');
    limits[length] = code << (16 - length);
    code <<= 1;
  }
  limits[17] = 1 << 16;
  const codes = lazily(() => codeLookup(counts, symbols, lookupBits));
  return {
    counts,
    symbols,
    limits,
    offsets,
    codes,
    differences: lazily(() => differenceLookup(codes(), symbols)),
    coefficients: lazily(() => coefficientLookup(codes())),
    skips: lazily(() => skipLookup(codeLookup(counts, symbols, skipBits))),
  };
}

/**
 * The value of `size` extra bits: the upper half stands for itself, the lower half is negative (F.2.2.1, EXTEND). Branchless,
 * because signs are unpredictable.
 */
export function extend(bits: number, size: number): number {
  const onesIfNegative = (bits >> (size - 1)) - 1;
  return bits + (onesIfNegative & (1 - (1 << size)));
}

function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** symbol << 5 | length for each window of `width` bits that begins with a whole code, else 0. */
function codeLookup(counts: Uint8Array, symbols: Uint8Array, width: number): Uint16Array {
  const lookup = new Uint16Array(1 << width);
  let code = 0;
  let place = 0;
  for (let length = 1; length <= width; length++) {
    for (let i = 0; i < counts[length - 1]; i++, code++, place++) {
      const first = code << (width - length);
      lookup.fill((symbols[place] << lengthBits) | length, first, first + (1 << (width - length)));
    }
    code <<= 1;
  }
  return lookup;
}

/** difference << 5 | length including extra bits. A DC symbol is the number of extra bits, 0 to 15. */
function differenceLookup(codes: Uint16Array, symbols: Uint8Array): Int32Array {
  if (symbols.some((symbol) => symbol > 15)) throw new CorruptImage('a DC table with AC symbols');
  return new Int32Array(codes).map((entry, window) => {
    const length = entry & lengthMask;
    const size = entry >> lengthBits;
    if (entry === 0 || length + size > lookupBits) return 0;
    return (extraValue(window, length, size) << lengthBits) | (length + size);
  });
}

/** value << 12 | advance << 5 | length. An AC symbol is a run of zeros (upper four bits) and a number of extra bits. */
function coefficientLookup(codes: Uint16Array): Int32Array {
  return new Int32Array(codes).map((entry, window) => {
    const length = entry & lengthMask;
    const size = (entry >> lengthBits) & 15;
    const run = entry >> (lengthBits + 4);
    if (entry === 0 || length + size > lookupBits) return 0;
    const advance = size > 0 ? run + 1 : run === 15 ? 16 : endOfBlock;
    const value = extraValue(window, length, size);
    return (value << (advanceBits + lengthBits)) | (advance << lengthBits) | (length + size);
  });
}

function extraValue(window: number, length: number, size: number): number {
  return size === 0 ? 0 : extend((window >> (lookupBits - length - size)) & ((1 << size) - 1), size);
}

/** advance << 5 | length of all whole AC symbols, extra bits included, at the start of a window. */
function skipLookup(codes: Uint16Array): Uint16Array {
  return codes.map((_, window) => skipEntry(codes, window));
}

function skipEntry(codes: Uint16Array, window: number): number {
  let length = 0;
  let advance = 0;
  while (advance < 64 && length < skipBits) {
    const entry = codes[(window << length) & (codes.length - 1)];
    const codeLength = entry & lengthMask;
    const size = (entry >> lengthBits) & 15;
    const run = entry >> (lengthBits + 4);
    const next = length + codeLength + size;
    // Stop at bits that the shift has filled in; only the first symbol's extra bits may lie beyond the window.
    if (entry === 0 || length + codeLength > skipBits) break;
    if (next > skipBits && (length > 0 || next > maxSkipLength)) break;
    length = next;
    advance += size > 0 ? run + 1 : run === 15 ? 16 : skipToEnd;
  }
  return ((length === 0 ? skipNothing : advance) << lengthBits) | length;
}
