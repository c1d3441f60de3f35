/** What the scans of a progressive file have said so far of a component's blocks in one row of MCUs. */
import type { Component, Plan } from '../syntax/sampling-plan.ts';

/** Blocks count from the left, line by line; coefficients are in zigzag order, not dequantised. */
export interface CoefficientRow {
  /** Blocks of a line, with those that only fill up the last MCU. */
  readonly blocksAcross: number;
  /** DC coefficients; of the whole image where smoothing asks for its neighbours, and then never cleared. */
  readonly dc: Int16Array;
  /** Entries of `dc` from one row of MCUs to the next: 0 where all share them. */
  readonly dcStride: number;
  /** AC coefficients, 64 places a block. */
  readonly ac: Int16Array;
  /** By block, which of the coefficients 0 to 31 and 32 to 63 are not zero, a bit each. Blocks of which nothing is needed have only this. */
  readonly low: Int32Array;
  readonly high: Int32Array;
}

export function createCoefficientRow(
  { h, v }: Component,
  { mcusAcross, mcusDown }: Plan,
  keepsDc: boolean,
): CoefficientRow {
  const blocksAcross = mcusAcross * h;
  const blocks = blocksAcross * v;
  return {
    blocksAcross,
    dc: new Int16Array(keepsDc ? blocks * mcusDown : blocks),
    dcStride: keepsDc ? blocks : 0,
    ac: new Int16Array(blocks * 64),
    low: new Int32Array(blocks),
    high: new Int32Array(blocks),
  };
}

/** Makes ready for the next row of MCUs. The AC coefficients have to be zero again already. */
export function clearRow({ dc, dcStride, low, high }: CoefficientRow): void {
  if (dcStride === 0) dc.fill(0);
  low.fill(0);
  high.fill(0);
}

/** Notes which coefficients of a block are not zero, beside those noted before. */
export function markNonZero(row: CoefficientRow, block: number, low: number, high: number): void {
  row.low[block] |= low;
  row.high[block] |= high;
}

/** How many bits are set. */
export function bitCount(bits: number): number {
  const pairs = bits - ((bits >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
