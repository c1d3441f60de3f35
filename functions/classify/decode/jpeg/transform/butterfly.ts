/**
 * The one-dimensional inverse DCT of 8 values: the butterfly of Loeffler, Ligtenberg and Moschytz (1989) in 13-bit fixed
 * point. Its outputs are scaled by sqrt(8); the last shift divides the results of the two passes by 8.
 */

/** Fractional bits of the constants. */
const constantBits = 13;
/** Fractional bits kept between the passes. */
const keptBits = 2;
export const columnShift = constantBits - keptBits;
export const rowShift = constantBits + keptBits + 3;

function fixed(value: number): number {
  return Math.round(value * (1 << constantBits));
}
export const c0_298 = fixed(0.298631336);
export const c0_390 = fixed(0.390180644);
export const c0_541 = fixed(0.5411961);
export const c0_765 = fixed(0.765366865);
export const c0_899 = fixed(0.899976223);
export const c1_175 = fixed(1.175875602);
export const c1_501 = fixed(1.50132111);
export const c1_847 = fixed(1.847759065);
export const c1_961 = fixed(1.96157056);
export const c2_053 = fixed(2.053119869);
export const c2_562 = fixed(2.562915447);
export const c3_072 = fixed(3.072711026);

/**
 * Transforms the 8 values at `at`, `at + step`, … of `input` and writes (value + bias) >> shift to the same indices of
 * `output`. Exact as long as the sums fit in 32 bits.
 */
export function butterfly(
  input: Int32Array,
  output: Int32Array,
  at: number,
  step: number,
  bias: number,
  shift: number,
): void {
  const { imul } = Math;
  const in2 = input[at + 2 * step];
  const in6 = input[at + 6 * step];
  const rotated = imul(in2 + in6, c0_541);
  const even2 = rotated - imul(in6, c1_847);
  const even3 = rotated + imul(in2, c0_765);
  const in0 = input[at];
  const in4 = input[at + 4 * step];
  const even0 = ((in0 + in4) << constantBits) + bias;
  const even1 = ((in0 - in4) << constantBits) + bias;
  const sum03 = even0 + even3;
  const difference03 = even0 - even3;
  const sum12 = even1 + even2;
  const difference12 = even1 - even2;

  const in7 = input[at + 7 * step];
  const in5 = input[at + 5 * step];
  const in3 = input[at + 3 * step];
  const in1 = input[at + step];
  const z5 = imul(in7 + in3 + in5 + in1, c1_175);
  const z1 = imul(in7 + in1, -c0_899);
  const z2 = imul(in5 + in3, -c2_562);
  const z3 = imul(in7 + in3, -c1_961) + z5;
  const z4 = imul(in5 + in1, -c0_390) + z5;
  const odd0 = imul(in7, c0_298) + z1 + z3;
  const odd1 = imul(in5, c2_053) + z2 + z4;
  const odd2 = imul(in3, c3_072) + z2 + z3;
  const odd3 = imul(in1, c1_501) + z1 + z4;

  output[at] = (sum03 + odd3) >> shift;
  output[at + step] = (sum12 + odd2) >> shift;
  output[at + 2 * step] = (difference12 + odd1) >> shift;
  output[at + 3 * step] = (difference03 + odd0) >> shift;
  output[at + 4 * step] = (difference03 - odd0) >> shift;
  output[at + 5 * step] = (difference12 - odd1) >> shift;
  output[at + 6 * step] = (sum12 - odd2) >> shift;
  output[at + 7 * step] = (sum03 - odd3) >> shift;
}
