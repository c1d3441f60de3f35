/**
 * Huffman tables: ITU-T T.81, annex C (codes), clauses F.1.2.1 and F.1.2.2 (symbols of DC and AC tables), F.2.2.1 (extra bits)
 * and F.2.2.3 (codes of any length). An entry is a symbol with its code's length.
 */

/** Widths of the lookups of one symbol and of those to skip. Wider ones take longer to build and gain nothing. */
const lookupBits: i32 = 10;
export const skipBits: i32 = 12;

// A table begins as in DHT: u8[16], the number of codes of 1, 2, … 16 bits, and u8[256], the symbols by ascending code.
const symbolsAt: usize = 16;
/** i32[18]: for each length, 1 to 17, the first 16-bit window above the codes of this length; 17 ends every search. */
const limitsAt: usize = 272;
/** i32[18]: for each length, the difference between a code's index in the symbols and the code. */
const offsetsAt: usize = 344;
/** i32[1024]: the entry of each window that begins with a whole code, else 0. */
const entriesAt: usize = 416;
/** u16[4096]: advance << 6 | length of all whole AC symbols, extra bits included, at the start of a window. */
const skipsAt: usize = 4512;
/** u64[2048]: the pair of symbols of each window, of which pairs.ts has the format. */
export const pairsAt: usize = 12_704;
const tableBytes: usize = 29_088;

export function huffmanTableBytes(): usize {
  return tableBytes;
}

/** Builds all but the skips and pairs of a table with at most 256 symbols, of which no length has too many, in zeroed memory. */
export function buildTable(table: usize): void {
  let code = 0;
  let place = 0;
  for (let length = 1; length <= 16; length++) {
    const count = <i32>load<u8>(table + length - 1);
    store<i32>(table + limitsAt + (length << 2), (code + count) << (16 - length));
    store<i32>(table + offsetsAt + (length << 2), place - code);
    for (let i = 0; i < count; i++, code++, place++) {
      if (length <= lookupBits) fillCode(table, code, entryOf(load<u8>(table + symbolsAt + place), length));
    }
    code <<= 1;
  }
  store<i32>(table + limitsAt + (17 << 2), 1 << 16);
}

/** Sets the entries of the windows that begin with a code. */
function fillCode(table: usize, code: i32, entry: i32): void {
  const extra = lookupBits - codeLengthOf(entry);
  for (let window = code << extra; window < (code + 1) << extra; window++) {
    store<i32>(entryPlace(table, window), entry);
  }
}

function entryPlace(table: usize, window: usize): usize {
  return table + entriesAt + (window << 2);
}

/**
 * A symbol is a number of extra bits (lower four bits) and, in AC tables, a run of zeros.
 * The entry is advance << 13 | run << 9 | size << 5 | length with extra bits.
 */
function entryOf(symbol: i32, length: i32): i32 {
  const size = symbol & 15;
  const run = symbol >> 4;
  const advance = size === 0 && run < 15 ? endOfBlock : run + 1;
  return (advance << 13) | (run << 9) | (size << 5) | (length + size);
}

/** An advance that ends the block (EOB) from any position. */
export const endOfBlock: i32 = 64;

/** The length of a code with its extra bits. */
export function lengthOf(entry: i32): i32 {
  return entry & 31;
}

export function codeLengthOf(entry: i32): i32 {
  return lengthOf(entry) - sizeOf(entry);
}

/** The number of extra bits. */
export function sizeOf(entry: i32): i32 {
  return (entry >> 5) & 15;
}

/** The run of zeros. */
export function runOf(entry: i32): i32 {
  return (entry >> 9) & 15;
}

/** The number of coefficients in a sequential block. */
export function advanceOf(entry: i32): i32 {
  return (entry >> 13) & 127;
}

/**
 * The value of the extra bits at the end of the first `length` bits of a window: the upper half stands for itself, the lower half
 * is negative (F.2.2.1, EXTEND). Branchless, because signs are unpredictable.
 */
export function extendedValue(window: u64, entry: i32): i32 {
  const mask = (1 << sizeOf(entry)) - 1;
  const bits = <i32>(window >>> (64 - lengthOf(entry))) & mask;
  return select<i32>(bits - mask, bits, bits <= mask >> 1);
}

/** The entry of the code at the start of a window. A code that is not in the table counts as symbol 0 of 17 bits, as in libjpeg-turbo. */
export function entryAt(table: usize, window: u64): i32 {
  const entry = load<i32>(entryPlace(table, <usize>(window >>> (64 - lookupBits))));
  return entry !== 0 ? entry : longEntry(table, <i32>(window >>> 48));
}

function longEntry(table: usize, window: i32): i32 {
  let length = lookupBits + 1;
  while (window >= load<i32>(table + limitsAt + (length << 2))) length++;
  if (length > 16) return entryOf(0, length);
  const place = load<i32>(table + offsetsAt + (length << 2)) + (window >> (16 - length));
  return entryOf(load<u8>(table + symbolsAt + place), length);
}

/** The skip of a window: advance << 6 | length. */
export function skipAt(table: usize, window: u64): i32 {
  return load<u16>(table + skipsAt + ((<usize>(window >>> (64 - skipBits))) << 1));
}

/** Added to the advance of skips whose symbols end with EOB, and the advance of those in which no symbol fits. */
export const skipToEnd: i32 = 128;
const skipNothing: i32 = 256;

/** Builds the skips of an AC table. */
export function buildSkips(table: usize): void {
  for (let window = 0; window < 1 << skipBits; window++) {
    store<u16>(table + skipsAt + (window << 1), skipOf(table, (<u64>window) << (64 - skipBits)));
  }
}

function skipOf(table: usize, window: u64): i32 {
  let length = 0;
  let advance = 0;
  while (advance < 64 && length < skipBits) {
    const entry = entryAt(table, window << length);
    // Stop at bits that the shift has filled in; extra bits may lie beyond the window.
    if (length + codeLengthOf(entry) > skipBits) break;
    length += lengthOf(entry);
    advance += advanceOf(entry) === endOfBlock ? skipToEnd : advanceOf(entry);
  }
  // No block has so many coefficients, and the sum must stay below that of a block that ends with EOB.
  if (advance < skipToEnd) advance = min(advance, 64);
  return ((length === 0 ? skipNothing : advance) << 6) | length;
}
