/**
 * Decodes JPEG to the pixels of Pillow 13 with libjpeg-turbo 3, bit for bit, and computes only the selected ones: every Huffman
 * code has to be read to find the next, but samples that no selected pixel needs are skipped.
 */
import type { Bitmap, Selection, TakeRow } from '../../image/image.ts';
import { openBitmap, wholeImage } from '../../image/rows.ts';
import { interleave, type PaintRow, paintRowOf } from './colours.ts';
import { openProgressive, type ParallelScans } from './entropy/progressive.ts';
import { checkScanEnd, type ScanReader } from './entropy/restarts.ts';
import { openSequentialScan } from './entropy/sequential.ts';
import type { JpegHeader } from './syntax/header.ts';
import { EndOfData } from './syntax/markers.ts';
import { type Plan, planSampling } from './syntax/sampling-plan.ts';
import { findScans, isSingleScan, type Scan, skipTables } from './syntax/scans.ts';
import { copyOf } from './syntax/tables.ts';
import { clearScratch } from './transform/idct.ts';
import { upsampleRow } from './upsampling.ts';

/**
 * Decodes the whole image to RGBA, as stored (not turned).
 * Equals Pillow's `open(file).convert('RGB')` on x86-64, damaged files included. Known differences: Pillow accepts about 1 in
 * 40 of the files without an end marker, and files with more than 100 scans; both are rejected here. Pillow refuses
 * arithmetic-coded files of more than 64 KB, which libjpeg-turbo and this decoder read. Coefficients larger than any encoder
 * writes equal those of libjpeg-turbo's x86 code.
 *
 * @param header read from the same bytes; callers may override its colour space
 * @throws {CorruptImage} damaged headers or tables, or truncated data, as in Pillow
 * @throws {UnsupportedFormat} more than 100 scans
 */
export function decodeJpeg(bytes: Uint8Array, header: JpegHeader): Bitmap {
  const { bitmap, reader } = openBitmap(header.width, header.height);
  decodeJpegRows(bytes, header, reader.selection, reader.takeRow);
  return bitmap;
}

/** Like `decodeJpeg`, for the selected pixels and row by row. Holds at most two rows of MCUs. */
export function decodeJpegRows(
  bytes: Uint8Array,
  header: JpegHeader,
  selection: Selection,
  takeRow: TakeRow,
): void {
  decodeRows(bytes, header, selection, paintRowOf(header.colourSpace), 3, takeRow);
}

/** Decodes the components' values without a conversion of colours: row-major, interleaved, all upsampled to the image's size. */
export function decodeJpegSamples(bytes: Uint8Array, header: JpegHeader): Uint8Array {
  const { width, height, components } = header;
  const rowBytes = width * components.length;
  const samples = new Uint8Array(rowBytes * height);
  let to = 0;
  const takeRow: TakeRow = (row) => {
    samples.set(row, to);
    to += rowBytes;
  };
  decodeRows(bytes, header, wholeImage(width, height), interleave, components.length, takeRow);
  return samples;
}

function decodeRows(
  bytes: Uint8Array,
  header: JpegHeader,
  selection: Selection,
  paintRow: PaintRow,
  channels: number,
  takeRow: TakeRow,
): void {
  clearScratch();
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { columns, rows } = selection;
  const plan = planSampling(header, selection);
  const { decodeRow, finish } = openScans(source, header, plan);
  const values = plan.components.map(() => new Uint8Array(columns.length));
  const rgb = new Uint8ClampedArray(channels * columns.length);
  const taken = new Uint8Array(rgb.buffer);
  let i = 0;
  for (let mcuRow = 0; mcuRow < plan.mcusDown; mcuRow++) {
    decodeRow(mcuRow);
    for (; i < rows.length && plan.readyAfter[i] <= mcuRow; i++) {
      for (let c = 0; c < values.length; c++) {
        upsampleRow(plan.components[c], i, rows[i], columns, values[c]);
      }
      paintRow(values, rgb);
      takeRow(taken);
    }
  }
  finish();
}

interface OpenScans {
  readonly decodeRow: (mcuRow: number) => void;
  /** Call after the last row. */
  readonly finish: () => void;
}

function openScans(source: Buffer, header: JpegHeader, plan: Plan): OpenScans {
  const scans = findScans(source, header);
  const { decodeRow, readers } =
    header.isProgressive || header.isArithmetic
      ? openProgressive(source, scans, plan)
      : openSequential(source, scans, plan);
  return {
    decodeRow,
    finish: () => {
      if (isSingleScan(header, scans)) checkRest(source, header, readers[0]);
      else readers.forEach(checkScanEnd);
    },
  };
}

function openSequential(source: Buffer, scans: readonly Scan[], plan: Plan): ParallelScans {
  const decoders = scans.map((scan) => openSequentialScan(source, scan, plan));
  return {
    decodeRow: (mcuRow) => {
      for (const { decodeRow } of decoders) decodeRow(mcuRow);
    },
    readers: decoders.map(({ reader }) => reader),
  };
}

/**
 * Checks the segments after the only scan up to EOI or another scan, which is ignored. Once all rows have data, Pillow
 * tolerates a file that ends before EOI.
 */
function checkRest(source: Buffer, header: JpegHeader, { at, markerAt, isCutOff }: ScanReader): void {
  if (isCutOff) throw new EndOfData();
  try {
    skipTables(source, markerAt === 0 ? at : markerAt - 2, copyOf(header.tables));
  } catch (error) {
    if (!(error instanceof EndOfData)) throw error;
  }
}
