/**
 * Converts rows of component values, a byte each, to planes of red, green and blue, as libjpeg-turbo and, for four components,
 * Pillow do. A plane begins `planeBytes` after the one before. Pixels keep their positions in the row; those from `from`, a
 * multiple of 16, to before `end` are converted, in whole groups of 16.
 */
import { interleaveBytes0, interleaveWords0, interleaveWords1 } from './lanes';
import { mixRows, repeatEnds } from './upsample';

export function paintRgb(
  red: usize,
  green: usize,
  blue: usize,
  planes: usize,
  planeBytes: usize,
  from: i32,
  end: i32,
): void {
  for (let x = <usize>from; x < <usize>end; x += 16) {
    storePixels(planes + x, planeBytes, v128.load(red + x), v128.load(green + x), v128.load(blue + x));
  }
}

export function paintYcbcr(
  luma: usize,
  cbs: usize,
  crs: usize,
  planes: usize,
  planeBytes: usize,
  from: i32,
  end: i32,
): void {
  const toRed = v128.load32_splat(redFactor);
  const toGreen = v128.load32_splat(greenFactors);
  const rounding = v128.load32_splat(greenRounding);
  const toBlue = v128.load32_splat(blueFactor);
  for (let x = <usize>from; x < <usize>end; x += 16) {
    const y = v128.load(luma + x);
    const cb = v128.load(cbs + x);
    const cr = v128.load(crs + x);
    storePixels(
      planes + x,
      planeBytes,
      redOf(y, cr, toRed),
      greenOf(y, cb, cr, toGreen, rounding),
      blueOf(y, cb, toBlue),
    );
  }
}

/**
 * The same where each chroma sample is two pixels wide, and interpolated in both directions or only across. Even pixels are
 * (9 * sample + 3 * (next + left) + left of next + even) >> 4, odd ones take the right neighbours and `odd`.
 *
 * @param nextCbs the row that is mixed in, the same one if none is @param width chroma samples in a row
 * @param even a multiple of 4 @param lines room for i16[2][lineBytes / 2], with 2 bytes before and behind each line's samples
 */
export function paintHalfYcbcr(
  luma: usize,
  cbs: usize,
  nextCbs: usize,
  crs: usize,
  nextCrs: usize,
  width: i32,
  even: i32,
  odd: i32,
  lines: usize,
  lineBytes: usize,
  planes: usize,
  planeBytes: usize,
  from: i32,
  end: i32,
): void {
  const first = max((from >> 1) - 8, 0);
  const last = min(((end + 1) >> 1) + 1, width);
  // Less 128, the middle of chroma, which counts 16 times; `even` counts 4 times.
  const middle = (even >> 2) - 512;
  const crLine = lines + lineBytes;
  mixRows(cbs, nextCbs, middle, lines, first, last);
  mixRows(crs, nextCrs, middle, crLine, first, last);
  repeatEnds(lines, width);
  repeatEnds(crLine, width);
  const odds = i16x8.splat(<i16>(odd - even));
  const lowBytes = v128.load32_splat(lowBytesMask);
  const toRed = v128.load32_splat(redFactor);
  const toGreen = v128.load32_splat(greenFactors);
  const rounding = v128.load32_splat(greenRounding);
  const toBlue = v128.load32_splat(blueFactor);
  // Even pixels mix the sample at x with the one at x - 2, odd ones with that at x + 2.
  const cbLeft = lines - 2;
  const crLeft = crLine - 2;
  for (let x = <usize>from; x < <usize>end; x += 16) {
    const y = v128.load(luma + x);
    const evenY = v128.and(y, lowBytes);
    const oddY = i16x8.shr_u(y, 8);
    const cb = thrice(v128.load(cbLeft + x, 2));
    const evenCb = i16x8.shr_s(i16x8.add(cb, v128.load(cbLeft + x)), 4);
    const oddCb = i16x8.shr_s(i16x8.add(i16x8.add(cb, v128.load(cbLeft + x, 4)), odds), 4);
    const cr = thrice(v128.load(crLeft + x, 2));
    const evenCr = i16x8.shr_s(i16x8.add(cr, v128.load(crLeft + x)), 4);
    const oddCr = i16x8.shr_s(i16x8.add(i16x8.add(cr, v128.load(crLeft + x, 4)), odds), 4);
    storePixels(
      planes + x,
      planeBytes,
      alternating(redHalf(evenY, evenCr, toRed), redHalf(oddY, oddCr, toRed)),
      alternating(
        greenHalf(evenY, evenCb, evenCr, toGreen, rounding),
        greenHalf(oddY, oddCb, oddCr, toGreen, rounding),
      ),
      alternating(blueHalf(evenY, evenCb, toBlue), blueHalf(oddY, oddCb, toBlue)),
    );
  }
}

function thrice(values: v128): v128 {
  return i16x8.add(i16x8.add(values, values), values);
}

/** Two vectors of i16, saturated to bytes, in turn. */
function alternating(evens: v128, odds: v128): v128 {
  return interleaveBytes0(i8x16.narrow_i16x8_u(evens, evens), i8x16.narrow_i16x8_u(odds, odds));
}

export function paintCmyk(
  cyan: usize,
  magenta: usize,
  yellow: usize,
  black: usize,
  planes: usize,
  planeBytes: usize,
  from: i32,
  end: i32,
): void {
  for (let x = <usize>from; x < <usize>end; x += 16) {
    const k = v128.load(black + x);
    storePixels(
      planes + x,
      planeBytes,
      throughBlack(v128.load(cyan + x), k),
      throughBlack(v128.load(magenta + x), k),
      throughBlack(v128.load(yellow + x), k),
    );
  }
}

