/** Sequential scans of JPEG, from coded data to samples: ITU-T T.81, clause F.2.2. */
import { BitReader, hasMore, windowAt } from './bits';
import { advanceOf, entryAt, extendedValue, lengthOf, skipAt, skipBits, skipToEnd } from './huffman';
import { fillBlock } from './idct';
import { transformNeeded } from './idct-rows';
import {
  firstAdvanceOf,
  firstLengthOf,
  firstValueOf,
  pairAt,
  pairBits,
  pairLengthOf,
  secondAdvanceOf,
  secondValueOf,
} from './pairs';
import { naturalOrder } from './zigzag';

/** A block of each MCU of a line; in MCU x, its place in the line is `step` * x. */
@unmanaged
export class CodedBlock {
  dcTable: usize;
  acTable: usize;
  /** i32: the last DC value of its component. */
  prediction: usize;
  /** i16[64], row by row. */
  quantization: usize;
  /** u8 for each place, 0 if no sample is needed. */
  needed: usize;
  /** A bit for each row of samples of the line, set if one is needed. */
  rows: i32;
  /** The first sample of place 0; rows are `stride` bytes apart. */
  samples: usize;
  stride: usize;
  step: i32;
}

/**
 * Reads MCUs of a line, at least one, and writes the needed samples. Stops where the chunk has to be refilled or has ended.
 *
 * @param blocks CodedBlock[count] @returns the next MCU, at most `end`
 */
export function decodeMcus(reader: BitReader, blocks: usize, count: i32, first: i32, end: i32): i32 {
  const blocksEnd = blocks + count * offsetof<CodedBlock>();
  let x = first;
  do {
    let target = coefficients;
    for (let at = blocks; at < blocksEnd; at += offsetof<CodedBlock>(), target += 128) {
      const block = changetype<CodedBlock>(at);
      if (load<u8>(block.needed + x * block.step) !== 0) readBlock(reader, block, target);
      else skipBlock(reader, block);
    }
    // Not block by block: coefficients that have just been stored one by one are slow to load as vectors.
    target = coefficients;
    for (let at = blocks; at < blocksEnd; at += offsetof<CodedBlock>(), target += 128) {
      const block = changetype<CodedBlock>(at);
      const place = x * block.step;
      if (load<u8>(block.needed + place) === 0) continue;
      transformNeeded(target, block.rows, block.quantization, block.samples + (place << 3), block.stride);
    }
    x++;
  } while (x < end && hasMore(reader));
  return x;
}

/** Writes the samples of MCUs without data: mid-grey. */
export function blankMcus(blocks: usize, count: i32, first: i32, end: i32): void {
  const blocksEnd = blocks + count * offsetof<CodedBlock>();
  for (let at = blocks; at < blocksEnd; at += offsetof<CodedBlock>()) {
    const block = changetype<CodedBlock>(at);
    for (let place = first * block.step; place < end * block.step; place += block.step) {
      if (load<u8>(block.needed + place) !== 0) fillBlock(0, block.samples + (place << 3), block.stride);
    }
  }
}

/** i16[10][64], row by row: the coefficients of an MCU, else zeros. */
const coefficients = memory.data(1280, 16);

/** The bits that a window always has. */
const windowBits: i32 = 57;

/**
 * Reads a block. Like libjpeg-turbo, stores coefficients in 16 bits, but not the running prediction. Damaged data may run past
 * the block's end, where libjpeg-turbo writes to the last coefficient.
 */
function readBlock(reader: BitReader, block: CodedBlock, target: usize): void {
  const top = reader.top;
  const table = block.acTable;
  let position = reader.position;
  let window = windowAt(top, position);
  let last = position + windowBits - pairBits;
  const entry = entryAt(block.dcTable, window);
  const dc = load<i32>(block.prediction) + extendedValue(window, entry);
  store<i32>(block.prediction, dc);
  store<i16>(target, dc);
  position += lengthOf(entry);
  window <<= lengthOf(entry);
  for (let k = 1; k < 64; ) {
    if (position > last) {
      window = windowAt(top, position);
      last = position + windowBits - pairBits;
    }
    const pair = pairAt(table, window);
    if (pair === 0) {
      window = windowAt(top, position);
      last = position + windowBits - pairBits;
      const entry = entryAt(table, window);
      k += advanceOf(entry);
      storeCoefficient(target, k - 1, extendedValue(window, entry));
      position += lengthOf(entry);
      window <<= lengthOf(entry);
      continue;
    }
    k += firstAdvanceOf(pair);
    // Zeros are stored, too: at the end of a block, in place of its last coefficient.
    storeCoefficient(target, k - 1, firstValueOf(pair));
    if (k >= 64) {
      position += firstLengthOf(pair);
      break;
    }
    k += secondAdvanceOf(pair);
    storeCoefficient(target, k - 1, secondValueOf(pair));
    position += pairLengthOf(pair);
    window <<= pair;
  }
  reader.position = position;
}

function storeCoefficient(block: usize, k: i32, value: i32): void {
  store<i16>(block + ((<usize>load<u8>(naturalOrder + k)) << 1), value);
}

/** Skips all but the DC difference of a block. */
function skipBlock(reader: BitReader, block: CodedBlock): void {
  const top = reader.top;
  const table = block.acTable;
  let position = reader.position;
  let window = windowAt(top, position);
  let last = position + windowBits - skipBits;
  const entry = entryAt(block.dcTable, window);
  store<i32>(block.prediction, load<i32>(block.prediction) + extendedValue(window, entry));
  position += lengthOf(entry);
  window <<= lengthOf(entry);
  for (let k = 1; k < 64; ) {
    let skip = 0;
    while (k < 64) {
      if (position > last) {
        window = windowAt(top, position);
        last = position + windowBits - skipBits;
      }
      skip = skipAt(table, window);
      position += skip & 63;
      window <<= skip;
      k += skip >> 6;
    }
    if (k === 64 || (k >= skipToEnd && k < skipToEnd + 64)) break;
    // Either no symbol fitted, or the last ones belong to the next block: read them one at a time.
    position -= skip & 63;
    window = windowAt(top, position);
    last = position + windowBits - skipBits;
    const entry = entryAt(table, window);
    position += lengthOf(entry);
    window <<= lengthOf(entry);
    k += advanceOf(entry) - (skip >> 6);
  }
  reader.position = position;
}
