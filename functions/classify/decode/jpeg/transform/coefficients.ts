/** The coefficients of one block: ITU-T T.81, clauses A.3.3 to A.3.6. */

/** The position of each zigzag index in the block, row * 8 + column (figure A.6). */
export const naturalOrder = Uint8Array.of(
  ...[0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48],
  ...[41, 34, 27, 20, 13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15],
  ...[23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63],
);

/**
 * The dequantised nonzero coefficients of a block. A list, because most blocks have few and it needs no clearing. The first
 * entry is always DC, even if zero.
 */
export interface CoefficientList {
  length: number;
  /** In natural order. */
  readonly positions: Uint8Array;
  readonly values: Int32Array;
  /** The sum of their `magnitudeOf`. */
  magnitude: number;
}

export function createCoefficientList(): CoefficientList {
  return {
    length: 0,
    positions: new Uint8Array(64),
    values: new Int32Array(64),
    magnitude: 0,
  };
}

/** Starts a new block with its DC coefficient, dequantised. */
export function startBlock(list: CoefficientList, dc: number): void {
  list.positions[0] = 0;
  list.values[0] = dc;
  list.length = 1;
  list.magnitude = magnitudeOf(dc);
}

/** @param k zigzag index */
export function append(list: CoefficientList, k: number, value: number): void {
  const { length } = list;
  list.positions[length] = naturalOrder[k];
  list.values[length] = value;
  list.length = length + 1;
  list.magnitude += magnitudeOf(value);
}

/** Capped at a value that is too large in any case, so that the sum stays a small integer. */
export function magnitudeOf(value: number): number {
  return Math.min(Math.abs(value), 8192);
}
