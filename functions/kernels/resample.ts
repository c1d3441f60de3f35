/**
 * The two passes of Pillow's resampler: int32 sums of bytes times 22-bit weights, rounded and clipped to bytes.
 *
 * SIMD multiplies 16-bit numbers, so that a weight is split: weight = high * 65536 + low, both int16. The sum is then
 * (sum of high products << 16) + sum of low products, exact modulo 2^32.
 */
import { interleaveBytes0, interleaveBytes1 } from './lanes';

const half: i32 = 1 << 21;
const weightBits: i32 = 22;

function lowOf(weight: i32): i16 {
  return <i16>weight;
}

function highOf(weight: i32): i16 {
  return <i16>((weight - <i32>lowOf(weight)) >> 16);
}

/** Weights i32[outputs][most] -> for each output as many groups as hold `most`: 8 low halves and 8 high halves, unused ones 0. */
export function splitWeights(counts: usize, outputs: i32, weights: usize, most: i32, target: usize): void {
  const groups = (most + 7) >> 3;
  for (let i = 0; i < outputs; i++, counts += 4, weights += (<usize>most) << 2) {
    const taps = load<i32>(counts);
    for (let k = 0; k < groups << 3; k++) {
      const weight = k < taps ? load<i32>(weights + (k << 2)) : 0;
      const place = target + ((<usize>(k >> 3)) << 5) + ((<usize>(k & 7)) << 1);
      store<i16>(place, lowOf(weight));
      store<i16>(place, highOf(weight), 16);
    }
    target += (<usize>groups) << 5;
  }
}

/** RGB triples -> a plane of each colour. Reads and writes whole groups of 16 pixels. */
function splitColours(rgb: usize, pixels: i32, red: usize, green: usize, blue: usize): void {
  for (let x = 0; x < pixels; x += 16, rgb += 48) {
    const a = v128.load(rgb);
    const b = v128.load(rgb, 16);
    const c = v128.load(rgb, 32);
    const r = v128.shuffle<i8>(a, b, 0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 0, 0, 0, 0, 0);
    const g = v128.shuffle<i8>(a, b, 1, 4, 7, 10, 13, 16, 19, 22, 25, 28, 31, 0, 0, 0, 0, 0);
    const v = v128.shuffle<i8>(a, b, 2, 5, 8, 11, 14, 17, 20, 23, 26, 29, 0, 0, 0, 0, 0, 0);
    v128.store(red + x, v128.shuffle<i8>(r, c, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 17, 20, 23, 26, 29));
    v128.store(green + x, v128.shuffle<i8>(g, c, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 18, 21, 24, 27, 30));
    v128.store(blue + x, v128.shuffle<i8>(v, c, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 19, 22, 25, 28, 31));
  }
}

/**
 * Horizontal pass: a row of RGB triples -> `outputs` RGB triples.
 *
 * @param planes room for three planes of `planeBytes`, at least `pixels` + 16 bytes each
 * @param split as `splitWeights` writes them
 */
export function mixAcross(
  rgb: usize,
  pixels: i32,
  planes: usize,
  planeBytes: i32,
  starts: usize,
  counts: usize,
  outputs: i32,
  split: usize,
  most: i32,
  target: usize,
): void {
  const green = <usize>planeBytes;
  const blue = green * 2;
  splitColours(rgb, pixels, planes, planes + green, planes + blue);
  const step = (<usize>((most + 7) >> 3)) << 5;
  const zero = i64x2.splat(0);
  for (let i = 0; i < outputs; i++, starts += 4, counts += 4, target += 3, split += step) {
    let at = planes + <usize>load<i32>(starts);
    const end = at + <usize>load<i32>(counts);
    let redLow = zero;
    let redHigh = zero;
    let greenLow = zero;
    let greenHigh = zero;
    let blueLow = zero;
    let blueHigh = zero;
    for (let weights = split; at < end; at += 8, weights += 32) {
      const low = v128.load(weights);
      const high = v128.load(weights, 16);
      const r = v128.load8x8_u(at);
      redLow = i32x4.add(redLow, i32x4.dot_i16x8_s(r, low));
      redHigh = i32x4.add(redHigh, i32x4.dot_i16x8_s(r, high));
      const g = v128.load8x8_u(at + green);
      greenLow = i32x4.add(greenLow, i32x4.dot_i16x8_s(g, low));
      greenHigh = i32x4.add(greenHigh, i32x4.dot_i16x8_s(g, high));
      const b = v128.load8x8_u(at + blue);
      blueLow = i32x4.add(blueLow, i32x4.dot_i16x8_s(b, low));
      blueHigh = i32x4.add(blueHigh, i32x4.dot_i16x8_s(b, high));
    }
    store<u8>(target, totalOf(redLow, redHigh));
    store<u8>(target, totalOf(greenLow, greenHigh), 1);
    store<u8>(target, totalOf(blueLow, blueHigh), 2);
  }
}

