/**
 * JPEG -> the pixels that Pillow 13 with libjpeg-turbo 3 gives, bit for bit, and only those that are asked for: every Huffman
 * code is read, since the next one's place depends on it, but only the wanted samples are computed.
 */
import type { Bitmap } from '../decode.ts';
import type { BitReader } from './bit-reader.ts';
import { paintRowOf } from './colours.ts';
import type { JpegHeader } from './header.ts';
import { EndOfData } from './markers.ts';
import { openProgressive } from './progressive.ts';
import { type Plan, planSampling } from './sampling-plan.ts';
import { findScans, isSingleScan, skipTables } from './scans.ts';
import { openSequentialScan } from './sequential.ts';
import { copyOf } from './tables.ts';
import { upsampleRow } from './upsampling.ts';

/** Indices of pixel columns or rows, ascending; repeats are allowed. */
export type Selection = Int32Array | 'all';

/**
 * Decodes the pixels where the given columns and rows cross: columns.length x rows.length, RGBA, as stored (not turned).
 * Equal to Pillow's `open(file).convert('RGB')` on x86-64, damaged files included. Known differences: Pillow accepts about 1
 * in 40 of the files whose end marker is missing, and files with more than 100 scans; both are refused here. Coefficients
 * larger than any encoder writes equal those of libjpeg-turbo's x86 code.
 *
 * @param header of the same bytes; its colour space may be overridden
 * @throws {CorruptImage} what Pillow refuses: damaged headers and tables, and data that are cut off
 * @throws {UnsupportedFormat} more than 100 scans
 */
export const decodeJpeg = (
  bytes: Uint8Array,
  header: JpegHeader,
  columns: Selection,
  rows: Selection,
): Bitmap => {
  const width = columns === 'all' ? header.width : columns.length;
  const height = rows === 'all' ? header.height : rows.length;
  const data = new Uint8Array(4 * width * height);
  forEachRow(bytes, header, columns, rows, (i, rgba) => data.set(rgba, 4 * width * i));
  return { width, height, data };
};

/**
 * The same, row by row as they come: no more than two rows of MCUs are held.
 *
 * @param visit gets the index into `rows`, ascending, and the pixels, whose array is used again for the next row
 */
export const forEachRow = (
  bytes: Uint8Array,
  header: JpegHeader,
  columns: Selection,
  rows: Selection,
  visit: (i: number, rgba: Uint8ClampedArray) => void,
): void => {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wanted = { columns: indices(columns, header.width), rows: indices(rows, header.height) };
  const plan = planSampling(header, wanted);
  const { decodeRow, finish } = openScans(source, header, plan);
  const paintRow = paintRowOf(header.colourSpace);
  const values = plan.components.map(() => new Uint8Array(wanted.columns.length));
  const rgba = new Uint8ClampedArray(4 * wanted.columns.length);
  let i = 0;
  for (let mcuRow = 0; mcuRow < plan.mcusDown; mcuRow++) {
    decodeRow(mcuRow);
    for (; i < wanted.rows.length && plan.readyAfter[i] <= mcuRow; i++) {
      for (let c = 0; c < values.length; c++) {
        upsampleRow(plan.components[c], i, wanted.rows[i], wanted.columns, values[c]);
      }
      paintRow(values, rgba);
      visit(i, rgba);
    }
  }
  finish();
};

const indices = (selection: Selection, size: number): Int32Array =>
  selection === 'all' ? Int32Array.from({ length: size }, (_, i) => i) : selection;

interface OpenScans {
  readonly decodeRow: (mcuRow: number) => void;
  /** To be called after the last row. */
  readonly finish: () => void;
}

const openScans = (source: Buffer, header: JpegHeader, plan: Plan): OpenScans => {
  const scans = findScans(source, header);
  if (header.isProgressive) return { decodeRow: openProgressive(source, scans, plan), finish: () => {} };
  const decoders = scans.map((scan) => openSequentialScan(source, scan, plan));
  return {
    decodeRow: (mcuRow) => {
      for (const { decodeRow } of decoders) decodeRow(mcuRow);
    },
    finish: () => {
      if (isSingleScan(header, scans)) checkRest(source, header, decoders[0].reader);
    },
  };
};

/**
 * What stands behind the only scan must be sound, up to EOI or another scan, which is ignored. But once there are data for all
 * rows, Pillow does not mind if the file ends before that.
 */
const checkRest = (source: Buffer, header: JpegHeader, { at, markerAt, isCutOff }: BitReader): void => {
  if (isCutOff) throw new EndOfData();
  try {
    skipTables(source, markerAt === 0 ? at : markerAt - 2, copyOf(header.tables));
  } catch (error) {
    if (!(error instanceof EndOfData)) throw error;
  }
};
