/**
 * Scans of AC coefficients in progressive files (ITU-T T.81, clause G.1.2). Blocks that are not needed keep only the masks of
 * their nonzero coefficients, on which the data of refining scans depend.
 */

import { type Component, isNeeded } from '../syntax/sampling-plan.ts';
import type { Scan } from '../syntax/scans.ts';
import { type Band, openBand } from './band.ts';
import { checkEnd } from './bit-reader.ts';
import type { CoefficientRow } from './coefficient-row.ts';
import { readBand } from './progressive-first.ts';
import { refineBand } from './progressive-refinement.ts';
import { beginMcu, isOver, type ScanDecoder, type ScanState } from './restarts.ts';

/**
 * Opens a decoder for an AC scan. Blocks after the end of the data are left unchanged.
 *
 * @param isRefinedLater a later scan refines this band
 */
export function openAcScan(
  source: Buffer,
  scan: Scan,
  component: Component,
  row: CoefficientRow,
  isRefinedLater: boolean,
): ScanDecoder {
  const band = openBand(source, scan, row, isRefinedLater);
  const decodeLine = scan.Ah === 0 ? readLine : refineLine;
  const decodeRow = (mcuRow: number) => {
    if (isOver(band.state)) return;
    const lines = Math.min(component.v, component.blocksDown - mcuRow * component.v);
    for (let line = 0; line < lines; line++) {
      decodeLine(band, component, line * row.blocksAcross, mcuRow * component.v + line);
    }
  };
  return { state: band.state, decodeRow };
}

/** @param first index of the line's first block in the row of coefficients */
function readLine(band: Band, component: Component, first: number, blockY: number): void {
  const { state, reader } = band;
  const { blocksAcross } = component;
  for (let x = 0; x < blocksAcross; x++) {
    if (canSkip(state)) {
      const skipped = Math.min(state.bandRun, blocksAcross - x);
      state.bandRun -= skipped;
      x += skipped - 1;
      continue;
    }
    beginMcu(state);
    if (reader.isDry) continue;
    if (state.bandRun > 0) state.bandRun--;
    else readBand(band, first + x, isNeeded(component, x, blockY));
    checkEnd(reader);
  }
}

/** @param first index of the line's first block in the row of coefficients */
function refineLine(band: Band, component: Component, first: number, blockY: number): void {
  const { state, reader } = band;
  const { blocksAcross } = component;
  for (let x = 0; x < blocksAcross; x++) {
    if (canSkip(state)) {
      const skipped = countEmpty(band, first + x, Math.min(state.bandRun, blocksAcross - x));
      state.bandRun -= skipped;
      x += skipped;
      if (x === blocksAcross) return;
    }
    beginMcu(state);
    if (reader.isDry) continue;
    refineBand(band, first + x, isNeeded(component, x, blockY));
    checkEnd(reader);
  }
}

/** The blocks of an end-of-band run have no data and can be skipped at once: a file of a few bytes may have 100 million. */
function canSkip({ bandRun, restartInterval }: ScanState): boolean {
  return bandRun > 0 && restartInterval === 0;
}

/** The number of blocks, at most `count`, before the first one with a nonzero coefficient in the band. */
function countEmpty({ row: { low, high }, lowMask, highMask }: Band, first: number, count: number): number {
  let block = first;
  while (block < first + count && ((low[block] & lowMask) | (high[block] & highMask)) === 0) block++;
  return block - first;
}