function totalOf(low: v128, high: v128): u8 {
  const four = i32x4.add(i32x4.shl(high, 16), low);
  const two = i32x4.add(four, v128.shuffle<i32>(four, four, 2, 3, 0, 1));
  const sum = i32x4.extract_lane(two, 0) + i32x4.extract_lane(two, 1);
  return <u8>max(0, min((sum + half) >> weightBits, 255));
}

/**
 * Vertical pass: one output row. Row k of its source is in slot (firstSlot + k) % slots of a ring of rows.
 *
 * @param length bytes of a row; whole groups of 16 are read and written
 * @param scratch 16 bytes for every two weights, rounded up
 */
export function mixDown(
  ring: usize,
  rowBytes: i32,
  slots: i32,
  firstSlot: i32,
  weights: usize,
  taps: i32,
  length: i32,
  scratch: usize,
  target: usize,
): void {
  const end = planRows(ring, rowBytes, slots, firstSlot, weights, taps, scratch);
  const rounding = i32x4.splat(half);
  const zero = i64x2.splat(0);
  for (let x: usize = 0; x < <usize>length; x += 16) {
    let low0 = rounding;
    let low1 = rounding;
    let low2 = rounding;
    let low3 = rounding;
    let high0 = zero;
    let high1 = zero;
    let high2 = zero;
    let high3 = zero;
    for (let pair = scratch; pair < end; pair += 16) {
      const a = v128.load(<usize>load<u32>(pair) + x);
      const b = v128.load(<usize>load<u32>(pair, 4) + x);
      const low = v128.load32_splat(pair, 8);
      const high = v128.load32_splat(pair, 12);
      const ab0 = interleaveBytes0(a, b);
      const ab1 = interleaveBytes1(a, b);
      const p0 = i16x8.extend_low_i8x16_u(ab0);
      const p1 = i16x8.extend_high_i8x16_u(ab0);
      const p2 = i16x8.extend_low_i8x16_u(ab1);
      const p3 = i16x8.extend_high_i8x16_u(ab1);
      low0 = i32x4.add(low0, i32x4.dot_i16x8_s(p0, low));
      low1 = i32x4.add(low1, i32x4.dot_i16x8_s(p1, low));
      low2 = i32x4.add(low2, i32x4.dot_i16x8_s(p2, low));
      low3 = i32x4.add(low3, i32x4.dot_i16x8_s(p3, low));
      high0 = i32x4.add(high0, i32x4.dot_i16x8_s(p0, high));
      high1 = i32x4.add(high1, i32x4.dot_i16x8_s(p1, high));
      high2 = i32x4.add(high2, i32x4.dot_i16x8_s(p2, high));
      high3 = i32x4.add(high3, i32x4.dot_i16x8_s(p3, high));
    }
    const words0 = i16x8.narrow_i32x4_s(joined(low0, high0), joined(low1, high1));
    const words1 = i16x8.narrow_i32x4_s(joined(low2, high2), joined(low3, high3));
    v128.store(target + x, i8x16.narrow_i16x8_u(words0, words1));
  }
}

function joined(low: v128, high: v128): v128 {
  return i32x4.shr_s(i32x4.add(low, i32x4.shl(high, 16)), weightBits);
}

/** Writes for every two source rows their addresses, low halves and high halves of their weights. Returns the end. */
function planRows(
  ring: usize,
  rowBytes: i32,
  slots: i32,
  firstSlot: i32,
  weights: usize,
  taps: i32,
  scratch: usize,
): usize {
  let slot = firstSlot;
  const even = (taps + 1) & ~1;
  for (let k = 0; k < even; k++) {
    // An odd row out is paired with itself at a weight of zero.
    const weight = k < taps ? load<i32>(weights + (k << 2)) : 0;
    const pair = scratch + ((<usize>(k >> 1)) << 4);
    const row = k < taps ? <u32>(ring + <usize>slot * <usize>rowBytes) : load<u32>(pair);
    store<u32>(pair + ((<usize>(k & 1)) << 2), row);
    store<i16>(pair + ((<usize>(k & 1)) << 1), lowOf(weight), 8);
    store<i16>(pair + ((<usize>(k & 1)) << 1), highOf(weight), 12);
    if (++slot === slots) slot = 0;
  }
  return scratch + ((<usize>(even >> 1)) << 4);
}
