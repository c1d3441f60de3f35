/**
 * The coefficients of a component's blocks in one row of MCUs, as far as a file's scans have sent them. Blocks are numbered from
 * the left, line by line, including those that only pad the last MCU; coefficients are not dequantised.
 */
import type { Address, KernelInstance } from '../../shared/kernels.ts';
import type { Plan } from '../syntax/sampling-plan.ts';
import type { Plane } from '../transform/planes.ts';

export interface CoefficientRow {
  readonly plane: Plane;
  /** The address of a line's DC coefficients. */
  readonly dcAt: (mcuRow: number, line: number) => Address;
  /** The address of a line's coefficients: 64 places per block, row by row. The first one is set only before transforming. */
  readonly coefficientsAt: (line: number) => Address;
  /** The address of the masks of each block's nonzero coefficients. Blocks that are not needed have only these. */
  readonly masksAt: (line: number) => Address;
  /** Views that are valid until the next allocation. */
  readonly views: () => Coefficients;
  /** Clears the row for the next row of MCUs. The coefficients must be zero already, as they are where all are transformed. */
  readonly clear: () => void;
  readonly clearCoefficients: () => void;
}

export interface Coefficients {
  /** Blocks in a line. */
  readonly blocksAcross: number;
  /** DC coefficients. */
  readonly dc: Int16Array;
  /** Entries of `dc` between rows of MCUs; 0 if all rows share them. */
  readonly dcStride: number;
  /** 64 places per block. */
  readonly ac: Int16Array;
}

/** @param keepsDc keeps the DC coefficients of the whole image and never clears them: smoothing needs the neighbours */
export function createCoefficientRow(
  { allocate, bytesAt, shortsAt }: KernelInstance,
  plane: Plane,
  { mcusDown }: Plan,
  keepsDc: boolean,
): CoefficientRow {
  const { blocksInLine, component } = plane;
  const blocks = blocksInLine * component.v;
  const dcStride = keepsDc ? blocks : 0;
  const dcCount = keepsDc ? blocks * mcusDown : blocks;
  const dc = allocate(2 * dcCount);
  const coefficients = allocate(128 * blocks);
  const masks = allocate(8 * blocks);
  return {
    plane,
    dcAt: (mcuRow, line) => dc + 2 * (mcuRow * dcStride + line * blocksInLine),
    coefficientsAt: (line) => coefficients + 128 * line * blocksInLine,
    masksAt: (line) => masks + 8 * line * blocksInLine,
    views: () => ({
      blocksAcross: blocksInLine,
      dc: shortsAt(dc, dcCount),
      dcStride,
      ac: shortsAt(coefficients, 64 * blocks),
    }),
    clear: () => {
      if (!keepsDc) bytesAt(dc, 2 * dcCount).fill(0);
      bytesAt(masks, 8 * blocks).fill(0);
    },
    clearCoefficients: () => bytesAt(coefficients, 128 * blocks).fill(0),
  };
}
