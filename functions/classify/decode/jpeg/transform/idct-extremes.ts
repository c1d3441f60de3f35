/**
 * The inverse DCT for coefficients beyond those of any encoder, as in damaged files: reproduces the 16-bit overflows of
 * libjpeg-turbo's x86 vector code. Its code for other processors may differ on such blocks.
 */
import {
  c0_298,
  c0_390,
  c0_541,
  c0_765,
  c0_899,
  c1_175,
  c1_501,
  c1_847,
  c1_961,
  c2_053,
  c2_562,
  c3_072,
  columnShift,
  rowShift,
} from './butterfly.ts';
import type { CoefficientList } from './coefficients.ts';

/** Writes all 64 samples, 0 to 255. */
export function transformExtreme(list: CoefficientList, samples: Int32Array): void {
  const { length, positions, values } = list;
  const block = new Int32Array(64);
  let hasOnlyFirstRow = true;
  for (let i = 0; i < length; i++) {
    block[positions[i]] = wrap16(values[i]);
    if (positions[i] >= 8) hasOnlyFirstRow = false;
  }
  for (let x = 0; x < 8; x++) {
    // libjpeg-turbo's shortcut for such columns wraps where its butterfly saturates.
    const column = hasOnlyFirstRow
      ? new Array<number>(8).fill(wrap16(block[x] << 2))
      : butterfly16(every8th(block, x), columnShift);
    column.forEach((value, y) => {
      block[8 * y + x] = value;
    });
  }
  for (let y = 0; y < 8; y++) {
    butterfly16([...block.subarray(8 * y, 8 * y + 8)], rowShift).forEach((value, x) => {
      samples[8 * y + x] = Math.max(-128, Math.min(value, 127)) + 128;
    });
  }
}

function every8th(block: Int32Array, x: number): number[] {
  return Array.from({ length: 8 }, (_, y) => block[8 * y + x]);
}

/** The butterfly with sums of inputs wrapped and outputs saturated to 16 bits; the rest is exact. */
function butterfly16(inputs: readonly number[], shift: number): number[] {
  const [in0, in1, in2, in3, in4, in5, in6, in7] = inputs;
  const even3 = in2 * (c0_541 + c0_765) + in6 * c0_541;
  const even2 = in2 * c0_541 + in6 * (c0_541 - c1_847);
  const even0 = wrap16(in0 + in4) * 8192;
  const even1 = wrap16(in0 - in4) * 8192;
  const sum73 = wrap16(in7 + in3);
  const sum51 = wrap16(in5 + in1);
  const z3 = sum73 * (c1_175 - c1_961) + sum51 * c1_175;
  const z4 = sum73 * c1_175 + sum51 * (c1_175 - c0_390);
  const odd0 = in7 * (c0_298 - c0_899) - in1 * c0_899 + z3;
  const odd1 = in5 * (c2_053 - c2_562) - in3 * c2_562 + z4;
  const odd2 = in3 * (c3_072 - c2_562) - in5 * c2_562 + z3;
  const odd3 = in1 * (c1_501 - c0_899) - in7 * c0_899 + z4;
  const outputs = [
    even0 + even3 + odd3,
    even1 + even2 + odd2,
    even1 - even2 + odd1,
    even0 - even3 + odd0,
    even0 - even3 - odd0,
    even1 - even2 - odd1,
    even1 + even2 - odd2,
    even0 + even3 - odd3,
  ];
  const half = 1 << (shift - 1);
  return outputs.map((value) => saturate16((value + half) >> shift));
}

function wrap16(value: number): number {
  return (value << 16) >> 16;
}

function saturate16(value: number): number {
  return Math.max(-32_768, Math.min(value, 32_767));
}
