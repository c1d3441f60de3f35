/**
 * The two passes of Pillow's resampler: int32 sums of bytes times 22-bit weights, rounded and clipped to bytes.
 *
 * SIMD multiplies 16-bit numbers, so that a weight is split in two.
 */
import {
  interleaveBytes0,
  interleaveBytes1,
  interleaveDoubles0,
  interleaveDoubles1,
  interleaveHalves0,
  interleaveHalves1,
} from './lanes';

const half: i32 = 1 << 21;
const weightBits: i32 = 22;

/**
 * The weights of the horizontal pass: weight = (coarse << shift) + fine, both int16. Coarse parts alone give a sum that is
 * wrong by at most `error`, which decides most bytes; the others also take the fine parts, and are exact.
 */
@unmanaged
class SplitWeights {
  shift: i32;
  /** The largest sum of fine parts of one sign, times 255. */
  error: i32;
  /** Bytes of an output's coarse parts, which as many fine ones follow. */
  step: i32;
  unused: i32;
}

/** The bytes that `splitWeights` writes. */
export function splitBytes(outputs: i32, most: i32): i32 {
  return offsetof<SplitWeights>() + outputs * (groupsOf(most) << 5);
}

/** Groups of 8 taps. */
function groupsOf(most: i32): i32 {
  return (most + 7) >> 3;
}

/** Splits weights i32[outputs][most], of less than 2^30, of which `counts` are used. Groups are filled up with zeros. */
export function splitWeights(counts: usize, outputs: i32, weights: usize, most: i32, target: usize): void {
  const split = changetype<SplitWeights>(target);
  const step = groupsOf(most) << 4;
  const shift = shiftOf(counts, outputs, weights, most);
  let error = 0;
  let row = target + offsetof<SplitWeights>();
  for (let i = 0; i < outputs; i++, row += (<usize>step) << 1) {
    const taps = load<i32>(counts + (i << 2));
    let above = 0;
    let below = 0;
    for (let k = 0; k < taps; k++) {
      const weight = load<i32>(weights + ((<usize>(i * most + k)) << 2));
      const coarse = (weight + ((1 << shift) >> 1)) >> shift;
      const fine = weight - (coarse << shift);
      store<i16>(row + ((<usize>k) << 1), coarse);
      store<i16>(row + <usize>step + ((<usize>k) << 1), fine);
      if (fine > 0) above += fine;
      else below -= fine;
    }
    error = max(error, 255 * max(above, below));
  }
  split.shift = shift;
  split.error = error;
  split.step = step;
}

/** The smallest shift after which all weights fit in 16 bits. */
function shiftOf(counts: usize, outputs: i32, weights: usize, most: i32): i32 {
  let largest = 0;
  for (let i = 0; i < outputs; i++) {
    const taps = load<i32>(counts + (i << 2));
    for (let k = 0; k < taps; k++)
      largest = max(largest, abs(load<i32>(weights + ((<usize>(i * most + k)) << 2))));
  }
  let shift = 0;
  while ((largest + ((1 << shift) >> 1)) >> shift > 32767) shift++;
  return shift;
}

/**
 * Horizontal pass: a row's planes of red, green and blue -> `outputs` RGB triples. Reads up to 7 bytes beyond an output's pixels.
 *
 * @param planeBytes bytes from a plane to the next @param split as `splitWeights` writes them
 */
export function mixAcross(
  planes: usize,
  planeBytes: usize,
  starts: usize,
  counts: usize,
  outputs: i32,
  split: usize,
  target: usize,
): void {
  // A product, because V8 takes four instructions to shift by a variable.
  const scale = i32x4.splat(1 << changetype<SplitWeights>(split).shift);
  const error = changetype<SplitWeights>(split).error;
  const step = changetype<SplitWeights>(split).step;
  const lowest = i32x4.splat(half - error);
  const range = i32x4.splat(error << 1);
  let weights = split + offsetof<SplitWeights>();
  const end = target + <usize>outputs * 3;
  for (; target < end; target += 3, starts += 4, counts += 4, weights += (<usize>step) << 1) {
    const at = planes + <usize>load<i32>(starts);
    const atEnd = at + <usize>load<i32>(counts);
    const coarse = i32x4.mul(sumsOf(at, atEnd, planeBytes, weights), scale);
    const least = i32x4.add(coarse, lowest);
    let bytes = i32x4.shr_s(least, weightBits);
    if (v128.any_true(v128.xor(bytes, i32x4.shr_s(i32x4.add(least, range), weightBits)))) {
      const exact = i32x4.add(coarse, sumsOf(at, atEnd, planeBytes, weights + step));
      bytes = i32x4.shr_s(i32x4.add(exact, i32x4.splat(half)), weightBits);
    }
    const words = i16x8.narrow_i32x4_s(bytes, bytes);
    const triple = i8x16.narrow_i16x8_u(words, words);
    v128.store16_lane(target, triple, 0);
    v128.store8_lane(target, triple, 2, 2);
  }
}

/** The sums of a red, a green and a blue plane's bytes times weights, and the blue one again. */
function sumsOf(at: usize, end: usize, planeBytes: usize, weights: usize): v128 {
  let red = i64x2.splat(0);
  let green = i64x2.splat(0);
  let blue = i64x2.splat(0);
  for (; at < end; at += 8, weights += 16) {
    const eight = v128.load(weights);
    red = i32x4.add(red, i32x4.dot_i16x8_s(v128.load8x8_u(at), eight));
    green = i32x4.add(green, i32x4.dot_i16x8_s(v128.load8x8_u(at + planeBytes), eight));
    blue = i32x4.add(blue, i32x4.dot_i16x8_s(v128.load8x8_u(at + planeBytes * 2), eight));
  }
  const redGreen = i32x4.add(interleaveDoubles0(red, green), interleaveDoubles1(red, green));
  const blues = i32x4.add(interleaveDoubles0(blue, blue), interleaveDoubles1(blue, blue));
  return i32x4.add(interleaveHalves0(redGreen, blues), interleaveHalves1(redGreen, blues));
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

function lowOf(weight: i32): i16 {
  return <i16>weight;
}

function highOf(weight: i32): i16 {
  return <i16>((weight - <i32>lowOf(weight)) >> 16);
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
