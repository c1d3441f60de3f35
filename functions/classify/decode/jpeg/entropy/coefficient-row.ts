/** The coefficients of a component's blocks in one row of MCUs, as far as a progressive file's scans have sent them. */
import type { KernelInstance } from '../../shared/kernels.ts';
import type { Plan } from '../syntax/sampling-plan.ts';
import { coefficientsOf, type Plane } from '../transform/planes.ts';

/** Blocks are numbered from the left, line by line; coefficients are not dequantised. */
export interface CoefficientRow {
  /** Blocks in a line, including those that only pad the last MCU. */
  readonly blocksAcross: number;
  /** DC coefficients. Smoothing needs the neighbours: it keeps those of the whole image and never clears them. */
  readonly dc: Int16Array;
  /** Entries of `dc` between rows of MCUs; 0 if all rows share them. */
  readonly dcStride: number;
  /** The plane's coefficients: 64 places per block, row by row. The first one of a block is set only before it is transformed. */
  readonly ac: Int16Array;
  /** Bit masks of each block's nonzero coefficients 0 to 31 and 32 to 63. Blocks that are not needed have only these. */
  readonly low: Int32Array;
  readonly high: Int32Array;
}

export function createCoefficientRow(
  instance: KernelInstance,
  plane: Plane,
  { mcusDown }: Plan,
  keepsDc: boolean,
): CoefficientRow {
  const blocks = plane.blocksInLine * plane.component.v;
  return {
    blocksAcross: plane.blocksInLine,
    dc: new Int16Array(keepsDc ? blocks * mcusDown : blocks),
    dcStride: keepsDc ? blocks : 0,
    ac: coefficientsOf(instance, plane),
    low: new Int32Array(blocks),
    high: new Int32Array(blocks),
  };
}

/** Clears the row for the next row of MCUs. The AC coefficients must be zero already. */
export function clearRow({ dc, dcStride, low, high }: CoefficientRow): void {
  if (dcStride === 0) dc.fill(0);
  low.fill(0);
  high.fill(0);
}

/** Adds to a block's masks of nonzero coefficients. */
export function markNonZero(row: CoefficientRow, block: number, low: number, high: number): void {
  row.low[block] |= low;
  row.high[block] |= high;
}

/** The number of set bits. */
export function bitCount(bits: number): number {
  const pairs = bits - ((bits >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
