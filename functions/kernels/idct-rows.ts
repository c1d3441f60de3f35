/**
 * The inverse DCT of blocks of which only a few rows of samples are needed: idct.ts's butterfly, where the column pass leaves
 * out the other rows, and the row pass takes one row at a time.
 */
import { dequantised, fillBlock, hasFirstRowOnly, isDcOnly, transformBlock } from './idct';
import { interleaveWords0, interleaveWords1 } from './lanes';

/** Beyond this number of rows, transforming all of them at once is faster. */
const mostRows = 4;

/**
 * Transforms a line of blocks and clears them.
 *
 * @param blocks i16[count][64], quantised, row by row @param needed u8[count]: 0 for blocks that are all zero and left out
 * @param rows a bit for each row of the line that holds a needed sample
 * @param quantization i16[64], row by row @param target the first sample of the line; rows are `stride` bytes apart
 */
export function transformBlocks(
  blocks: usize,
  count: i32,
  needed: usize,
  rows: i32,
  quantization: usize,
  target: usize,
  stride: usize,
): void {
  const end = needed + count;
  for (; needed < end; needed++, blocks += 128, target += 8) {
    if (load<u8>(needed) !== 0) transformNeeded(blocks, rows, quantization, target, stride);
  }
}

/**
 * Transforms a block and clears it.
 *
 * @param rows a bit for each needed row of samples, the first one lowest; others may be written, too
 */
export function transformNeeded(
  block: usize,
  rows: i32,
  quantization: usize,
  target: usize,
  stride: usize,
): void {
  if (popcnt(rows) > mostRows) transformBlock(block, quantization, target, stride);
  else if (!hasFirstRowOnly(block)) transformFewRows(block, rows, quantization, target, stride);
  else {
    const first = i16x8.mul(v128.load(block), v128.load(quantization));
    if (isDcOnly(block)) fillBlock(i16x8.extract_lane_s(first, 0), target, stride);
    else fillRows(i16x8.shl(first, 2), rows, target, stride);
    v128.store(block, i64x2.splat(0));
  }
}

/** All rows of samples are equal. */
function fillRows(row: v128, rows: i32, target: usize, stride: usize): void {
  const samples = samplesOf(row);
  for (; rows !== 0; rows >>= 1, target += stride) {
    if ((rows & 1) !== 0) v128.store64_lane(target, samples, 0);
  }
}

function transformFewRows(block: usize, rows: i32, quantization: usize, target: usize, stride: usize): void {
  const in0 = dequantised(block, quantization, 0);
  const in1 = dequantised(block, quantization, 1);
  const in2 = dequantised(block, quantization, 2);
  const in3 = dequantised(block, quantization, 3);
  const in4 = dequantised(block, quantization, 4);
  const in5 = dequantised(block, quantization, 5);
  const in6 = dequantised(block, quantization, 6);
  const in7 = dequantised(block, quantization, 7);
  for (let at = block; at < block + 128; at += 16) v128.store(at, i64x2.splat(0));
  const sum = i16x8.add(in0, in4);
  const difference = i16x8.sub(in0, in4);
  const sum73 = i16x8.add(in7, in3);
  const sum51 = i16x8.add(in5, in1);
  const toZ3 = pairs(9633 - 16069, 9633);
  const toZ4 = pairs(9633, 9633 - 3196);
  if ((rows & 0x81) !== 0) {
    const toEven = pairs(10703, 4433);
    const toOdd = pairs(-7373, 12299 - 7373);
    putMirrored(0, rows, sum, in2, in6, toEven, sum73, sum51, toZ4, in7, in1, toOdd, target, stride);
  }
  if ((rows & 0x42) !== 0) {
    const toEven = pairs(4433, -10704);
    const toOdd = pairs(-20995, 25172 - 20995);
    putMirrored(1, rows, difference, in2, in6, toEven, sum73, sum51, toZ3, in5, in3, toOdd, target, stride);
  }
  if ((rows & 0x24) !== 0) {
    const toEven = pairs(-4433, 10704);
    const toOdd = pairs(16819 - 20995, -20995);
    putMirrored(2, rows, difference, in2, in6, toEven, sum73, sum51, toZ4, in5, in3, toOdd, target, stride);
  }
  if ((rows & 0x18) !== 0) {
    const toEven = pairs(-10703, -4433);
    const toOdd = pairs(2446 - 7373, -7373);
    putMirrored(3, rows, sum, in2, in6, toEven, sum73, sum51, toZ3, in7, in1, toOdd, target, stride);
  }
}

