/** Sequential scans: ITU-T T.81, clause F.2. */

import type { KernelInstance } from '../../shared/kernels.ts';
import type { Plan } from '../syntax/sampling-plan.ts';
import type { Scan } from '../syntax/scans.ts';
import { coefficientsOf, type Plane } from '../transform/planes.ts';
import { type BitReader, checkEnd, openReader } from './bit-reader.ts';
import { type McuBlock, mcuLayout } from './mcu.ts';
import { beginMcu, type ScanState, startScan } from './restarts.ts';
import { type BlockCode, blockCode, readBlock, skipBlock } from './sequential-block.ts';

export interface SequentialScan {
  /** Reads the next row of MCUs, counted from 0, and writes the needed samples. */
  readonly decodeRow: (mcuRow: number) => void;
  readonly reader: BitReader;
}

export function openSequentialScan(
  source: Buffer,
  scan: Scan,
  plan: Plan,
  instance: KernelInstance,
  planes: readonly Plane[],
): SequentialScan {
  const reader = openReader(source, scan.dataAt);
  const state = startScan(reader, scan.restartInterval);
  const { across, lines, blocks: layout } = mcuLayout(scan, plan);
  const codes = scan.components.map(({ dc, ac }) => blockCode(dc!, ac!));
  const blocks = layout.map((block) => {
    const plane = planes[block.frameIndex];
    const coefficients = coefficientsOf(instance, plane);
    return codedBlock(block, codes[block.scanIndex], across, coefficients, plane.blocksInLine);
  });
  const anyNeeded = Uint8Array.from({ length: across }, (_, x) =>
    blocks.some(({ neededColumns }) => neededColumns[x] === 1) ? 1 : 0,
  );
  const none = new Uint8Array(across);
  const decodeRow = (mcuRow: number) => {
    for (let line = 0; line < lines(mcuRow); line++) {
      for (const block of blocks) {
        const { component, neededColumns, dy, blocksInLine } = block;
        block.first = 64 * ((line + dy) * blocksInLine + block.dx);
        block.needed = component.down.needed[mcuRow * component.v + line + dy] === 1 ? neededColumns : none;
      }
      decodeLine(state, blocks, blocks.every(({ needed }) => needed === none) ? none : anyNeeded);
    }
    for (const { index, quantization } of scan.components) {
      const { v } = plan.components[index];
      for (let line = 0; line < v; line++) planes[index].transformLine(line, mcuRow * v + line, quantization);
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
  /** The coefficients of the component's row of MCUs. In MCU x, this block's start at `first` + 64 * `step` * x. */
  readonly target: Int16Array;
  readonly blocksInLine: number;
  first: number;
}

/** A flat object from a single literal, so that V8 stores all fields inline; nesting slows the hot functions by a fifth. */
function codedBlock(
  { component, scanIndex, step, dx, dy }: McuBlock,
  { dc, ac, dcCodes, acCodes, differences, coefficients, skips }: BlockCode,
  across: number,
  target: Int16Array,
  blocksInLine: number,
): CodedBlock {
  const neededColumns = Uint8Array.from({ length: across }, (_, x) => component.across.needed[x * step + dx]);
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
    neededColumns,
    needed: neededColumns,
    target,
    blocksInLine,
    first: 0,
  };
}

function decodeMcu({ reader, predictions }: ScanState, blocks: readonly CodedBlock[], x: number): void {
  // Blocks after the end of the data stay zero.
  if (reader.isDry) return;
  for (let i = 0; i < blocks.length; i++) {
    const block = blocks[i];
    const { scanIndex, needed, target, first, step } = block;
    if (needed[x] === 1) {
      const at = first + 64 * step * x;
      predictions[scanIndex] = readBlock(reader, block, predictions[scanIndex], target, at);
    } else {
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
