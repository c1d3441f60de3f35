/**
 * Dequantisation and the inverse DCT of JPEG (ITU-T T.81, clauses A.3.3 and A.3.4), as libjpeg-turbo computes them by default
 * ("islow") in its x86 vector code: columns first, then rows, with the butterfly of Loeffler, Ligtenberg and Moschytz (1989) in
 * 13-bit fixed point. Overflows of coefficients larger than any encoder writes are the same: sums of inputs wrap to 16 bits,
 * outputs of a pass saturate.
 */
import {
  interleaveBytes0,
  interleaveBytes1,
  interleaveDoubles0,
  interleaveDoubles1,
  interleaveHalves0,
  interleaveHalves1,
  interleaveWords0,
  interleaveWords1,
} from './lanes';

/** i16[64]: the outputs of a pass. */
const outputs = memory.data(128, 16);

const columnShift: i32 = 11;
const rowShift: i32 = 18;

/** Transforms a block and clears it. */
export function transformBlock(block: usize, quantization: usize, target: usize, stride: usize): void {
  if (!hasFirstRowOnly(block)) {
    transformColumns(block, quantization);
    transformRows(target, stride);
    clearBlock(block);
  } else {
    const first = i16x8.mul(v128.load(block), v128.load(quantization));
    if (isDcOnly(block)) {
      fillBlock(i16x8.extract_lane_s(first, 0), target, stride);
    } else {
      repeatFirstRow(first);
      transformRows(target, stride);
    }
    v128.store(block, i64x2.splat(0));
  }
}

/** True if no coefficient below the first row is set. */
export function hasFirstRowOnly(block: usize): bool {
  const below = v128.or(v128.or(rowOf(block, 1), rowOf(block, 2)), v128.or(rowOf(block, 3), rowOf(block, 4)));
  const lower = v128.or(v128.or(rowOf(block, 5), rowOf(block, 6)), rowOf(block, 7));
  return !v128.any_true(v128.or(below, lower));
}

/** True if no coefficient of the first row but DC is set. */
export function isDcOnly(block: usize): bool {
  return load<i64>(block) >>> 16 === 0 && load<i64>(block, 8) === 0;
}

/** Faster than `memory.fill`, which V8 calls as a function in C. */
function clearBlock(block: usize): void {
  for (let row = 0; row < 8; row++) v128.store(block + (row << 4), i64x2.splat(0));
}

function rowOf(block: usize, row: usize): v128 {
  return v128.load(block + (row << 4));
}

/** Writes the samples of a block of DC alone, dequantised. */
export function fillBlock(dc: i32, target: usize, stride: usize): void {
  const value = ((<i32>(<i16>(dc << 2)) + 16) >> 5) + 128;
  const samples = i8x16.splat(<i8>max(0, min(value, 255)));
  for (let y = 0; y < 8; y++, target += stride) v128.store64_lane(target, samples, 0);
}

/** The column pass where all rows but the first are zero. libjpeg-turbo's shortcut wraps where its butterfly saturates. */
function repeatFirstRow(first: v128): void {
  const scaled = i16x8.shl(first, 2);
  for (let at = outputs; at < outputs + 128; at += 16) v128.store(at, scaled);
}

function transformColumns(block: usize, quantization: usize): void {
  inline.always(
    pass(
      dequantised(block, quantization, 0),
      dequantised(block, quantization, 1),
      dequantised(block, quantization, 2),
      dequantised(block, quantization, 3),
      dequantised(block, quantization, 4),
      dequantised(block, quantization, 5),
      dequantised(block, quantization, 6),
      dequantised(block, quantization, 7),
      columnShift,
    ),
  );
}

export function dequantised(block: usize, quantization: usize, row: usize): v128 {
  return i16x8.mul(rowOf(block, row), rowOf(quantization, row));
}

