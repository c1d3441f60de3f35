/**
 * Scans of AC coefficients in progressive files: ITU-T T.81, clause G.1.2. Of blocks that are not needed only which
 * coefficients are not zero is kept, since that is what a refining scan's data depend on.
 */

import { type Component, isNeeded } from '../syntax/sampling-plan.ts';
import type { Scan } from '../syntax/scans.ts';
import { type Band, openBand } from './band.ts';
import { checkEnd } from './bit-reader.ts';
import type { CoefficientRow } from './coefficient-row.ts';
import { readBand } from './progressive-first.ts';
import { refineBand } from './progressive-refinement.ts';
import { beginMcu, isOver, type ScanState } from './restarts.ts';

/**
 * Returns what reads the next row of MCUs, counted from 0. A dry block is left as it is.
 *
 * @param isRefinedLater whether another scan follows on this band
 */
export function openAcScan(
  source: Buffer,
  scan: Scan,
  component: Component,
  row: CoefficientRow,
  isRefinedLater: boolean,
): (mcuRow: number) => void {
  const band = openBand(source, scan, row, isRefinedLater);
  const decodeLine = scan.Ah === 0 ? readLine : refineLine;
  return (mcuRow) => {
    if (isOver(band.state)) return;
    const lines = Math.min(component.v, component.blocksDown - mcuRow * component.v);
    for (let line = 0; line < lines; line++) {
      decodeLine(band, component, line * row.blocksAcross, mcuRow * component.v + line);
    }
  };
}

/** @param first of the line's blocks, in the row of coefficients */
function readLine(band: Band, component: Component, first: number, blockY: number): void {
  const { state, reader } = band;
  const { blocksAcross } = component;
  for (let x = 0; x < blocksAcross; x++) {
    if (mayPass(state)) {
      const passed = Math.min(state.bandRun, blocksAcross - x);
      state.bandRun -= passed;
      x += passed - 1;
      continue;
    }
    beginMcu(state);
    if (reader.isDry) continue;
    if (state.bandRun > 0) state.bandRun--;
    else readBand(band, first + x, isNeeded(component, x, blockY));
    checkEnd(reader);
  }
}

/** @param first of the line's blocks, in the row of coefficients */
function refineLine(band: Band, component: Component, first: number, blockY: number): void {
  const { state, reader } = band;
  const { blocksAcross } = component;
  for (let x = 0; x < blocksAcross; x++) {
    if (mayPass(state)) {
      const passed = countUnknown(band, first + x, Math.min(state.bandRun, blocksAcross - x));
      state.bandRun -= passed;
      x += passed;
      if (x === blocksAcross) return;
    }
    beginMcu(state);
    if (reader.isDry) continue;
    refineBand(band, first + x, isNeeded(component, x, blockY));
    checkEnd(reader);
  }
}

/**
 * Whether blocks without data, those of an end-of-band run, can be passed at once: a file of a few bytes may have a hundred
 * million of them.
 */
function mayPass({ bandRun, restartInterval }: ScanState): boolean {
  return bandRun > 0 && restartInterval === 0;
}

/** How many of the next `count` blocks, up to the first other, have no coefficient in the band that is to be refined. */
function countUnknown({ row: { low, high }, lowMask, highMask }: Band, first: number, count: number): number {
  let block = first;
  while (block < first + count && ((low[block] & lowMask) | (high[block] & highMask)) === 0) block++;
  return block - first;
}
