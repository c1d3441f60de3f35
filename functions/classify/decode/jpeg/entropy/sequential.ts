/** Sequential scans: ITU-T T.81, clause F.2. */

import type { Axis, Plan } from '../syntax/sampling-plan.ts';
import type { Scan } from '../syntax/scans.ts';
import { createCoefficientList, startBlock } from '../transform/coefficients.ts';
import { reconstruct } from '../transform/idct.ts';
import { type BitReader, checkEnd, openReader } from './bit-reader.ts';
import { type McuBlock, mcuLayout } from './mcu.ts';
import { beginMcu, type ScanState, startScan } from './restarts.ts';
import { type BlockCode, blockCode, readBlock, skipBlock } from './sequential-block.ts';

export interface SequentialScan {
  /** Reads the next row of MCUs, counted from 0, and writes the needed samples. */
  readonly decodeRow: (mcuRow: number) => void;
  readonly reader: BitReader;
}

export function openSequentialScan(source: Buffer, scan: Scan, plan: Plan): SequentialScan {
  const reader = openReader(source, scan.dataAt);
  const state = startScan(reader, scan.restartInterval);
  const { across, lines, blocks: layout } = mcuLayout(scan, plan);
  const codes = scan.components.map(({ dc, ac, quantization }) => blockCode(dc!, ac!, quantization));
  const blocks = layout.map((block) => codedBlock(block, codes[block.scanIndex], across));
  const anyNeeded = Uint8Array.from({ length: across }, (_, x) =>
    blocks.some(({ neededColumns }) => neededColumns[x] === 1) ? 1 : 0,
  );
  const none = new Uint8Array(across);
  const decodeRow = (mcuRow: number) => {
    for (let line = 0; line < lines(mcuRow); line++) {
      for (const block of blocks) {
        const { component, neededColumns, dy } = block;
        block.blockY = mcuRow * component.v + line + dy;
        block.needed = hasAny(component.rows, block.blockY) ? neededColumns : none;
      }
      decodeLine(state, blocks, blocks.every(({ needed }) => needed === none) ? none : anyNeeded);
    }
  };
  return { decodeRow, reader };
}

/** @param neededMcus 1 for each MCU of the line with needed samples, else 0 */
function decodeLine(state: ScanState, blocks: readonly CodedBlock[], neededMcus: Uint8Array): void {
  const { reader } = state;
  for (let x = 0; x < neededMcus.length; x++) {
    beginMcu(state);
    if (neededMcus[x] === 0) skipMcu(state, blocks);
    else decodeMcu(state, blocks, x);
    checkEnd(reader);
  }
}

/** A block of an MCU and its position in the current line of MCUs. */
interface CodedBlock extends Omit<McuBlock, 'frameIndex'>, BlockCode {
  /** For each MCU, 1 if the block's columns hold needed samples, else 0. */
  readonly neededColumns: Uint8Array;
  /** `neededColumns`, or all 0 if the current line has no needed samples. */
  needed: Uint8Array;
  blockY: number;
}

/** A flat object from a single literal, so that V8 stores all fields inline; nesting slows the hot functions by a fifth. */
function codedBlock(
  { component, scanIndex, step, dx, dy }: McuBlock,
  { dc, ac, dcCodes, acCodes, differences, coefficients, skips, quantization }: BlockCode,
  across: number,
): CodedBlock {
  const neededColumns = Uint8Array.from({ length: across }, (_, x) =>
    hasAny(component.columns, x * step + dx) ? 1 : 0,
  );
  return {
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
    neededColumns,
    needed: neededColumns,
    blockY: 0,
  };
}

const list = createCoefficientList();

function decodeMcu({ reader, predictions }: ScanState, blocks: readonly CodedBlock[], x: number): void {
  for (let i = 0; i < blocks.length; i++) {
    const block = blocks[i];
    const { component, scanIndex, needed } = block;
    if (needed[x] === 1) {
      if (reader.isDry) startBlock(list, 0);
      else predictions[scanIndex] = readBlock(reader, block, predictions[scanIndex], list);
      reconstruct(component, x * block.step + block.dx, block.blockY, list);
    } else if (!reader.isDry) {
      predictions[scanIndex] += skipBlock(reader, block);
    }
  }
}

function skipMcu({ reader, predictions }: ScanState, blocks: readonly CodedBlock[]): void {
  if (reader.isDry) return;
  for (let i = 0; i < blocks.length; i++) {
    predictions[blocks[i].scanIndex] += skipBlock(reader, blocks[i]);
  }
}

function hasAny({ start }: Axis, block: number): boolean {
  return start[block] !== start[block + 1];
}
