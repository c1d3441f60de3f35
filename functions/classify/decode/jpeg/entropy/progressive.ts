/**
 * Progressive files (ITU-T T.81, clause G.2). Each scan refines the whole image; all scans are read in parallel, one row of
 * MCUs at a time, so that the coefficients of only one such row are in memory. Arithmetic-coded sequential files are read so, too.
 */

import { isNeeded, type Plan } from '../syntax/sampling-plan.ts';
import type { Scan } from '../syntax/scans.ts';
import type { Plane } from '../transform/planes.ts';
import { openArithmeticScan } from './arithmetic-scan.ts';
import type { CodedFile } from './coded-file.ts';
import { type CoefficientRow, createCoefficientRow } from './coefficient-row.ts';
import { effortFor } from './effort.ts';
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
  file: CodedFile,
  scans: readonly Scan[],
  plan: Plan,
  planes: readonly Plane[],
): ParallelScans {
  const { kernels } = file.instance;
  const { final, earlier } = precisionOf(scans, plan.components.length);
  const quantization = plan.components.map((_, index) => firstSteps(scans, index));
  const storedSteps = quantization.map((steps) => steps && file.storeSteps(steps));
  const smooths = isSmoothed(final, quantization);
  const rows = planes.map((plane) => createCoefficientRow(file.instance, plane, plan, smooths));
  const effort = effortFor(file.bytes.length);
  const open = (scan: Scan) =>
    scan.isArithmetic
      ? openArithmeticScan(file.bytes, scan, plan, rows, effort)
      : openHuffmanScan(file, scan, scans, plan, rows);
  const readAhead = smooths ? scans.map(open) : [];
  const lastGoodRow = smooths ? lastRowWithData(readAhead, rows, plan) : 0;
  const decoders = scans.filter(({ Ss }) => Ss > 0 || !smooths).map(open);

  const smoothLine = (index: number, mcuRow: number, line: number) => {
    const component = plan.components[index];
    const precision = (mcuRow > lastGoodRow ? earlier : final)[index];
    const known = { component, row: rows[index].views(), precision, quantization: quantization[index]! };
    for (let blockX = 0; blockX < component.blocksAcross; blockX++) {
      if (isNeeded(component, blockX, mcuRow * component.v + line)) {
        smooth({ ...known, blockX, mcuRow, line }, plan);
      }
    }
  };

  const finishRow = (index: number, mcuRow: number) => {
    const { plane, dcAt, coefficientsAt, clear, clearCoefficients } = rows[index];
    const { component, blocksInLine, neededAt, neededRows, rowAt, stride } = plane;
    const steps = storedSteps[index];
    if (steps === undefined) return; // In no scan: its samples keep their initial value.
    const lines = Math.min(component.v, component.blocksDown - mcuRow * component.v);
    for (let line = 0; line < lines; line++) {
      const blockY = mcuRow * component.v + line;
      const needed = neededAt(blockY);
      const coefficients = coefficientsAt(line);
      kernels.placeDc(dcAt(mcuRow, line), blocksInLine, needed, coefficients);
      if (smooths) smoothLine(index, mcuRow, line);
      const target = rowAt(8 * blockY);
      const wanted = neededRows(blockY);
      kernels.transformBlocks(coefficients, blocksInLine, needed, wanted, steps, target, stride);
    }
    // Arithmetic-coded scans keep the coefficients of all blocks, needed or not.
    if (scans[0].isArithmetic) clearCoefficients();
    clear();
  };

  return {
    decodeRow: (mcuRow) => {
      for (const { decodeRow } of decoders) decodeRow(mcuRow);
      for (let index = 0; index < rows.length; index++) finishRow(index, mcuRow);
    },
    readers: (smooths ? readAhead : decoders).map(({ state }) => state.reader),
  };
}

function openHuffmanScan(
  file: CodedFile,
  scan: Scan,
  scans: readonly Scan[],
  plan: Plan,
  rows: readonly CoefficientRow[],
): ScanDecoder {
  if (scan.Ss === 0) return openDcScan(file, scan, plan, rows);
  const [{ index }] = scan.components;
  const later = scans.slice(scans.indexOf(scan) + 1);
  const isRefinedLater = later.some((other) => refines(other, scan));
  return openAcScan(file, scan, rows[index], isRefinedLater);
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
      row.clearCoefficients();
      row.clear();
    }
  }
  return last;
}