/** Transforms the transposed outputs of the column pass, and writes the samples. */
function transformRows(target: usize, stride: usize): void {
  // Transposed by interleaving three times: words, pairs of words, halves.
  const a0 = interleaveWords0(rowOf(outputs, 0), rowOf(outputs, 1));
  const a1 = interleaveWords1(rowOf(outputs, 0), rowOf(outputs, 1));
  const a2 = interleaveWords0(rowOf(outputs, 2), rowOf(outputs, 3));
  const a3 = interleaveWords1(rowOf(outputs, 2), rowOf(outputs, 3));
  const a4 = interleaveWords0(rowOf(outputs, 4), rowOf(outputs, 5));
  const a5 = interleaveWords1(rowOf(outputs, 4), rowOf(outputs, 5));
  const a6 = interleaveWords0(rowOf(outputs, 6), rowOf(outputs, 7));
  const a7 = interleaveWords1(rowOf(outputs, 6), rowOf(outputs, 7));
  const b0 = interleaveDoubles0(a0, a2);
  const b1 = interleaveDoubles1(a0, a2);
  const b2 = interleaveDoubles0(a1, a3);
  const b3 = interleaveDoubles1(a1, a3);
  const b4 = interleaveDoubles0(a4, a6);
  const b5 = interleaveDoubles1(a4, a6);
  const b6 = interleaveDoubles0(a5, a7);
  const b7 = interleaveDoubles1(a5, a7);
  inline.always(
    pass(
      interleaveHalves0(b0, b4),
      interleaveHalves1(b0, b4),
      interleaveHalves0(b1, b5),
      interleaveHalves1(b1, b5),
      interleaveHalves0(b2, b6),
      interleaveHalves1(b2, b6),
      interleaveHalves0(b3, b7),
      interleaveHalves1(b3, b7),
      rowShift,
    ),
  );
  storeSamples(target, stride);
}

/** The outputs are columns of samples less 128: saturates them to bytes and transposes them. */
function storeSamples(target: usize, stride: usize): void {
  const c04 = i8x16.narrow_i16x8_s(rowOf(outputs, 0), rowOf(outputs, 4));
  const c15 = i8x16.narrow_i16x8_s(rowOf(outputs, 1), rowOf(outputs, 5));
  const c26 = i8x16.narrow_i16x8_s(rowOf(outputs, 2), rowOf(outputs, 6));
  const c37 = i8x16.narrow_i16x8_s(rowOf(outputs, 3), rowOf(outputs, 7));
  const c01 = interleaveBytes0(c04, c15);
  const c45 = interleaveBytes1(c04, c15);
  const c23 = interleaveBytes0(c26, c37);
  const c67 = interleaveBytes1(c26, c37);
  const left0 = interleaveWords0(c01, c23);
  const left1 = interleaveWords1(c01, c23);
  const right0 = interleaveWords0(c45, c67);
  const right1 = interleaveWords1(c45, c67);
  const middle = v128.load32_splat(middles);
  storeTwoRows(interleaveDoubles0(left0, right0), middle, target, stride);
  storeTwoRows(interleaveDoubles1(left0, right0), middle, target + 2 * stride, stride);
  storeTwoRows(interleaveDoubles0(left1, right1), middle, target + 4 * stride, stride);
  storeTwoRows(interleaveDoubles1(left1, right1), middle, target + 6 * stride, stride);
}

function storeTwoRows(rows: v128, middle: v128, target: usize, stride: usize): void {
  const samples = v128.xor(rows, middle);
  v128.store64_lane(target, samples, 0);
  v128.store64_lane(target + stride, samples, 1);
}

/**
 * i16[8][2], two factors for each pair of inputs. They are read from memory, as V8 makes each use of a constant vector from
 * 64-bit numbers.
 */
const factors = memory.data<i16>([
  10703,
  4433,
  4433,
  -10704,
  9633 - 16069,
  9633,
  9633,
  9633 - 3196,
  2446 - 7373,
  -7373,
  -7373,
  12299 - 7373,
  16819 - 20995,
  -20995,
  -20995,
  25172 - 20995,
]);
/** 128 for each sample. */
const middles = memory.data<u8>([128, 128, 128, 128]);
const columnHalf = memory.data<i32>([1 << (columnShift - 1)]);
const rowHalf = memory.data<i32>([1 << (rowShift - 1)]);

/**
 * One pass over 8 columns at once: writes (transformed + half) >> shift to `outputs`.
 * The butterfly's products are regrouped by pairs of inputs, as one instruction multiplies and adds two 16-bit numbers.
 */
