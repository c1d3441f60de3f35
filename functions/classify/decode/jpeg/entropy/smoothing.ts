/**
 * Block smoothing (ITU-T T.81, annex K.8): where a progressive file ends before the low AC coefficients are exact,
 * libjpeg-turbo estimates them from the DC coefficients of the surrounding 5x5 blocks.
 */

import type { Component, Plan } from '../syntax/sampling-plan.ts';
import type { Scan } from '../syntax/scans.ts';
import { naturalOrder } from '../transform/zigzag.ts';
import type { Coefficients } from './coefficient-row.ts';

/** For each component and zigzag index, the lowest bit sent so far: 0 means exact, -1 nothing sent. */
export type Precision = readonly Int8Array[];

/**
 * `final`: the precision after all scans. `earlier`: the one by which libjpeg-turbo smooths rows that the last scan does not
 * reach: that before the last scan of the component, or 0 if this is the first of several scans.
 */
export function precisionOf(
  scans: readonly Scan[],
  components: number,
): { readonly final: Precision; readonly earlier: Precision } {
  const final = Array.from({ length: components }, () => new Int8Array(64).fill(-1));
  const earlier = Array.from({ length: components }, () => new Int8Array(64).fill(scans.length > 1 ? 0 : -1));
  for (const [i, { components, Ss, Se, Al }] of scans.entries()) {
    for (const { index } of components) {
      const [from, to] = [Math.min(Ss, 1), Math.max(Se, estimated - 1) + 1];
      if (i > 0) earlier[index].set(final[index].subarray(from, to), from);
      final[index].fill(Al, Ss, Se + 1);
    }
  }
  return { final, earlier };
}

/** True if libjpeg-turbo smooths: all DC coefficients have been sent and one of the first AC coefficients is not exact. */
export function isSmoothed(precision: Precision, quantization: readonly (Int32Array | undefined)[]): boolean {
  return (
    precision.every(([dc]) => dc >= 0) &&
    quantization.every((steps) => steps?.subarray(0, estimated).every((step) => step !== 0)) &&
    precision.some((of) => of.subarray(1, estimated).some((bit) => bit !== 0))
  );
}

/** The number of low coefficients that may be estimated. */
const estimated = 10;

/** A block whose coefficients are estimated. */
export interface SmoothedBlock {
  readonly component: Component;
  readonly row: Coefficients;
  /** The component's, by zigzag index. */
  readonly precision: Int8Array;
  readonly quantization: Int32Array;
  readonly blockX: number;
  readonly mcuRow: number;
  /** The block's line in the row of MCUs. */
  readonly line: number;
}

/** Adds the estimates to a block's coefficients, and replaces DC if no AC coefficient of its component has been sent. */
export function smooth(block: SmoothedBlock, plan: Plan): void {
  const { row, blockX, line, precision, quantization } = block;
  const neighbours = dcAround(block, plan);
  const isDcOnly = precision.subarray(1, estimated).every((bit) => bit === -1);
  const weights = isDcOnly ? dcOnlyWeights : partialWeights;
  const first = 64 * (line * row.blocksAcross + blockX);
  for (let k = 1; k < weights.length; k++) {
    const at = first + naturalOrder[k];
    if (precision[k] === 0 || row.ac[at] !== 0) continue;
    row.ac[at] = estimate(weights[k], neighbours, quantization, k, precision[k]);
  }
  if (isDcOnly) row.ac[first] = estimate(weights[0], neighbours, quantization, 0, 0);
}

/** Estimates a coefficient that is zero down to its lowest sent bit; the estimate stays below that bit. */
function estimate(
  weights: readonly number[],
  neighbours: readonly number[],
  quantization: Int32Array,
  k: number,
  sentBit: number,
): number {
  const sum = quantization[0] * weights.reduce((total, weight, i) => total + weight * neighbours[i], 0);
  const step = quantization[k];
  const magnitude = Math.floor((128 * step + Math.abs(sum)) / (256 * step));
  const bounded = sentBit > 0 ? Math.min(magnitude, (1 << sentBit) - 1) : magnitude;
  return sum < 0 ? -bounded : bounded;
}

