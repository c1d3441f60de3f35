/**
 * Scans of progressive JPEG that send one more bit of each coefficient of a band: ITU-T T.81, clause G.1.2.3. Codes for
 * coefficients that become nonzero are interleaved with the bits of those that already are ("known" below).
 */
import { BitReader, bitAt, hasMore, windowAt } from './bits';
import { entryAt, lengthOf, runOf, sizeOf } from './huffman';
import { addToMask, Band, bandRun, endsBand } from './progressive';
import { naturalOrder } from './zigzag';

/** Reads blocks of a line, at least one. Stops where the chunk has to be refilled or has ended. Returns the next block. */
export function refineBands(reader: BitReader, band: Band, first: i32, end: i32): i32 {
  const bits = bandMask(band.Ss, band.Se);
  let x = first;
  do {
    const known = load<u64>(band.masks + ((<usize>x) << 3)) & bits;
    const isNeeded = load<u8>(band.needed + x) !== 0;
    if (reader.bandRun === 0) {
      const added = isNeeded ? readNew(reader, band, x, known) : passNew(reader, band, known);
      if (isNeeded || band.isRefinedLater !== 0) addToMask(band, x, added);
    } else if (known !== 0) {
      if (isNeeded) refineKnown(reader, band, x, known);
      reader.position += <i32>popcnt(known);
    }
    if (reader.bandRun > 0) reader.bandRun--;
    x++;
  } while (x < end && hasMore(reader));
  return x;
}

function bandMask(Ss: i32, Se: i32): u64 {
  return (((<u64>2) << Se) - 1) & ((<u64>-1) << Ss);
}

/** The bits that a window always has, and those of a code with a sign. */
const windowBits: i32 = 57;
const symbolBits: i32 = 17;

/**
 * Reads the new coefficients of a block up to the end of the band, which an end-of-band run may begin, and refines the known ones.
 *
 * @returns the mask of the new coefficients
 */
function readNew(reader: BitReader, band: Band, x: i32, known: u64): u64 {
  const top = reader.top;
  const table = band.table;
  const Se = band.Se;
  const coefficients = band.coefficients + ((<usize>x) << 7);
  const bit = 1 << band.Al;
  let position = reader.position;
  let added: u64 = 0;
  // Those not passed yet.
  let left = known;
  let k = band.Ss;
  let window = windowAt(top, position);
  let last = position + windowBits - symbolBits;
  do {
    if (position > last) {
      window = windowAt(top, position);
      last = position + windowBits - symbolBits;
    }
    const entry = inline.always(entryAt(table, window));
    if (endsBand(entry)) {
      reader.bandRun = bandRun(windowAt(top, position), entry);
      reader.position = position + lengthOf(entry) + runOf(entry);
      refineKnown(reader, band, x, left);
      reader.position += <i32>popcnt(left);
      return added;
    }
    const length = refiningLengthOf(entry);
    const start = position;
    position += length;
    // The run counts zeros only.
    k += runOf(entry);
    for (; left !== 0 && <i32>ctz(left) <= k; left &= left - 1, k++) {
      refineLowest(top, position++, coefficients, left, bit);
    }
    k = min(k, Se + 1);
    if (sizeOf(entry) !== 0) {
      added |= (<u64>1) << min(k, 63);
      const isPositive = <i64>(window << (length - 1)) < 0;
      store<i16>(coefficients + ((<usize>load<u8>(naturalOrder + k)) << 1), isPositive ? bit : -bit);
    }
    window <<= position - start;
    k++;
  } while (k <= Se);
  reader.position = position;
  return added;
}

/** Like `readNew`, for a block whose values are not needed. */
function passNew(reader: BitReader, band: Band, known: u64): u64 {
  const top = reader.top;
  const table = band.table;
  const Se = band.Se;
  let position = reader.position;
  let window = windowAt(top, position);
  let last = position + windowBits - symbolBits;
  let added: u64 = 0;
  let left = known;
  let k = band.Ss;
  do {
    if (position > last) {
      window = windowAt(top, position);
      last = position + windowBits - symbolBits;
    }
    const entry = inline.always(entryAt(table, window));
    if (endsBand(entry)) {
      reader.bandRun = bandRun(windowAt(top, position), entry);
      position += lengthOf(entry) + runOf(entry) + <i32>popcnt(left);
      break;
    }
    let length = refiningLengthOf(entry);
    k += runOf(entry);
    for (; left !== 0 && <i32>ctz(left) <= k; left &= left - 1, k++) length++;
    if (sizeOf(entry) !== 0) added |= (<u64>1) << min(min(k, Se + 1), 63);
    position += length;
    window <<= length;
    k++;
  } while (k <= Se);
  reader.position = position;
  return added;
}

/** The length of a code with its sign. Its number of extra bits should be 1, and counts as 1 in damaged data. */
function refiningLengthOf(entry: i32): i32 {
  const size = sizeOf(entry);
  return lengthOf(entry) - (size > 1 ? size - 1 : 0);
}

/** Refines the known coefficients of a block, but does not move on. */
function refineKnown(reader: BitReader, band: Band, x: i32, known: u64): void {
  const coefficients = band.coefficients + ((<usize>x) << 7);
  let position = reader.position;
  for (let left = known; left !== 0; left &= left - 1) {
    refineLowest(reader.top, position++, coefficients, left, 1 << band.Al);
  }
}

/** Adds the bit to the magnitude of the first known coefficient, if it has it. Branchless, because these bits are unpredictable. */
function refineLowest(top: usize, position: i32, coefficients: usize, known: u64, bit: i32): void {
  const at = coefficients + ((<usize>load<u8>(naturalOrder + <i32>ctz(known))) << 1);
  const value = <i32>load<i16>(at);
  const isNegative = value >> 31;
  // Damaged data may have set the bit already.
  const isSet = bitAt(top, position) & <i32>((value & bit) === 0);
  store<i16>(at, value + (((bit ^ isNegative) - isNegative) & -isSet));
}