function pass(
  in0: v128,
  in1: v128,
  in2: v128,
  in3: v128,
  in4: v128,
  in5: v128,
  in6: v128,
  in7: v128,
  shift: i32,
): void {
  const half = v128.load32_splat(shift === rowShift ? rowHalf : columnHalf);
  // Even inputs.
  const in26l = interleaveWords0(in2, in6);
  const in26h = interleaveWords1(in2, in6);
  const to3 = v128.load32_splat(factors, 0); // 0.541 + 0.765, 0.541
  const to2 = v128.load32_splat(factors, 4); // 0.541, 0.541 - 1.848
  const e3l = i32x4.dot_i16x8_s(in26l, to3);
  const e3h = i32x4.dot_i16x8_s(in26h, to3);
  const e2l = i32x4.dot_i16x8_s(in26l, to2);
  const e2h = i32x4.dot_i16x8_s(in26h, to2);
  const sum04 = i16x8.add(in0, in4);
  const difference04 = i16x8.sub(in0, in4);
  const e0l = i32x4.add(i32x4.shl(i32x4.extend_low_i16x8_s(sum04), 13), half);
  const e0h = i32x4.add(i32x4.shl(i32x4.extend_high_i16x8_s(sum04), 13), half);
  const e1l = i32x4.add(i32x4.shl(i32x4.extend_low_i16x8_s(difference04), 13), half);
  const e1h = i32x4.add(i32x4.shl(i32x4.extend_high_i16x8_s(difference04), 13), half);
  // Odd inputs.
  const sum73 = i16x8.add(in7, in3);
  const sum51 = i16x8.add(in5, in1);
  const sumsl = interleaveWords0(sum73, sum51);
  const sumsh = interleaveWords1(sum73, sum51);
  const toZ3 = v128.load32_splat(factors, 8); // 1.176 - 1.962, 1.176
  const toZ4 = v128.load32_splat(factors, 12); // 1.176, 1.176 - 0.390
  const z3l = i32x4.dot_i16x8_s(sumsl, toZ3);
  const z3h = i32x4.dot_i16x8_s(sumsh, toZ3);
  const z4l = i32x4.dot_i16x8_s(sumsl, toZ4);
  const z4h = i32x4.dot_i16x8_s(sumsh, toZ4);
  const in71l = interleaveWords0(in7, in1);
  const in71h = interleaveWords1(in7, in1);
  const to0 = v128.load32_splat(factors, 16); // 0.299 - 0.900, -0.900
  const o0l = i32x4.add(i32x4.dot_i16x8_s(in71l, to0), z3l);
  const o0h = i32x4.add(i32x4.dot_i16x8_s(in71h, to0), z3h);
  const toO3 = v128.load32_splat(factors, 20); // -0.900, 1.501 - 0.900
  const o3l = i32x4.add(i32x4.dot_i16x8_s(in71l, toO3), z4l);
  const o3h = i32x4.add(i32x4.dot_i16x8_s(in71h, toO3), z4h);
  const in53l = interleaveWords0(in5, in3);
  const in53h = interleaveWords1(in5, in3);
  const toO1 = v128.load32_splat(factors, 24); // 2.053 - 2.563, -2.563
  const o1l = i32x4.add(i32x4.dot_i16x8_s(in53l, toO1), z4l);
  const o1h = i32x4.add(i32x4.dot_i16x8_s(in53h, toO1), z4h);
  const toO2 = v128.load32_splat(factors, 28); // -2.563, 3.073 - 2.563
  const o2l = i32x4.add(i32x4.dot_i16x8_s(in53l, toO2), z3l);
  const o2h = i32x4.add(i32x4.dot_i16x8_s(in53h, toO2), z3h);

  putMirrored(0, i32x4.add(e0l, e3l), i32x4.add(e0h, e3h), o3l, o3h, shift);
  putMirrored(1, i32x4.add(e1l, e2l), i32x4.add(e1h, e2h), o2l, o2h, shift);
  putMirrored(2, i32x4.sub(e1l, e2l), i32x4.sub(e1h, e2h), o1l, o1h, shift);
  putMirrored(3, i32x4.sub(e0l, e3l), i32x4.sub(e0h, e3h), o0l, o0h, shift);
}

/** Outputs k and 7 - k are the sum and the difference of an even and an odd part. */
function putMirrored(k: usize, evenl: v128, evenh: v128, oddl: v128, oddh: v128, shift: i32): void {
  const sum = i16x8.narrow_i32x4_s(
    i32x4.shr_s(i32x4.add(evenl, oddl), shift),
    i32x4.shr_s(i32x4.add(evenh, oddh), shift),
  );
  const difference = i16x8.narrow_i32x4_s(
    i32x4.shr_s(i32x4.sub(evenl, oddl), shift),
    i32x4.shr_s(i32x4.sub(evenh, oddh), shift),
  );
  v128.store(outputs + (k << 4), sum);
  v128.store(outputs + ((7 - k) << 4), difference);
}
