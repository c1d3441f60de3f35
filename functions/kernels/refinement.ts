/**
 * Scans of progressive JPEG that send one more bit of each coefficient of a band: ITU-T T.81, clause G.1.2.3. Codes for
 * coefficients that become nonzero are interleaved with the bits of those that already are ("known" below).
 */
import { BitReader, bitAt, hasMore, windowAt } from './bits';
import { codeLengthOf, entryAt, runOf, sizeOf } from './huffman';
import { addToMask, Band, bandRun, endsBand } from './progressive';
import { naturalOrder } from './zigzag';

/** Reads blocks of a line, at least one. Stops where the chunk has to be refilled or has ended. Returns the next block. */
export function refineBands(reader: BitReader, band: Band, first: i32, end: i32): i32 {
  const bits = bandMask(band.Ss, band.Se);
  let x = first;
  do {
    const known = load<u64>(band.masks + ((<usize>x) << 3)) & bits;
    if (reader.bandRun === 0) readNew(reader, band, x, known);
    else if (known !== 0) refineKnown(reader, band, x, known);
    if (reader.bandRun > 0) reader.bandRun--;
    x++;
  } while (x < end && hasMore(reader));
  return x;
}

function bandMask(Ss: i32, Se: i32): u64 {
  return (((<u64>2) << Se) - 1) & ((<u64>-1) << Ss);
}

/** Reads the new coefficients up to the end of the band, which an end-of-band run may begin, and refines the known ones. */
function readNew(reader: BitReader, band: Band, x: i32, known: u64): void {
  const Se = band.Se;
  const coefficients = band.coefficients + ((<usize>x) << 7);
  const isNeeded = load<u8>(band.needed + x) !== 0;
  const bit = 1 << band.Al;
  let added: u64 = 0;
  // Those not passed yet.
  let left = known;
  for (let k = band.Ss; k <= Se; k++) {
    const window = windowAt(reader.top, reader.position);
    const entry = entryAt(band.table, window);
    const codeLength = codeLengthOf(entry);
    let run = runOf(entry);
    reader.position += codeLength;
    if (endsBand(entry)) {
      reader.bandRun = bandRun(window, entry);
      reader.position += run;
      refineKnown(reader, band, x, left);
      break;
    }
    const isNew = sizeOf(entry) !== 0;
    if (isNew) reader.position++;
    // The run counts zeros only.
    while (left !== 0) {
      const next = <i32>ctz(left);
      if (k + run < next) break;
      run -= next - k;
      k = next + 1;
      refineLowest(reader, coefficients, isNeeded, left, bit);
      left &= left - 1;
    }
    k = min(k + run, Se + 1);
    if (!isNew) continue;
    added |= (<u64>1) << min(k, 63);
    if (isNeeded) {
      const isPositive = <i64>(window << codeLength) < 0;
      store<i16>(coefficients + ((<usize>load<u8>(naturalOrder + k)) << 1), isPositive ? bit : -bit);
    }
  }
  if (isNeeded || band.isRefinedLater !== 0) addToMask(band, x, added);
}

/** Reads the bits of known coefficients of a block; where values are not needed, they are only counted. */
function refineKnown(reader: BitReader, band: Band, x: i32, known: u64): void {
  if (load<u8>(band.needed + x) === 0) {
    reader.position += <i32>popcnt(known);
    return;
  }
  const coefficients = band.coefficients + ((<usize>x) << 7);
  for (let left = known; left !== 0; left &= left - 1) {
    refineLowest(reader, coefficients, true, left, 1 << band.Al);
  }
}

/** Reads whether the magnitude of the first of the known coefficients has the bit. */
function refineLowest(reader: BitReader, coefficients: usize, isNeeded: bool, known: u64, bit: i32): void {
  const isSet = bitAt(reader.top, reader.position++);
  if (!isNeeded || isSet === 0) return;
  const at = coefficients + ((<usize>load<u8>(naturalOrder + <i32>ctz(known))) << 1);
  const value = <i32>load<i16>(at);
  if ((value & bit) === 0) store<i16>(at, value < 0 ? value - bit : value + bit);
}
