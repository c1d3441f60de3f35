/** The state of reading one progressive scan of a band of AC coefficients, block by block. */

import type { HuffmanTable } from '../syntax/huffman.ts';
import type { Scan } from '../syntax/scans.ts';
import { type BitReader, openReader } from './bit-reader.ts';
import type { CoefficientRow } from './coefficient-row.ts';
import { type ScanState, startScan } from './restarts.ts';

export interface Band {
  readonly reader: BitReader;
  readonly state: ScanState;
  readonly row: CoefficientRow;
  readonly table: HuffmanTable;
  readonly codes: Uint16Array;
  /** Zigzag indices of the first and last coefficient. */
  readonly Ss: number;
  readonly Se: number;
  /** The lowest bit that this scan sends. */
  readonly Al: number;
  /** Masks of the band's bits in the row's `low` and `high`. */
  readonly lowMask: number;
  readonly highMask: number;
  /** A later scan refines this band. */
  readonly isRefinedLater: boolean;
}

export function openBand(
  source: Buffer,
  { components, Ss, Se, Al, restartInterval, dataAt }: Scan,
  row: CoefficientRow,
  isRefinedLater: boolean,
): Band {
  const reader = openReader(source, dataAt);
  const table = components[0].ac!;
  return {
    reader,
    state: startScan(reader, restartInterval),
    row,
    table,
    codes: table.codes(),
    Ss,
    Se,
    Al,
    lowMask: lowBits(Se + 1) & ~lowBits(Ss),
    highMask: lowBits(Se - 31) & ~lowBits(Ss - 32),
    isRefinedLater,
  };
}

function lowBits(count: number): number {
  if (count <= 0) return 0;
  return count >= 32 ? -1 : (1 << count) - 1;
}

/** The length of an end-of-band run in blocks, including the current one: a 1 followed by the first `size` bits of `bits`. */
export function bandRun(bits: number, size: number): number {
  return (1 << size) | ((bits >>> 1) >>> (31 - size));
}