/** The DC coefficients (not dequantised) of the surrounding 5x5 blocks, row by row, repeated at the edges. */
function dcAround({ component, row, blockX, mcuRow, line }: SmoothedBlock, plan: Plan): number[] {
  const { v, blocksAcross, blocksDown } = component;
  const lines = Math.min(v, blocksDown - mcuRow * v);
  const lastMcuRow = plan.mcusDown - 1;
  const y = mcuRow * v + line;
  // For the two outer lines, libjpeg-turbo finds the edge by rows of MCUs, not by blocks.
  const above = line > 0 || mcuRow > 0 ? y - 1 : y;
  const above2 = line > 1 || mcuRow > 1 || (mcuRow > 0 && lines > 1) ? y - 2 : above;
  const below = line < lines - 1 || mcuRow < lastMcuRow ? y + 1 : y;
  const below2 =
    line < lines - 2 || mcuRow + 1 < lastMcuRow || (mcuRow < lastMcuRow && lines > 1) ? y + 2 : below;
  return [above2, above, y, below, below2].flatMap((blockY) =>
    [-2, -1, 0, 1, 2].map((dx) => {
      const x = Math.max(0, Math.min(blockX + dx, blocksAcross - 1));
      return row.dc[blockY * row.blocksAcross + x];
    }),
  );
}

function transposed(weights: readonly number[]): number[] {
  return weights.map((_, i) => weights[(i % 5) * 5 + Math.floor(i / 5)]);
}

/** Weights of the middle row of the 5x5 blocks. */
function middleRow(...row: number[]): number[] {
  return [...new Array(10).fill(0), ...row, ...new Array(10).fill(0)];
}

// Weights of the 5x5 blocks, row by row, in 256ths, by zigzag index. Found by regression on libjpeg-turbo's output.
// biome-ignore format: laid out as the blocks are
const flat = [
  -2, -6,  -8, -6, -2,
  -6,  6,  42,  6, -6,
  -8, 42, 152, 42, -8,
  -6,  6,  42,  6, -6,
  -2, -6,  -8, -6, -2,
];
// biome-ignore format: laid out as the blocks are
const slope = [
  -1, -1, 0,   1, 1,
  -3, 13, 0, -13, 3,
  -3, 38, 0, -38, 3,
  -3, 13, 0, -13, 3,
  -1, -1, 0,   1, 1,
];
// biome-ignore format: laid out as the blocks are
const bend = [
  0,  0,   1,  0, 0,
  0,  2,   7,  2, 0,
  0, -5, -14, -5, 0,
  0,  2,   7,  2, 0,
  0,  0,   1,  0, 0,
];
// biome-ignore format: laid out as the blocks are
const twist = [
  -1,  0, 0,  0,  1,
   0,  9, 0, -9,  0,
   0,  0, 0,  0,  0,
   0, -9, 0,  9,  0,
   1,  0, 0,  0, -1,
];
// biome-ignore format: laid out as the blocks are
const wave = [
  0, 0, 0,  0, 0,
  0, 1, 0, -1, 0,
  0, 2, 0, -2, 0,
  0, 1, 0, -1, 0,
  0, 0, 0,  0, 0,
];
// biome-ignore format: laid out as the blocks are
const ripple = [
  0,  0,  0,  0, 0,
  0,  1, -3,  1, 0,
  0,  0,  0,  0, 0,
  0, -1,  3, -1, 0,
  0,  0,  0,  0, 0,
];
// biome-ignore format: laid out as the blocks are
const weakTwist = [
  0,  -1, 0,   1,  0,
  -1, 10, 0, -10,  1,
  0,   0, 0,   0,  0,
  1, -10, 0,  10, -1,
  0,   1, 0,  -1,  0,
];

const dcOnlyWeights = [
  flat,
  ...[slope, transposed(slope)],
  ...[bend, twist, transposed(bend)],
  ...[wave, ripple, transposed(ripple), transposed(wave)],
];
const partialSlope = middleRow(-7, 50, 0, -50, 7);
const partialBend = middleRow(-1, 13, -24, 13, -1);
const partialWeights = [
  [],
  ...[partialSlope, transposed(partialSlope)],
  ...[transposed(partialBend), weakTwist, partialBend],
];
