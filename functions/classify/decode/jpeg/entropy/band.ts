/** A progressive file's scan of a band of AC coefficients, as it is read block by block. */

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
  /** First and last place, in zigzag order. */
  readonly Ss: number;
  readonly Se: number;
  /** The lowest bit that is sent. */
  readonly Al: number;
  /** The bits of the band's places in `low` and `high` of the row. */
  readonly lowMask: number;
  readonly highMask: number;
  /** Whether another scan follows on this band. */
  readonly isRefinedLater: boolean;
}

export const openBand = (
  source: Buffer,
  { components, Ss, Se, Al, restartInterval, dataAt }: Scan,
  row: CoefficientRow,
  isRefinedLater: boolean,
): Band => {
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
};

const lowBits = (count: number): number => {
  if (count <= 0) return 0;
  return count >= 32 ? -1 : (1 << count) - 1;
};

/** The length of an end-of-band run in blocks, this one included: 1 with `size` more bits behind it, which `bits` begins with. */
export const bandRun = (bits: number, size: number): number => (1 << size) | ((bits >>> 1) >>> (31 - size));
