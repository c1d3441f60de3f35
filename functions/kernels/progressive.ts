/**
 * The scans of progressive JPEG that send coefficients first: ITU-T T.81, clauses G.1.2.1 (DC, its refinement included) and
 * G.1.2.2 (bands of AC coefficients).
 */
import { BitReader, bitAt, hasMore, windowAt } from './bits';
import { entryAt, extendedValue, lengthOf, runOf, sizeOf } from './huffman';
import { naturalOrder } from './zigzag';

/** A block of each MCU of a line in a DC scan; in MCU x, its place in the line is `step` * x. */
@unmanaged
export class DcBlock {
  table: usize;
  /** i32: the last DC value of its component. */
  prediction: usize;
  /** i16 for each place: DC coefficients. */
  values: usize;
  step: usize;
}

/** A band of AC coefficients in the current line of blocks. */
@unmanaged
export class Band {
  table: usize;
  /** Zigzag indices of the first and last coefficient. */
  Ss: i32;
  Se: i32;
  /** The lowest bit that this scan sends. */
  Al: i32;
  /** 1 if a later scan refines the band: then even blocks that are not needed keep their masks, on which its data depend. */
  isRefinedLater: i32;
  /** u8 for each block, 0 if no sample is needed. */
  needed: usize;
  /** i16[64] for each needed block, row by row; the first place is left out. */
  coefficients: usize;
  /** u64 for each block: a bit for each nonzero coefficient, by zigzag index. */
  masks: usize;
}

/**
 * Reads MCUs of a line in the first DC scan, at least one. Stops where the chunk has to be refilled or has ended.
 *
 * @param blocks DcBlock[count] @returns the next MCU, at most `end`
 */
export function readDc(reader: BitReader, blocks: usize, count: i32, Al: i32, first: i32, end: i32): i32 {
  const blocksEnd = blocks + count * offsetof<DcBlock>();
  let x = first;
  do {
    for (let at = blocks; at < blocksEnd; at += offsetof<DcBlock>()) {
      const block = changetype<DcBlock>(at);
      const window = windowAt(reader.top, reader.position);
      const entry = entryAt(block.table, window);
      const dc = load<i32>(block.prediction) + extendedValue(window, entry);
      reader.position += lengthOf(entry);
      store<i32>(block.prediction, dc);
      store<i16>(block.values + ((<usize>x * block.step) << 1), dc << Al);
    }
    x++;
  } while (x < end && hasMore(reader));
  return x;
}

/** Like `readDc`, for the next bit of each DC coefficient. */
export function refineDc(reader: BitReader, blocks: usize, count: i32, Al: i32, first: i32, end: i32): i32 {
  const blocksEnd = blocks + count * offsetof<DcBlock>();
  let x = first;
  do {
    for (let at = blocks; at < blocksEnd; at += offsetof<DcBlock>()) {
      const block = changetype<DcBlock>(at);
      const value = block.values + ((<usize>x * block.step) << 1);
      store<i16>(value, load<i16>(value) | (bitAt(reader.top, reader.position++) << Al));
    }
    x++;
  } while (x < end && hasMore(reader));
  return x;
}

/** Reads blocks of a line in the first scan of a band, at least one. Stops and returns like `readDc`. */
export function readBands(reader: BitReader, band: Band, first: i32, end: i32): i32 {
  let x = first;
  do {
    if (reader.bandRun === 0) {
      readBand(reader, band, x++);
    } else {
      // At once: a file of a few bytes may have 100 million blocks.
      const skipped = min(reader.bandRun, end - x);
      reader.bandRun -= skipped;
      x += skipped;
    }
  } while (x < end && hasMore(reader));
  return x;
}

/** Reads the band of a block outside end-of-band runs, and stores the values if they are needed. */
function readBand(reader: BitReader, band: Band, x: i32): void {
  const top = reader.top;
  const table = band.table;
  const Se = band.Se;
  const coefficients = band.coefficients + ((<usize>x) << 7);
  const isNeeded = load<u8>(band.needed + x) !== 0;
  let position = reader.position;
  let mask: u64 = 0;
  for (let k = band.Ss; k <= Se; k++) {
    const window = windowAt(top, position);
    const entry = inline.always(entryAt(table, window));
    position += lengthOf(entry);
    if (endsBand(entry)) {
      reader.bandRun = bandRun(window, entry) - 1;
      position += runOf(entry);
      break;
    }
    k += runOf(entry);
    const value = <i16>(extendedValue(window, entry) << band.Al);
    // Truncated to 16 bits, as in libjpeg-turbo.
    if (value === 0) continue;
    mask |= (<u64>1) << min(k, 63);
    if (isNeeded) store<i16>(coefficients + ((<usize>load<u8>(naturalOrder + k)) << 1), value);
  }
  reader.position = position;
  if (isNeeded || band.isRefinedLater !== 0) addToMask(band, x, mask);
}

/** True for an end-of-band symbol: the number of bits behind it is in the place of a run of zeros. */
export function endsBand(entry: i32): bool {
  return sizeOf(entry) === 0 && runOf(entry) < 15;
}

/** The length of an end-of-band run in blocks, including the current one: a 1 followed by the bits behind the code. */
export function bandRun(window: u64, entry: i32): i32 {
  const count = runOf(entry);
  return (1 << count) | <i32>(((window << lengthOf(entry)) >>> 1) >>> (63 - count));
}

/** Adds nonzero coefficients to a block's mask. */
export function addToMask(band: Band, x: i32, added: u64): void {
  const mask = band.masks + ((<usize>x) << 3);
  store<u64>(mask, load<u64>(mask) | added);
}

/** Sets the first coefficient of the needed blocks of a line. @param values i16[count] */
export function placeDc(values: usize, count: i32, needed: usize, coefficients: usize): void {
  for (let x: usize = 0; x < <usize>count; x++) {
    if (load<u8>(needed + x) !== 0) store<i16>(coefficients + (x << 7), load<i16>(values + (x << 1)));
  }
}
