/**
 * Decodes JPEG to the pixels of Pillow 13 with libjpeg-turbo 3, bit for bit, and computes only the selected ones: every Huffman
 * code has to be read to find the next, but blocks that no selected pixel needs are skipped.
 */
import type { Bitmap, Selection, TakeRow } from '../../image/image.ts';
import { openBitmap, wholeImage } from '../../image/rows.ts';
import { type Address, type KernelInstance, startKernels } from '../shared/kernels.ts';
import { paintRowOf } from './colours.ts';
import { type CodedFile, openCodedFile } from './entropy/coded-file.ts';
import { openProgressive, type ParallelScans } from './entropy/progressive.ts';
import { checkScanEnd, type ScanReader } from './entropy/restarts.ts';
import { openSequentialScan } from './entropy/sequential.ts';
import type { JpegHeader } from './syntax/header.ts';
import { EndOfData } from './syntax/markers.ts';
import { type Plan, planSampling } from './syntax/sampling-plan.ts';
import { findScans, isSingleScan, type Scan, skipTables } from './syntax/scans.ts';
import { copyOf } from './syntax/tables.ts';
import { openPlanes, type Plane } from './transform/planes.ts';
import { openUpsampling } from './upsampling.ts';

/**
 * Decodes the whole image to RGBA, as stored (not turned).
 * Equals Pillow's `open(file).convert('RGB')` on x86-64, damaged files included. Known differences: Pillow accepts about 1 in
 * 40 of the files without an end marker, and files with more than 100 scans; both are rejected here. Pillow refuses
 * arithmetic-coded files of more than 64 KB, which libjpeg-turbo and this decoder read. Coefficients larger than any encoder
 * writes equal those of libjpeg-turbo's x86 code.
 *
 * @param header read from the same bytes; callers may override its colour space and upsampling
 * @param instance its memory is cleared
 * @throws {CorruptImage} damaged headers or tables, or truncated data, as in Pillow
 * @throws {UnsupportedFormat} more than 100 scans
 */
export function decodeJpeg(bytes: Uint8Array, header: JpegHeader, instance = startKernels()): Bitmap {
  const { bitmap, reader } = openBitmap(header.width, header.height);
  decodeJpegRows(bytes, header, reader.selection, reader.takeRow, instance);
  return bitmap;
}

/** Like `decodeJpeg`, for the selected pixels and row by row. Holds at most two rows of MCUs. */
export function decodeJpegRows(
  bytes: Uint8Array,
  header: JpegHeader,
  selection: Selection,
  takeRow: TakeRow,
  instance = startKernels(),
): void {
  instance.clear();
  const span = spanOf(selection.columns);
  const rgb = instance.allocate(3 * 16 * Math.ceil(span.end / 16));
  const paintRow = paintRowOf(instance, header.colourSpace);
  const selected = openSelected(instance, rgb, selection.columns);
  decodeRows(instance, bytes, header, selection, (components) => {
    paintRow(components, rgb, span.from, span.end);
    takeRow(selected());
  });
}

/** Decodes the components' values without a conversion of colours: row-major, interleaved, all upsampled to the image's size. */
export function decodeJpegSamples(
  bytes: Uint8Array,
  header: JpegHeader,
  instance = startKernels(),
): Uint8Array {
  const { width, height, components } = header;
  instance.clear();
  const samples = new Uint8Array(width * height * components.length);
  let row = 0;
  decodeRows(instance, bytes, header, wholeImage(width, height), (addresses) => {
    addresses.forEach((address, c) => {
      const values = instance.bytesAt(address, width);
      let to = row + c;
      for (let x = 0; x < width; x++, to += components.length) samples[to] = values[x];
    });
    row += width * components.length;
  });
  return samples;
}

/** The pixels of a row that kernels compute. */
interface Span {
  /** A multiple of 16. */
  readonly from: number;
  readonly end: number;
}

function spanOf(columns: Int32Array): Span {
  return { from: (columns[0] ?? 0) & ~15, end: (columns.at(-1) ?? -1) + 1 };
}

/** Returns the selected triples of the row at `rgb`, which are valid until it is called again. */
function openSelected(
  { kernels, allocate, bytesAt, wordsAt }: KernelInstance,
  rgb: Address,
  columns: Int32Array,
): () => Uint8Array {
  if (columns.every((x, i) => x === columns[0] + i)) {
    return () => bytesAt(rgb + 3 * columns[0], 3 * columns.length);
  }
  const target = allocate(3 * columns.length);
  const stored = allocate(columns.byteLength);
  wordsAt(stored, columns.length).set(columns);
  return () => {
    kernels.pickTriples(rgb, stored, columns.length, target);
    return bytesAt(target, 3 * columns.length);
  };
}

/** @param takeValues takes the addresses of each component's values, for the pixels of the span of a row */
function decodeRows(
  instance: KernelInstance,
  bytes: Uint8Array,
  header: JpegHeader,
  selection: Selection,
  takeValues: (components: readonly Address[]) => void,
): void {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { columns, rows } = selection;
  const { from, end } = spanOf(columns);
  const plan = planSampling(header, selection);
  const planes = openPlanes(instance, plan);
  const upsamplers = planes.map((plane) => openUpsampling(instance, plane, from, end));
  const { decodeRow, finish } = openScans(openCodedFile(instance, source), header, plan, planes);
  let i = 0;
  for (let mcuRow = 0; mcuRow < plan.mcusDown; mcuRow++) {
    decodeRow(mcuRow);
    for (; i < rows.length && plan.readyAfter[i] <= mcuRow; i++) {
      takeValues(upsamplers.map((upsample) => upsample(rows[i])));
    }
  }
  finish();
}

interface OpenScans {
  readonly decodeRow: (mcuRow: number) => void;
  /** Call after the last row. */
  readonly finish: () => void;
}

function openScans(file: CodedFile, header: JpegHeader, plan: Plan, planes: readonly Plane[]): OpenScans {
  const scans = findScans(file.bytes, header);
  const { decodeRow, readers } =
    header.isProgressive || header.isArithmetic
      ? openProgressive(file, scans, plan, planes)
      : openSequential(file, scans, plan, planes);
  return {
    decodeRow,
    finish: () => {
      if (isSingleScan(header, scans)) checkRest(file.bytes, header, readers[0]);
      else readers.forEach(checkScanEnd);
    },
  };
}

function openSequential(
  file: CodedFile,
  scans: readonly Scan[],
  plan: Plan,
  planes: readonly Plane[],
): ParallelScans {
  const decoders = scans.map((scan) => openSequentialScan(file, scan, plan, planes));
  return {
    decodeRow: (mcuRow) => {
      for (const { decodeRow } of decoders) decodeRow(mcuRow);
    },
    readers: decoders.map(({ state }) => state.reader),
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
