/** The inverse DCT in plain arithmetic, with which the kernels are compared. */

/**
 * Dequantisation and libjpeg-turbo's "islow" inverse DCT in plain arithmetic: two passes of Loeffler, Ligtenberg and
 * Moschytz's butterfly with the 16-bit overflows of its x86 vector code.
 */
export function idct(coefficients: readonly number[], quantization: readonly number[]): number[] {
  const block = coefficients.map((value, i) => wrap16(Math.imul(value, quantization[i])));
  const hasOnlyFirstRow = coefficients.every((value, i) => i < 8 || value === 0);
  const columns = upTo8.map((x) =>
    hasOnlyFirstRow
      ? upTo8.map(() => wrap16(block[x] << 2))
      : pass(
          upTo8.map((y) => block[8 * y + x]),
          11,
        ),
  );
  return upTo8.flatMap((y) =>
    pass(
      columns.map((column) => column[y]),
      18,
    ).map((value) => Math.max(0, Math.min(value + 128, 255))),
  );
}

function pass([in0, in1, in2, in3, in4, in5, in6, in7]: readonly number[], shift: number): number[] {
  const even = [
    wrap16(in0 + in4) * 8192 + in2 * 10703 + in6 * 4433,
    wrap16(in0 - in4) * 8192 + in2 * 4433 - in6 * 10704,
    wrap16(in0 - in4) * 8192 - in2 * 4433 + in6 * 10704,
    wrap16(in0 + in4) * 8192 - in2 * 10703 - in6 * 4433,
  ];
  const sum73 = wrap16(in7 + in3);
  const sum51 = wrap16(in5 + in1);
  const z3 = sum73 * (9633 - 16069) + sum51 * 9633;
  const z4 = sum73 * 9633 + sum51 * (9633 - 3196);
  const odd = [
    in1 * (12299 - 7373) - in7 * 7373 + z4,
    in3 * (25172 - 20995) - in5 * 20995 + z3,
    in5 * (16819 - 20995) - in3 * 20995 + z4,
    in7 * (2446 - 7373) - in1 * 7373 + z3,
  ];
  const outputs = [
    ...even.map((value, k) => value + odd[k]),
    ...even.map((value, k) => value - odd[k]).reverse(),
  ];
  return outputs.map((value) => Math.max(-32_768, Math.min((value + (1 << (shift - 1))) >> shift, 32_767)));
}

function wrap16(value: number): number {
  return (value << 16) >> 16;
}

const upTo8 = [0, 1, 2, 3, 4, 5, 6, 7];
