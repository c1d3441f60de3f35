/**
 * Progressive files (ITU-T T.81, clause G.2). Each scan refines the whole image; all scans are read in parallel, one row of
 * MCUs at a time, so that the coefficients of only one such row are in memory. Arithmetic-coded sequential files are read so, too.
 */

import type { KernelInstance } from '../../shared/kernels.ts';
import { isNeeded, type Plan } from '../syntax/sampling-plan.ts';
import type { Scan } from '../syntax/scans.ts';
import type { Plane } from '../transform/planes.ts';
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

export function openProgressive(
  source: Buffer,
  scans: readonly Scan[],
  plan: Plan,
  instance: KernelInstance,
  planes: readonly Plane[],
): ParallelScans {
  const { final, earlier } = precisionOf(scans, plan.components.length);
  const quantization = plan.components.map((_, index) => firstSteps(scans, index));
  const smooths = isSmoothed(final, quantization);
  const rows = planes.map((plane) => createCoefficientRow(instance, plane, plan, smooths));
  const open = (scan: Scan) => openScan(source, scan, scans, plan, rows);
  const readAhead = smooths ? scans.map(open) : [];
  const lastGoodRow = smooths ? lastRowWithData(readAhead, rows, plan) : 0;
  const decoders = scans.filter(({ Ss }) => Ss > 0 || !smooths).map(open);

  /** Completes the coefficients of a block. */
  const finishBlock = (index: number, blockX: number, mcuRow: number, line: number, steps: Int32Array) => {
    const row = rows[index];
    const block = line * row.blocksAcross + blockX;
    row.ac[64 * block] = row.dc[mcuRow * row.dcStride + block];
    if (!smooths) return;
    const precision = (mcuRow > lastGoodRow ? earlier : final)[index];
    const known = { component: plan.components[index], row, precision, quantization: steps };
    smooth({ ...known, blockX, mcuRow, line }, plan);
  };

  const finishRow = (index: number, mcuRow: number) => {
    const component = plan.components[index];
    const steps = quantization[index];
    if (!steps) return; // In no scan: its samples keep their initial value.
    for (let line = 0; line < component.v; line++) {
      const blockY = mcuRow * component.v + line;
      for (let x = 0; x < component.blocksAcross; x++) {
        if (isNeeded(component, x, blockY)) finishBlock(index, x, mcuRow, line, steps);
      }
      planes[index].transformLine(line, blockY, steps);
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
