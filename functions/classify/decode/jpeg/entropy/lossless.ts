/** Lossless scans: ITU-T T.81, annex H. An MCU consists of samples, not of blocks. */
import { CorruptImage } from '../../../image/rejections.ts';
import type { Plan } from '../syntax/sampling-plan.ts';
import type { Scan } from '../syntax/scans.ts';
import type { Plane } from '../transform/planes.ts';
import { addFirstPredictions, addPredictions } from '../transform/prediction.ts';
import type { CodedFile } from './coded-file.ts';
import { type CodedSample, codesOf, readDifferences } from './differences.ts';
import { readLine, type ScanDecoder, startScan } from './restarts.ts';

/**
 * Opens a decoder of a scan, which writes all samples, needed or not. The plan is made for blocks: one of its rows of MCUs
 * is 8 rows of lossless MCUs.
 *
 * @throws {CorruptImage} a broken Huffman table, or restarts within a row of MCUs
 */
export function openLosslessScan(
  file: CodedFile,
  scan: Scan,
  plan: Plan,
  planes: readonly Plane[],
): ScanDecoder {
  const { Ss: predictor, Al: shift, restartInterval } = scan;
  const components = codedComponents(scan, plan, planes);
  const { mcusAcross, linesOf, samplesOf } = layOut(components);
  if (restartInterval % mcusAcross !== 0) throw new CorruptImage('restarts within a row of a lossless JPEG');
  const state = startScan(file, scan);
  /** The row is predicted without the one above. */
  let isFirst = true;

  /** Returns false if there are no data for the row. */
  const readRow = (row: number) => {
    let hasData = false;
    for (let line = 0; line < linesOf(row); line++) {
      const samples = samplesOf(line);
      // libjpeg-turbo starts the row anew whichever of its lines follows a restart.
      if (restartInterval > 0 && state.mcusToRestart === 0) isFirst = true;
      const read = (first: number, end: number) => {
        hasData = true;
        return readDifferences(state.reader, samples, first, end);
      };
      readLine(state, mcusAcross, read, () => {
        isFirst = true;
        for (const sample of samples) sample.row.fill(0);
      });
    }
    return hasData;
  };

  const finishRow = ({ plane, rows, above }: CodedComponent, row: number, hasData: boolean) => {
    const { v, down } = plane.component;
    const firstLine = row * v;
    rows.slice(0, down.size - firstLine).forEach((samples, i) => {
      const target = file.instance.bytesAt(plane.rowAt(firstLine + i), above.length);
      if (!hasData) {
        target.fill(midGrey);
        return;
      }
      if (isFirst && i === 0) addFirstPredictions(samples, midGrey >> shift);
      else addPredictions(samples, i === 0 ? above : rows[i - 1], predictor);
      const values = samples.subarray(0, target.length);
      target.set(shift === 0 ? values : values.map((value) => value << shift));
    });
    above.set(rows[v - 1].subarray(0, above.length));
  };

  const [{ v, down }] = components.map(({ plane }) => plane.component);
  const rowCount = Math.ceil(down.size / v);
  const decodeRow = (mcuRow: number) => {
    for (let row = 8 * mcuRow; row < Math.min(8 * mcuRow + 8, rowCount); row++) {
      const hasData = readRow(row);
      for (const component of components) finishRow(component, row, hasData);
      isFirst = false;
    }
  };
  return { state, decodeRow };
}

const midGrey = 128;

interface CodedComponent {
  readonly plane: Plane;
  readonly codes: Uint16Array;
  /** Its differences, then samples, in a row of MCUs, with those that pad the last MCU. */
  readonly rows: readonly Uint16Array[];
  /** The last row of samples above these. */
  readonly above: Uint16Array;
}

function codedComponents(
  { components }: Scan,
  { components: sizes }: Plan,
  planes: readonly Plane[],
): CodedComponent[] {
  const tables = new Map(components.map(({ dc }) => [dc, codesOf(dc!)]));
  return components.map(({ index, dc }) => {
    const { h, v, across } = sizes[index];
    const padded = h * Math.ceil(across.size / h);
    return {
      plane: planes[index],
      codes: tables.get(dc)!,
      rows: Array.from({ length: v }, () => new Uint16Array(padded)),
      above: new Uint16Array(across.size),
    };
  });
}

/** The samples of an MCU: one, if the scan has one component, or `h` * `v` of each. */
function layOut(components: readonly CodedComponent[]) {
  const [{ plane, codes, rows, above }] = components;
  const { h, v, down } = plane.component;
  if (components.length === 1) {
    return {
      mcusAcross: above.length,
      linesOf: (row: number) => Math.min(v, down.size - row * v),
      samplesOf: (line: number): CodedSample[] => [{ codes, row: rows[line], step: 1, dx: 0 }],
    };
  }
  const samples = components.flatMap(({ plane: { component }, ...coded }) =>
    coded.rows.flatMap((row) =>
      Array.from({ length: component.h }, (_, dx) => ({ codes: coded.codes, row, step: component.h, dx })),
    ),
  );
  return { mcusAcross: Math.ceil(above.length / h), linesOf: () => 1, samplesOf: () => samples };
}
