/**
 * Progressive files (ITU-T T.81, clause G.2). Each scan refines the whole image; all scans are read in parallel, one row of
 * MCUs at a time, so that the coefficients of only one such row are in memory. Arithmetic-coded sequential files are read so, too.
 */

import { isNeeded, type Plan } from '../syntax/sampling-plan.ts';
import type { Scan } from '../syntax/scans.ts';
import {
  append,
  type CoefficientList,
  createCoefficientList,
  startBlock,
} from '../transform/coefficients.ts';
import { reconstruct } from '../transform/idct.ts';
import { openArithmeticScan } from './arithmetic-scan.ts';
import { type CoefficientRow, clearRow, createCoefficientRow } from './coefficient-row.ts';
import { openAcScan } from './progressive-ac.ts';
import { openDcScan } from './progressive-dc.ts';
import type { ScanDecoder, ScanReader } from './restarts.ts';
import { isSmoothed, precisionOf, smooth } from './smoothing.ts';

/** All scans of a file, read side by side. */
export interface ParallelScans {
  /** Reads the next row of MCUs, counted from 0, and writes the needed samples. */
  readonly decodeRow: (mcuRow: number) => void;
  /** The readers of all scans. */
  readonly readers: readonly ScanReader[];
}

export function openProgressive(source: Buffer, scans: readonly Scan[], plan: Plan): ParallelScans {
  const { final, earlier } = precisionOf(scans, plan.components.length);
  const quantization = plan.components.map((_, index) => firstSteps(scans, index));
  const smooths = isSmoothed(final, quantization);
  const rows = plan.components.map((component) => createCoefficientRow(component, plan, smooths));
  const open = (scan: Scan) => openScan(source, scan, scans, plan, rows);
  const readAhead = smooths ? scans.map(open) : [];
  const lastGoodRow = smooths ? lastRowWithData(readAhead, rows, plan) : 0;
  const decoders = scans.filter(({ Ss }) => Ss > 0 || !smooths).map(open);

  const finishBlock = (index: number, blockX: number, mcuRow: number, line: number, steps: Int32Array) => {
    const component = plan.components[index];
    const row = rows[index];
    takeBlock(row, mcuRow * row.dcStride, line * row.blocksAcross + blockX, steps);
    if (smooths) {
      const precision = (mcuRow > lastGoodRow ? earlier : final)[index];
      const known = { component, row, precision, quantization: steps };
      smooth({ ...known, blockX, mcuRow, line }, plan, list);
    }
    reconstruct(component, blockX, mcuRow * component.v + line, list);
  };

  const finishRow = (index: number, mcuRow: number) => {
    const component = plan.components[index];
    const steps = quantization[index];
    if (!steps) return; // In no scan: its samples keep their initial value.
    for (let line = 0; line < component.v; line++) {
      for (let x = 0; x < component.blocksAcross; x++) {
        if (isNeeded(component, x, mcuRow * component.v + line)) finishBlock(index, x, mcuRow, line, steps);
      }
    }
    // Arithmetic-coded scans keep the coefficients of all blocks, needed or not.
    if (scans[0].isArithmetic) rows[index].ac.fill(0);
    clearRow(rows[index]);
  };

  return {
    decodeRow: (mcuRow) => {
      for (const { decodeRow } of decoders) decodeRow(mcuRow);
      for (let index = 0; index < rows.length; index++) finishRow(index, mcuRow);
    },
    readers: (smooths ? readAhead : decoders).map(({ state }) => state.reader),
  };
}

function openScan(
  source: Buffer,
  scan: Scan,
  scans: readonly Scan[],
  plan: Plan,
  rows: readonly CoefficientRow[],
): ScanDecoder {
  if (scan.isArithmetic) return openArithmeticScan(source, scan, plan, rows);
  if (scan.Ss === 0) return openDcScan(source, scan, plan, rows);
  const [{ index }] = scan.components;
  const later = scans.slice(scans.indexOf(scan) + 1);
  return openAcScan(
    source,
    scan,
    plan.components[index],
    rows[index],
    later.some((other) => refines(other, scan)),
  );
}

/**
 * True if a later scan depends on the coefficients that this one sets. Damaged data may set some beyond the end of the band, so
 * only its start is compared.
 */
function refines(later: Scan, scan: Scan): boolean {
  return (
    later.Ah > 0 &&
    later.Ss > 0 &&
    later.components[0].index === scan.components[0].index &&
    later.Se >= scan.Ss
  );
}

/** The quantization steps of a component, as defined when its first scan began. */
function firstSteps(scans: readonly Scan[], index: number): Int32Array | undefined {
  return scans.flatMap(({ components }) => components).find((component) => component.index === index)
    ?.quantization;
}

/**
 * Reads all scans ahead: smoothing needs the DC coefficients above and below, and libjpeg-turbo smooths by another precision
 * below the last row of MCUs at which the last scan still had data.
 */
function lastRowWithData(
  decoders: readonly ScanDecoder[],
  rows: readonly CoefficientRow[],
  { mcusDown }: Plan,
): number {
  const { state } = decoders[decoders.length - 1];
  let last = 0;
  for (let mcuRow = 0; mcuRow < mcusDown; mcuRow++) {
    const { fedMcus } = state;
    if (!state.reader.isDry) last = mcuRow;
    for (const { decodeRow } of decoders) decodeRow(mcuRow);
    if (state.fedMcus > fedMcus) last = mcuRow;
    for (const row of rows) {
      row.ac.fill(0);
      clearRow(row);
    }
  }
  return last;
}

const list: CoefficientList = createCoefficientList();

/** Dequantises a block's coefficients into `list` and clears them. */
function takeBlock(
  { dc, ac, low, high }: CoefficientRow,
  dcOffset: number,
  block: number,
  steps: Int32Array,
): void {
  startBlock(list, Math.imul(dc[dcOffset + block], steps[0]));
  for (let bits = low[block]; bits !== 0; bits &= bits - 1) {
    takeCoefficient(ac, block, lowestBit(bits), steps);
  }
  for (let bits = high[block]; bits !== 0; bits &= bits - 1) {
    takeCoefficient(ac, block, 32 + lowestBit(bits), steps);
  }
}

function takeCoefficient(ac: Int16Array, block: number, k: number, steps: Int32Array): void {
  const value = Math.imul(ac[64 * block + k], steps[k]);
  ac[64 * block + k] = 0;
  if (value !== 0) append(list, k, value);
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}