/** Two factors for each pair of 16-bit lanes. */
function pairs(a: i32, b: i32): v128 {
  return i32x4.splat((a & 0xffff) | (b << 16));
}

/** Rows k and 7 - k are the sum and the difference of an even and an odd part. */
function putMirrored(
  k: i32,
  rows: i32,
  even: v128,
  in2: v128,
  in6: v128,
  toEven: v128,
  sum73: v128,
  sum51: v128,
  toZ: v128,
  odd0: v128,
  odd1: v128,
  toOdd: v128,
  target: usize,
  stride: usize,
): void {
  const half = i32x4.splat(1 << 10);
  const scaled0 = i32x4.add(i32x4.shl(i32x4.extend_low_i16x8_s(even), 13), half);
  const scaled1 = i32x4.add(i32x4.shl(i32x4.extend_high_i16x8_s(even), 13), half);
  const even0 = i32x4.add(scaled0, i32x4.dot_i16x8_s(interleaveWords0(in2, in6), toEven));
  const even1 = i32x4.add(scaled1, i32x4.dot_i16x8_s(interleaveWords1(in2, in6), toEven));
  const z0 = i32x4.dot_i16x8_s(interleaveWords0(sum73, sum51), toZ);
  const z1 = i32x4.dot_i16x8_s(interleaveWords1(sum73, sum51), toZ);
  const oddLow = i32x4.add(i32x4.dot_i16x8_s(interleaveWords0(odd0, odd1), toOdd), z0);
  const oddHigh = i32x4.add(i32x4.dot_i16x8_s(interleaveWords1(odd0, odd1), toOdd), z1);
  if (((rows >> k) & 1) !== 0) {
    const row = i16x8.narrow_i32x4_s(
      i32x4.shr_s(i32x4.add(even0, oddLow), 11),
      i32x4.shr_s(i32x4.add(even1, oddHigh), 11),
    );
    v128.store64_lane(target + <usize>k * stride, samplesOf(row), 0);
  }
  if (((rows >> (7 - k)) & 1) !== 0) {
    const row = i16x8.narrow_i32x4_s(
      i32x4.shr_s(i32x4.sub(even0, oddLow), 11),
      i32x4.shr_s(i32x4.sub(even1, oddHigh), 11),
    );
    v128.store64_lane(target + <usize>(7 - k) * stride, samplesOf(row), 0);
  }
}

/** The row pass of one row: its samples, in the lower half. */
function samplesOf(row: v128): v128 {
  // Sums and differences wrap to 16 bits.
  const in0 = v128.shuffle<i16>(row, row, 0, 0, 0, 0, 0, 0, 0, 0);
  const in4 = i16x8.mul(v128.shuffle<i16>(row, row, 4, 4, 4, 4, 4, 4, 4, 4), i16x8(1, 0, -1, 0, -1, 0, 1, 0));
  const in26 = v128.shuffle<i16>(row, row, 2, 6, 2, 6, 2, 6, 2, 6);
  const sums = i16x8.add(
    v128.shuffle<i16>(row, row, 7, 5, 7, 5, 7, 5, 7, 5),
    v128.shuffle<i16>(row, row, 3, 1, 3, 1, 3, 1, 3, 1),
  );
  const odds = v128.shuffle<i16>(row, row, 7, 1, 5, 3, 5, 3, 7, 1);
  const even = i32x4.add(
    i32x4.add(
      i32x4.dot_i16x8_s(i16x8.add(in0, in4), i16x8(8192, 0, 8192, 0, 8192, 0, 8192, 0)),
      i32x4.dot_i16x8_s(in26, i16x8(10703, 4433, 4433, -10704, -4433, 10704, -10703, -4433)),
    ),
    i32x4.splat(1 << 17),
  );
  const odd = i32x4.add(
    i32x4.dot_i16x8_s(
      sums,
      i16x8(9633, 9633 - 3196, 9633 - 16069, 9633, 9633, 9633 - 3196, 9633 - 16069, 9633),
    ),
    i32x4.dot_i16x8_s(
      odds,
      i16x8(-7373, 12299 - 7373, -20995, 25172 - 20995, 16819 - 20995, -20995, 2446 - 7373, -7373),
    ),
  );
  const left = i32x4.shr_s(i32x4.add(even, odd), 18);
  const right = i32x4.shr_s(i32x4.sub(even, odd), 18);
  const words = i16x8.narrow_i32x4_s(left, v128.shuffle<i32>(right, right, 3, 2, 1, 0));
  return v128.xor(i8x16.narrow_i16x8_s(words, words), i8x16.splat(-128));
}
