/**
 * The weights with which Pillow's resampling filters mix source pixels, in its 8-bit fixed point: a weight of 1 is 2^22.
 * Method: `precompute_coeffs` and `normalize_coeffs_8bpc` in Pillow's Resample.c.
 */

// JavaScript's own: WebAssembly has none, and another library's could differ in the last bit.
declare function sin(x: f64): f64;
declare function cos(x: f64): f64;

const box: i32 = 0;
const bilinear: i32 = 1;
const hamming: i32 = 2;
const bicubic: i32 = 3;

/** The distance, in output pixels, beyond which a filter's weight is zero. */
function supportOf(filter: i32): f64 {
  if (filter === box) return 0.5;
  if (filter === bicubic) return 2;
  return filter === bilinear || filter === hamming ? 1 : 3;
}

/** A filter's weight at a signed distance in output pixels. */
function weigh(filter: i32, x: f64): f64 {
  const distance = abs(x);
  if (filter === box) return x > -0.5 && x <= 0.5 ? 1 : 0;
  if (filter === bilinear) return max<f64>(1 - distance, 0);
  if (filter === hamming) {
    return distance < 1 ? sinc(x) * (<f64>(<f32>0.54) + <f64>(<f32>0.46) * cos(x * Math.PI)) : 0;
  }
  if (filter === bicubic) {
    const a: f64 = -0.5;
    if (distance < 1) return ((a + 2) * distance - (a + 3)) * distance * distance + 1;
    return distance < 2 ? (((distance - 5) * distance + 8) * distance - 4) * a : 0;
  }
  return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0;
}

function sinc(x: f64): f64 {
  return x === 0 ? 1 : sin(x * Math.PI) / (x * Math.PI);
}

/** At least as many source pixels as any output mixes when an axis shrinks by `scale`. */
export function mostTaps(filter: i32, scale: f64): i32 {
  return <i32>ceil(supportOf(filter) * max<f64>(scale, 1)) * 2 + 1;
}

/**
 * Plans the outputs `first` to `first + kept - 1` of pixels `from` to `from + size`, scaled to `count`. Filters reach beyond
 * the span, up to the `length` of the axis. Output i is the sum of weights[i][k] times source pixel starts[i] + k.
 *
 * @param starts i32[kept] @param counts i32[kept]: the number of weights of each output
 * @param weights i32[kept][most] @param scratch f64[most]
 */
export function planTaps(
  filter: i32,
  length: i32,
  from: f64,
  size: f64,
  count: i32,
  first: i32,
  kept: i32,
  most: i32,
  starts: usize,
  counts: usize,
  weights: usize,
  scratch: usize,
): void {
  const scale = size / <f64>count;
  const stretch = max<f64>(scale, 1);
  const reach = supportOf(filter) * stretch;
  const perPixel = 1 / stretch;
  for (let i = 0; i < kept; i++) {
    const center = from + (<f64>(first + i) + 0.5) * scale;
    const start = <i32>max<f64>(trunc(center - reach + 0.5), 0);
    const taps = <i32>min<f64>(trunc(center + reach + 0.5), <f64>length) - start;
    let sum: f64 = 0;
    for (let k = 0; k < taps; k++) {
      const weight = weigh(filter, (<f64>(k + start) - center + 0.5) * perPixel);
      store<f64>(scratch + (k << 3), weight);
      sum += weight;
    }
    store<i32>(starts + (i << 2), start);
    store<i32>(counts + (i << 2), taps);
    const row = weights + <usize>(i * most) * 4;
    for (let k = 0; k < taps; k++) {
      store<i32>(row + (k << 2), toFixedPoint(load<f64>(scratch + (k << 3)) / sum));
    }
  }
}

/** Rounds half away from zero. */
function toFixedPoint(weight: f64): i32 {
  const scaled = weight * 4194304;
  return <i32>trunc(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
}