/** The first three components are the complement of CMY, converted to YCbCr. */
export function paintYcck(
  luma: usize,
  cbs: usize,
  crs: usize,
  black: usize,
  planes: usize,
  planeBytes: usize,
  from: i32,
  end: i32,
): void {
  const toRed = v128.load32_splat(redFactor);
  const toGreen = v128.load32_splat(greenFactors);
  const rounding = v128.load32_splat(greenRounding);
  const toBlue = v128.load32_splat(blueFactor);
  for (let x = <usize>from; x < <usize>end; x += 16) {
    const y = v128.load(luma + x);
    const cb = v128.load(cbs + x);
    const cr = v128.load(crs + x);
    const k = v128.load(black + x);
    storePixels(
      planes + x,
      planeBytes,
      throughBlack(v128.not(redOf(y, cr, toRed)), k),
      throughBlack(v128.not(greenOf(y, cb, cr, toGreen, rounding)), k),
      throughBlack(v128.not(blueOf(y, cb, toBlue)), k),
    );
  }
}

function storePixels(target: usize, planeBytes: usize, red: v128, green: v128, blue: v128): void {
  v128.store(target, red);
  v128.store(target + planeBytes, green);
  v128.store(target + planeBytes * 2, blue);
}

// The factors of ITU-R BT.601 (JFIF), 1.402, 0.344136, 0.714136 and 1.772, in 16-bit fixed point. For all 256 values, rounded
// products of 15 bits of twice the chroma equal the first and the last: 22970 / 32768 * 2, 29033 / 32768 * 2. Those of green,
// 22554 and 46802, are even. They are read from memory, as V8 makes each use of a constant vector from two 64-bit numbers.
const redFactor = memory.data<i16>([22970, 22970]);
const greenFactors = memory.data<i16>([-11277, -23401]);
const greenRounding = memory.data<i32>([1 << 14]);
const blueFactor = memory.data<i16>([29033, 29033]);
const lowBytesMask = memory.data<i16>([255, 255]);

function redOf(y: v128, cr: v128, factor: v128): v128 {
  return i8x16.narrow_i16x8_u(
    redHalf(i16x8.extend_low_i8x16_u(y), centred(i16x8.extend_low_i8x16_u(cr)), factor),
    redHalf(i16x8.extend_high_i8x16_u(y), centred(i16x8.extend_high_i8x16_u(cr)), factor),
  );
}

function redHalf(y: v128, cr: v128, factor: v128): v128 {
  return i16x8.add(y, i16x8.q15mulr_sat_s(i16x8.add(cr, cr), factor));
}

function blueOf(y: v128, cb: v128, factor: v128): v128 {
  return i8x16.narrow_i16x8_u(
    blueHalf(i16x8.extend_low_i8x16_u(y), centred(i16x8.extend_low_i8x16_u(cb)), factor),
    blueHalf(i16x8.extend_high_i8x16_u(y), centred(i16x8.extend_high_i8x16_u(cb)), factor),
  );
}

function blueHalf(y: v128, cb: v128, factor: v128): v128 {
  return i16x8.add(y, i16x8.q15mulr_sat_s(i16x8.add(cb, cb), factor));
}

function greenOf(y: v128, cb: v128, cr: v128, factors: v128, rounding: v128): v128 {
  return i8x16.narrow_i16x8_u(
    greenHalf(
      i16x8.extend_low_i8x16_u(y),
      centred(i16x8.extend_low_i8x16_u(cb)),
      centred(i16x8.extend_low_i8x16_u(cr)),
      factors,
      rounding,
    ),
    greenHalf(
      i16x8.extend_high_i8x16_u(y),
      centred(i16x8.extend_high_i8x16_u(cb)),
      centred(i16x8.extend_high_i8x16_u(cr)),
      factors,
      rounding,
    ),
  );
}

/** Both products are rounded as one. */
function greenHalf(y: v128, cb: v128, cr: v128, factors: v128, rounding: v128): v128 {
  const first = greenProducts(interleaveWords0(cb, cr), factors, rounding);
  const second = greenProducts(interleaveWords1(cb, cr), factors, rounding);
  return i16x8.add(y, i16x8.narrow_i32x4_s(first, second));
}

function greenProducts(chroma: v128, factors: v128, rounding: v128): v128 {
  return i32x4.shr_s(i32x4.add(i32x4.dot_i16x8_s(chroma, factors), rounding), 15);
}

function centred(chroma: v128): v128 {
  return i16x8.sub(chroma, i16x8.splat(128));
}

/**
 * JPEG files store CMYK inverted, with or without Adobe's marker: 255 means no ink. Rounds like Pillow's `convert('RGB')`:
 * black - (product + 128 + ((product + 128) >> 8)) >> 8, with product = (255 - ink) * black.
 */
function throughBlack(ink: v128, black: v128): v128 {
  const paper = v128.not(ink);
  const low = darkening(i16x8.extmul_low_i8x16_u(paper, black));
  const high = darkening(i16x8.extmul_high_i8x16_u(paper, black));
  return i8x16.sub(black, i8x16.narrow_i16x8_u(low, high));
}

function darkening(product: v128): v128 {
  const rounded = i16x8.add(product, i16x8.splat(128));
  return i16x8.shr_u(i16x8.add(rounded, i16x8.shr_u(rounded, 8)), 8);
}
