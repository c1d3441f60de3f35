/**
 * Decodes JPEG to the pixels of Pillow 13 with libjpeg-turbo 3, bit for bit, and computes only the selected ones: every Huffman
 * code has to be read to find the next, but blocks that no selected pixel needs are skipped.
 */
import type { Bitmap, Selection } from '../../image/image.ts';
import { UnsupportedFormat } from '../../image/rejections.ts';
import { openBitmap, wholeImage } from '../../image/rows.ts';
import { type KernelInstance, startKernels } from '../shared/kernels.ts';
import { type PlaneReader, type PlaneRows, planeLayout } from '../shared/plane-rows.ts';
import { type CodedFile, openCodedFile } from './entropy/coded-file.ts';
import { openLosslessScan } from './entropy/lossless.ts';
import { openProgressive, type ParallelScans } from './entropy/progressive.ts';
import { checkScanEnd, type ScanDecoder, type ScanReader } from './entropy/restarts.ts';
import { openSequentialScan } from './entropy/sequential.ts';
import { openPainting, type Span } from './painting.ts';
import type { JpegHeader } from './syntax/header.ts';
import { EndOfData } from './syntax/markers.ts';
import { type Plan, planSampling } from './syntax/sampling-plan.ts';
import { findScans, isSingleScan, skipTables } from './syntax/scans.ts';
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
 * @throws {UnsupportedFormat} more than 100 scans, lossless YCbCr or YCCK, or far more arithmetic decisions than bytes
 */
export function decodeJpeg(bytes: Uint8Array, header: JpegHeader, instance = startKernels()): Bitmap {
  const { bitmap, reader } = openBitmap(header.width, header.height);
  decodeJpegRows(bytes, header, reader, instance);
  return bitmap;
}

/**
 * Like `decodeJpeg`, for the selected pixels and row by row. Holds at most two rows of MCUs.
 *
 * @param instance for a reader that takes no planes; its memory is cleared
 */
export function decodeJpegRows(
  bytes: Uint8Array,
  header: JpegHeader,
  reader: PlaneReader,
  instance?: KernelInstance,
): void {
  const { selection } = reader;
  checkColours(header);
  const rows = reader.planes ?? openTriples(reader, instance ?? startKernels());
  decodeRows(rows.instance, bytes, header, selection, (components, span) => {
    const paint = openPainting(rows.instance, components, header.colourSpace, span);
    return (y) => {
      paint(y, rows.nextRow() - selection.columns[0], rows.planeBytes);
      rows.take();
    };
  });
}

/** libjpeg-turbo does not convert the colours of lossless files, as rounding would change them. */
function checkColours({ isLossless, colourSpace }: JpegHeader): void {
  if (isLossless && (colourSpace === 'YCbCr' || colourSpace === 'YCCK')) {
    throw new UnsupportedFormat(
      `lossless JPEG in ${colourSpace}; save it in greyscale, RGB or CMYK, or as PNG`,
    );
  }
}

/** Decodes the components' values without a conversion of colours: row-major, interleaved, all upsampled to the image's size. */
export function decodeJpegSamples(
  bytes: Uint8Array,
  header: JpegHeader,
  instance = startKernels(),
): Uint8Array {
  const { width, height, components } = header;
  const samples = new Uint8Array(width * height * components.length);
  let row = 0;
  const takeRow = (planes: readonly Uint8Array[]) => {
    planes.forEach((values, c) => {
      let to = row + c;
      for (let x = 0; x < width; x++, to += components.length) samples[to] = values[x];
    });
    row += width * components.length;
  };
  decodeJpegPlanes(bytes, header, wholeImage(width, height), takeRow, instance);
  return samples;
}

/**
 * Like `decodeJpegSamples`, for the selected pixels and row by row.
 *
 * @param takeRow takes a row of each component from column 0 up to the last one selected; they are valid until the next row
 */
export function decodeJpegPlanes(
  bytes: Uint8Array,
  header: JpegHeader,
  selection: Selection,
  takeRow: (planes: readonly Uint8Array[]) => void,
  instance = startKernels(),
): void {
  instance.clear();
  decodeRows(instance, bytes, header, selection, (planes, { from, end }) => {
    const upsamplers = planes.map((plane) => openUpsampling(instance, plane, from, end));
    return (y) => takeRow(upsamplers.map((upsample) => instance.bytesAt(upsample(y), end)));
  });
}

function spanOf(columns: Int32Array): Span {
  return { from: (columns[0] ?? 0) & ~15, end: (columns.at(-1) ?? -1) + 1 };
}

/** Passes rows of planes on as triples, which are valid until the next row. */
function openTriples({ selection: { columns }, takeRow }: PlaneReader, instance: KernelInstance): PlaneRows {
  instance.clear();
  const { kernels, allocate, bytesAt, wordsAt } = instance;
  const { from, end } = spanOf(columns);
  const { planeBytes, firstPlane, rowBytes } = planeLayout(end - from);
  const first = columns[0];
  const planes = allocate(rowBytes) + firstPlane + first - from;
  const rgb = allocate(3 * 16 * Math.ceil(columns.length / 16));
  const rows = { instance, planeBytes, nextRow: () => planes };
  if (columns.every((x, i) => x === first + i)) {
    return {
      ...rows,
      take: () => {
        kernels.joinTriples(planes, planeBytes, columns.length, rgb);
        takeRow(bytesAt(rgb, 3 * columns.length));
      },
    };
  }
  const stored = allocate(columns.byteLength);
  wordsAt(stored, columns.length).set(columns.map((x) => x - first));
  return {
    ...rows,
    take: () => {
      kernels.pickTriples(planes, planeBytes, stored, columns.length, rgb);
      takeRow(bytesAt(rgb, 3 * columns.length));
    },
  };
}

/** @param openTaker returns a function that takes a selected row once its samples are complete */
function decodeRows(
  instance: KernelInstance,
  bytes: Uint8Array,
  header: JpegHeader,
  selection: Selection,
  openTaker: (planes: readonly Plane[], span: Span) => (y: number) => void,
): void {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { columns, rows } = selection;
  const plan = planSampling(header, selection);
  const planes = openPlanes(instance, plan);
  const takeRow = openTaker(planes, spanOf(columns));
  const { decodeRow, finish } = openScans(openCodedFile(instance, source), header, plan, planes);
  let i = 0;
  for (let mcuRow = 0; mcuRow < plan.mcusDown; mcuRow++) {
    decodeRow(mcuRow);
    for (; i < rows.length && plan.readyAfter[i] <= mcuRow; i++) takeRow(rows[i]);
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
  const openScan = header.isLossless ? openLosslessScan : openSequentialScan;
  const { decodeRow, readers } =
    header.isProgressive || header.isArithmetic
      ? openProgressive(file, scans, plan, planes)
      : inParallel(scans.map((scan) => openScan(file, scan, plan, planes)));
  return {
    decodeRow,
    finish: () => {
      if (isSingleScan(header, scans)) checkRest(file.bytes, header, readers[0]);
      else readers.forEach(checkScanEnd);
    },
  };
}

function inParallel(decoders: readonly ScanDecoder[]): ParallelScans {
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
