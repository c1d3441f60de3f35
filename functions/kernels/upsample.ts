/**
 * JPEG's upsampling of a row of samples: libjpeg-turbo's "fancy" interpolation where a component has half the samples, which
 * mixes 3/4 of the sample that a pixel lies in and 1/4 of its neighbour, or plain repetition. Samples and pixels keep their
 * positions in the row; only samples from `from`, a multiple of 8, to before `end` are used, and whole groups of 8 are written.
 */

/** 3 * near + next + rounding, to i16: mixed down, and 4 times too large. */
export function mixRows(near: usize, next: usize, rounding: i32, line: usize, from: i32, end: i32): void {
  const three = i16x8.splat(3);
  const rounded = i16x8.splat(<i16>rounding);
  for (let x = <usize>from; x < <usize>end; x += 8) {
    const mixed = i16x8.add(i16x8.mul(v128.load8x8_u(near + x), three), v128.load8x8_u(next + x));
    v128.store(line + (x << 1), i16x8.add(mixed, rounded));
  }
}

/** Samples to i16, not mixed. */
export function widen(near: usize, line: usize, from: i32, end: i32): void {
  for (let x = <usize>from; x < <usize>end; x += 8) v128.store(line + (x << 1), v128.load8x8_u(near + x));
}

/** Divides what is only mixed down by 4. */
export function quarter(line: usize, target: usize, from: i32, end: i32): void {
  for (let x = <usize>from; x < <usize>end; x += 8) {
    const values = i16x8.shr_u(v128.load(line + (x << 1)), 2);
    v128.store64_lane(target + x, i8x16.narrow_i16x8_u(values, values), 0);
  }
}

/**
 * Two pixels of each value: (3 * value + the one before + even) >> shift, (3 * value + the one after + odd) >> shift. The row's
 * ends are repeated, so that 2 bytes before and behind the line are written.
 *
 * @param line i16[width]
 */
export function doubleAcross(
  line: usize,
  width: i32,
  even: i32,
  odd: i32,
  shift: i32,
  target: usize,
  from: i32,
  end: i32,
): void {
  repeatEnds(line, width);
  const evens = i16x8.splat(<i16>even);
  const odds = i16x8.splat(<i16>odd);
  for (let x = (<usize>from) << 1; x < (<usize>end) << 1; x += 16) {
    const value = v128.load(line + x);
    const near = i16x8.add(i16x8.add(value, value), value);
    const left = i16x8.shr_u(i16x8.add(i16x8.add(near, v128.load(line + x - 2)), evens), shift);
    const right = i16x8.shr_u(i16x8.add(i16x8.add(near, v128.load(line + x + 2)), odds), shift);
    v128.store(target + x, v128.or(left, i16x8.shl(right, 8)));
  }
}

/** Copies the first and the last of i16[width] to the places before and behind them. */
export function repeatEnds(line: usize, width: i32): void {
  const end = line + ((<usize>width) << 1);
  store<i16>(line - 2, load<i16>(line));
  store<i16>(end, load<i16>(end - 2));
}

/** Each sample `ratio` times. */
export function repeatAcross(near: usize, ratio: i32, target: usize, from: i32, end: i32): void {
  let to = target + <usize>(from * ratio);
  for (let x = <usize>from; x < <usize>end; x++) {
    const sample = load<u8>(near + x);
    for (let k = 0; k < ratio; k++) store<u8>(to++, sample);
  }
}
