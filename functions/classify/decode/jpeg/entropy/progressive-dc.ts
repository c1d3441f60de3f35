/** Scans of DC coefficients in progressive files: ITU-T T.81, clause G.1.2.1. */

import type { HuffmanTable } from '../syntax/huffman.ts';
import type { Plan } from '../syntax/sampling-plan.ts';
import type { Scan } from '../syntax/scans.ts';
import { type BitReader, bitAt, checkEnd, openReader } from './bit-reader.ts';
import type { CoefficientRow } from './coefficient-row.ts';
import { mcuLayout } from './mcu.ts';
import { beginMcu, isOver, type ScanDecoder, type ScanState, startScan } from './restarts.ts';
import { type DcCode, readDifference } from './symbols.ts';

/** Opens a decoder for a DC scan. MCUs after the end of the data change nothing. */
export function openDcScan(
  source: Buffer,
  scan: Scan,
  plan: Plan,
  rows: readonly CoefficientRow[],
): ScanDecoder {
  const { components, Ah, Al } = scan;
  const reader = openReader(source, scan.dataAt);
  const state = startScan(reader, scan.restartInterval);
  const layout = mcuLayout(scan, plan);
  const codes = components.map(({ dc }) => (Ah === 0 ? dcCode(dc!) : undefined));
  const blocks = layout.blocks.map(
    ({ scanIndex, frameIndex, step, dx, dy }): DcBlock => ({
      scanIndex,
      code: codes[scanIndex],
      row: rows[frameIndex],
      step,
      dx,
      dy,
      first: 0,
    }),
  );
  const decodeRow = (mcuRow: number) => {
    if (isOver(state)) return;
    const lines = layout.lines(mcuRow);
    for (let line = 0; line < lines; line++) {
      for (const block of blocks) block.first = firstOfLine(block, mcuRow, line);
      decodeLine(state, blocks, layout.across, Al);
    }
  };
  return { state, decodeRow };
}

/** A block of an MCU. In MCU x it is block first + x * step of its row of coefficients. */
interface DcBlock {
  readonly scanIndex: number;
  /** Only in first scans. */
  readonly code: DcCode | undefined;
  readonly row: CoefficientRow;
  readonly step: number;
  readonly dx: number;
  readonly dy: number;
  first: number;
}

function dcCode(dc: HuffmanTable): DcCode {
  return {
    dc,
    dcCodes: dc.codes(),
    differences: dc.differences(),
  };
}

function firstOfLine({ row: { dcStride, blocksAcross }, dx, dy }: DcBlock, mcuRow: number, line: number) {
  return mcuRow * dcStride + (line + dy) * blocksAcross + dx;
}

function decodeLine(state: ScanState, blocks: readonly DcBlock[], across: number, Al: number): void {
  const { reader, predictions } = state;
  for (let x = 0; x < across; x++) {
    beginMcu(state);
    if (reader.isDry) continue;
    for (let i = 0; i < blocks.length; i++) {
      const { code, row, first, step, scanIndex } = blocks[i];
      if (code) {
        predictions[scanIndex] += readDifference(reader, code);
        row.dc[first + x * step] = predictions[scanIndex] << Al;
      } else {
        row.dc[first + x * step] |= readBit(reader) << Al;
      }
    }
    checkEnd(reader);
  }
}

function readBit(reader: BitReader): number {
  return bitAt(reader.words, reader.position++);
}
