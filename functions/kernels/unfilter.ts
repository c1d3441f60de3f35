/**
 * Reverses PNG's filters, which store a byte as the difference from a prediction by its neighbours (PNG specification, clause 9).
 * All bytes of a pixel are restored at once. Lines are in whole pixels, and up to 16 bytes behind them are read and written.
 */
const sub: i32 = 1;
const up: i32 = 2;
const average: i32 = 3;
const paeth: i32 = 4;

/**
 * Restores a line in place.
 *
 * @param filter 0 to 4; 0 leaves the line as it is
 * @param above the restored line above; zeros for the first
 * @param step bytes per pixel: 1, 2, 3, 4, 6 or 8
 */
export function unfilter(filter: i32, line: usize, above: usize, bytes: i32, step: i32): void {
  const end = line + <usize>bytes;
  if (filter === sub) addLeft(line, end, step);
  else if (filter === up) addAbove(line, end, above);
  else if (filter === average) addAverage(line, end, above, step);
  else if (filter === paeth) addNearest(line, end, above, step);
}

function addLeft(line: usize, end: usize, step: i32): void {
  let left = i64x2.splat(0);
  for (; line < end; line += step) {
    left = i8x16.add(left, v128.load64_zero(line));
    storePixel(line, left, step);
  }
}

function addAbove(line: usize, end: usize, above: usize): void {
  for (; line < end; line += 16, above += 16) {
    v128.store(line, i8x16.add(v128.load(line), v128.load(above)));
  }
}

/** The average is rounded down, and that of WebAssembly up. */
function addAverage(line: usize, end: usize, above: usize, step: i32): void {
  const one = i8x16.splat(1);
  let left = i64x2.splat(0);
  for (; line < end; line += step, above += step) {
    const upper = v128.load64_zero(above);
    const roundedUp = v128.and(v128.xor(left, upper), one);
    const mean = i8x16.sub(i8x16.avgr_u(left, upper), roundedUp);
    left = i8x16.add(v128.load64_zero(line), mean);
    storePixel(line, left, step);
  }
}

/** Paeth's: whichever of left, above and upper left is nearest to left + above - upper left, the first on ties. */
function addNearest(line: usize, end: usize, above: usize, step: i32): void {
  const low = i16x8.splat(255);
  let left = i64x2.splat(0);
  let corner = left;
  for (; line < end; line += step, above += step) {
    const upper = v128.load8x8_u(above);
    const fromUpper = i16x8.sub(left, corner);
    const fromLeft = i16x8.sub(upper, corner);
    const leftDistance = i16x8.abs(fromLeft);
    const upperDistance = i16x8.abs(fromUpper);
    const cornerDistance = i16x8.abs(i16x8.add(fromLeft, fromUpper));
    const least = i16x8.min_s(leftDistance, upperDistance);
    const side = v128.bitselect(upper, left, i16x8.gt_s(leftDistance, upperDistance));
    const nearest = v128.bitselect(corner, side, i16x8.gt_s(least, cornerDistance));
    left = v128.and(i16x8.add(v128.load8x8_u(line), nearest), low);
    storePixel(line, i8x16.narrow_i16x8_u(left, left), step);
    corner = upper;
  }
}

/** Stores the first bytes and none of the next pixel's, which the processor could otherwise not load until the store is done. */
function storePixel(at: usize, pixel: v128, step: i32): void {
  if (step === 3) {
    v128.store16_lane(at, pixel, 0);
    v128.store8_lane(at, pixel, 2, 2);
  } else if (step === 4) v128.store32_lane(at, pixel, 0);
  else if (step === 1) v128.store8_lane(at, pixel, 0);
  else if (step === 2) v128.store16_lane(at, pixel, 0);
  else if (step === 8) v128.store64_lane(at, pixel, 0);
  else {
    v128.store32_lane(at, pixel, 0);
    v128.store16_lane(at, pixel, 2, 4);
  }
}
