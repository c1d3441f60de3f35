/** Sequential scans: ITU-T T.81, clause F.2. */
import { type BitReader, checkEnd, openReader } from './bit-reader.ts';
import { createCoefficientList, startBlock } from './coefficients.ts';
import { reconstruct } from './idct.ts';
import { type McuBlock, mcuLayout } from './mcu.ts';
import { beginMcu, type ScanState, startScan } from './restarts.ts';
import { isNeeded, type Plan } from './sampling-plan.ts';
import type { Scan } from './scans.ts';
import { type BlockCode, blockCode, readBlock, skipBlock } from './sequential-block.ts';

export interface SequentialScan {
  /** Reads the next row of MCUs, counted from 0, and writes the samples that are needed. */
  readonly decodeRow: (mcuRow: number) => void;
  readonly reader: BitReader;
}

export const openSequentialScan = (source: Buffer, scan: Scan, plan: Plan): SequentialScan => {
  const reader = openReader(source, scan.dataAt);
  const state = startScan(reader, scan.restartInterval);
  const layout = mcuLayout(scan, plan);
  const codes = scan.components.map(({ dc, ac, quantization }) => blockCode(dc!, ac!, quantization));
  const blocks = layout.blocks.map((block) => codedBlock(block, codes[block.scanIndex]));
  const neededMcus = Uint8Array.from({ length: layout.across }, (_, x) =>
    blocks.some(({ component: { columns }, step, dx }) => hasAny(columns.start, x * step + dx)) ? 1 : 0,
  );
  const noMcus = new Uint8Array(layout.across);
  const decodeRow = (mcuRow: number) => {
    const lines = layout.lines(mcuRow);
    for (let line = 0; line < lines; line++) {
      const isLineNeeded = blocks.some(({ component: { rows, v }, dy }) =>
        hasAny(rows.start, mcuRow * v + line + dy),
      );
      decodeLine(state, blocks, isLineNeeded ? neededMcus : noMcus, mcuRow, line);
    }
  };
  return { decodeRow, reader };
};

/** @param neededMcus 1 for each MCU of the line of which something is needed, else 0 */
const decodeLine = (
  state: ScanState,
  blocks: readonly CodedBlock[],
  neededMcus: Uint8Array,
  mcuRow: number,
  line: number,
): void => {
  const { reader } = state;
  for (let x = 0; x < neededMcus.length; x++) {
    beginMcu(state);
    if (neededMcus[x] === 0) skipMcu(state, blocks);
    else decodeMcu(state, blocks, x, mcuRow, line);
    checkEnd(reader);
  }
};

type CodedBlock = Omit<McuBlock, 'frameIndex'> & BlockCode;

/** Flat, and made by one literal: V8 then keeps all fields in the object itself, which the hot functions gain a fifth by. */
const codedBlock = (
  { component, scanIndex, step, dx, dy }: McuBlock,
  { dc, ac, dcCodes, acCodes, differences, coefficients, skips, quantization }: BlockCode,
): CodedBlock => ({
  component,
  scanIndex,
  step,
  dx,
  dy,
  dc,
  ac,
  dcCodes,
  acCodes,
  differences,
  coefficients,
  skips,
  quantization,
});

const list = createCoefficientList();

const decodeMcu = (
  { reader, predictions }: ScanState,
  blocks: readonly CodedBlock[],
  x: number,
  mcuRow: number,
  line: number,
): void => {
  for (let i = 0; i < blocks.length; i++) {
    const block = blocks[i];
    const { component, scanIndex, step, dx, dy } = block;
    const blockX = x * step + dx;
    const blockY = mcuRow * component.v + line + dy;
    if (isNeeded(component, blockX, blockY)) {
      if (reader.isDry) startBlock(list, 0);
      else predictions[scanIndex] = readBlock(reader, block, predictions[scanIndex], list);
      reconstruct(component, blockX, blockY, list);
    } else if (!reader.isDry) {
      predictions[scanIndex] += skipBlock(reader, block);
    }
  }
};

const skipMcu = ({ reader, predictions }: ScanState, blocks: readonly CodedBlock[]): void => {
  if (reader.isDry) return;
  for (let i = 0; i < blocks.length; i++) {
    predictions[blocks[i].scanIndex] += skipBlock(reader, blocks[i]);
  }
};

const hasAny = (start: Int32Array, block: number): boolean => start[block] !== start[block + 1];
