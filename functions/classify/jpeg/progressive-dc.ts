/** Scans of DC coefficients in progressive files: ITU-T T.81, clause G.1.2.1. */
import { bitAt, checkEnd, openReader } from './bit-reader.ts';
import type { CoefficientRow } from './coefficient-row.ts';
import type { HuffmanTable } from './huffman.ts';
import { mcuLayout } from './mcu.ts';
import { beginMcu, isOver, startScan } from './restarts.ts';
import type { Plan } from './sampling-plan.ts';
import type { Scan } from './scans.ts';
import { type DcCode, readDifference } from './symbols.ts';

/** Returns what reads the next row of MCUs, counted from 0. A dry MCU leaves everything as it is. */
export const openDcScan = (
  source: Buffer,
  scan: Scan,
  plan: Plan,
  rows: readonly CoefficientRow[],
): ((mcuRow: number) => void) => {
  const reader = openReader(source, scan.dataAt);
  const state = startScan(reader, scan.restartInterval);
  const layout = mcuLayout(scan, plan);
  const { Ah, Al } = scan;
  const codes = Ah === 0 ? scan.components.map(({ dc }) => dcCode(dc!)) : [];

  const readMcu = (x: number, mcuRow: number, line: number) => {
    for (const { scanIndex, frameIndex, step, dx, dy } of layout.blocks) {
      const { dc, dcStride, blocksAcross } = rows[frameIndex];
      const block = mcuRow * dcStride + (line + dy) * blocksAcross + x * step + dx;
      if (Ah === 0) {
        state.predictions[scanIndex] += readDifference(reader, codes[scanIndex]);
        dc[block] = state.predictions[scanIndex] << Al;
      } else {
        dc[block] |= bitAt(reader.words, reader.position++) << Al;
      }
    }
  };

  return (mcuRow) => {
    if (isOver(state)) return;
    const lines = layout.lines(mcuRow);
    for (let line = 0; line < lines; line++) {
      for (let x = 0; x < layout.across; x++) {
        beginMcu(state);
        if (reader.isDry) continue;
        readMcu(x, mcuRow, line);
        checkEnd(reader);
      }
    }
  };
};

const dcCode = (dc: HuffmanTable): DcCode => ({
  dc,
  dcCodes: dc.codes(),
  differences: dc.differences(),
});
