/**
 * Old-style JPEG in TIFF (compression 6; TIFF 6.0, section 22). Assembles a JPEG file from what programs stored: a whole JPEG
 * stream, or scan data in strips with the tables in a stream or elsewhere in the file. Equals libtiff (tif_ojpeg.c).
 */
import { CorruptImage } from '../../image/rejections.ts';
import { wholeImage } from '../../image/rows.ts';
import { decodeJpegPlanes } from '../jpeg/decode-jpeg.ts';
import { type JpegHeader, readJpegHeader } from '../jpeg/syntax/header.ts';
import { findMarker, isFrame, markers, segmentAt } from '../jpeg/syntax/markers.ts';
import { slice } from '../shared/bytes.ts';
import type { Directory } from '../shared/directory.ts';
import type { TiffLayout } from './layout.ts';
import { checkBlocks } from './limits.ts';
import { otherSamples, refusal } from './variants.ts';

/**
 * Decodes a page.
 *
 * @param takeRow takes the Y, the Cb and the Cr of a row's pixels, which are valid until the next row
 * @throws {UnsupportedFormat} a kind that libtiff does not read either
 * @throws {CorruptImage | RangeError} damaged or missing data
 */
export function decodeOldJpeg(
  file: Uint8Array,
  directory: Directory,
  layout: TiffLayout,
  takeRow: (planes: readonly Uint8Array[]) => void,
): void {
  const jpeg = assembleJpeg(file, directory, layout);
  const { width, height } = layout;
  const header = { ...readJpegHeader(jpeg), upsampling: 'plain' as const };
  checkHeader(header, layout);
  const page = { ...header, height };
  checkRestarts(jpeg, page);
  decodeJpegPlanes(jpeg, page, wholeImage(width, height), takeRow);
}

function assembleJpeg(file: Uint8Array, directory: Directory, layout: TiffLayout): Uint8Array {
  const stream = interchangeStream(file, directory);
  const inStream = findScanData(stream);
  const isWhole = holdsAllData(stream, inStream.at, layout);
  const sizes = isWhole ? [] : sizesOf(file, layout);
  const codedBytes = () => sizes.reduce((sum, size) => sum + size, 0);
  checkBlocks(layout, { count: layout.blocksDown, planes: 1, codedBytes }, 0, file.length);
  const stored = isWhole ? stream : Buffer.concat([stream, ...partsOf(file, layout, sizes)]);
  const { at, luma } = isWhole ? inStream : findScanData(stored);
  const data = stored.subarray(at);
  const head = luma ? stored.subarray(0, at) : tablesFrom(file, directory, layout);
  const interval =
    layout.blocksDown > 1 && data.includes(firstRestart)
      ? mcusPerStrip(layout, luma ?? layout.subsampling)
      : (directory.numbers(tags.restartInterval)[0] ?? 0);
  const restarts = interval > 0 ? segment(markers.restartInterval, uint16(interval)) : Buffer.alloc(0);
  return Buffer.concat([startOfImage, restarts, head, data]);
}

/**
 * Strips are parts of a stream that has scan data, or their tags are wrong. But if its length is not known, a stream of tables
 * alone seems to have data: without an end, they are the first strips and whatever else follows in the file.
 */
function holdsAllData(stream: Buffer, at: number, { blocksDown }: TiffLayout): boolean {
  return at < stream.length && (blocksDown === 1 || stream.includes(endOfImage, at));
}

/** The JPEG stream that some files have, up to the end of the file if its length is not known. */
function interchangeStream(file: Uint8Array, { numbers }: Directory): Buffer {
  const [start = 0] = numbers(tags.interchangeFormat);
  const [length = 0] = numbers(tags.interchangeFormatLength);
  if (start === 0 || start >= file.length) return Buffer.alloc(0);
  const rest = Buffer.from(file.buffer, file.byteOffset + start, file.length - start);
  return withoutStart(length > 0 ? rest.subarray(0, length) : rest);
}

/**
 * The sizes of the strips, at most up to the end of the file, which is also the end of one without a size: the decoder skips what
 * stands before a restart marker.
 */
function sizesOf(file: Uint8Array, { blocksDown, offsets, byteCounts }: TiffLayout): readonly number[] {
  return Array.from({ length: blocksDown }, (_, i) => {
    const rest = Math.max(0, file.length - (offsets[i] ?? file.length));
    return byteCounts[i] > 0 ? Math.min(byteCounts[i], rest) : rest;
  });
}

/** The strips with the restart markers between them, which the file leaves out. */
function partsOf(file: Uint8Array, { offsets }: TiffLayout, sizes: readonly number[]): readonly Uint8Array[] {
  return sizes.flatMap((size, i) => {
    if (!(offsets[i] > 0 && size > 0)) throw new CorruptImage(`there is no strip or tile ${i + 1}`);
    const code = i + 1 < sizes.length ? markers.firstRestart + (i % 8) : markers.endOfImage;
    const strip = slice(file, offsets[i], size);
    return [i === 0 ? withoutStart(strip) : strip, Buffer.of(0xff, code)];
  });
}

interface ScanData {
  readonly at: number;
  /** The luma's sampling factors; undefined if the stream has no headers of a frame and a scan. */
  readonly luma?: Factors | undefined;
}

type Factors = readonly [across: number, down: number];

/** Skips the marker segments at the start of a stream. */
function findScanData(stream: Uint8Array): ScanData {
  let luma: Factors | undefined;
  for (let at = 0; at < stream.length; ) {
    if (stream[at] !== 0xff) return { at };
    while (stream[at] === 0xff) at++;
    const code = stream[at++];
    if (code === markers.startOfImage) continue;
    const content = segmentAt(stream, at);
    at += 2 + content.length;
    if (isFrame(code)) luma = [content[7] >> 4, content[7] & 15];
    if (code === markers.startOfScan) return { at, luma };
  }
  return { at: stream.length };
}

/** The headers of a JPEG file whose tables stand in the TIFF file, one per sample. */
function tablesFrom(file: Uint8Array, { numbers }: Directory, layout: TiffLayout): Buffer {
  const { blockWidth, blockHeight, blocksDown, height, tiled, subsampling } = layout;
  const read = (tag: number, lengthAt: (start: number) => number) => {
    const starts = numbers(tag);
    if (!(starts[0] > 0)) throw new CorruptImage('there are no JPEG tables');
    return [0, 1, 2]
      .map((i) => starts.slice(0, i + 1).findLast((at) => at > 0)!)
      .map((at) => slice(file, at, lengthAt(at)));
  };
  const huffmanBytes = (at: number) => slice(file, at, 16).reduce((sum, count) => sum + count, 16);
  const define = (code: number, place: number, table: Uint8Array) =>
    segment(code, Buffer.concat([Buffer.of(place), table]));
  const rows = tiled ? blocksDown * blockHeight : height;
  return Buffer.concat([
    ...read(tags.quantizationTables, () => 64).map((table, c) =>
      define(markers.quantizationTables, c, table),
    ),
    ...read(tags.dcTables, huffmanBytes).map((table, c) => define(markers.huffmanTables, c, table)),
    ...read(tags.acTables, huffmanBytes).map((table, c) => define(markers.huffmanTables, 16 + c, table)),
    segment(
      markers.startOfFrame,
      Buffer.of(8, ...uint16(rows), ...uint16(blockWidth), 3),
      Buffer.of(0, (subsampling[0] << 4) | subsampling[1], 0, 1, 0x11, 1, 2, 0x11, 2),
    ),
    segment(markers.startOfScan, Buffer.of(3, 0, 0, 1, 0x11, 2, 0x22, 0, 63, 0)),
  ]);
}

function mcusPerStrip({ blockWidth, blockHeight }: TiffLayout, [across, down]: Factors): number {
  if (blockHeight % (8 * down) !== 0) {
    throw refusal(`TIFF of old-style JPEG in strips of ${blockHeight} rows`);
  }
  return (Math.ceil(blockWidth / (8 * across)) * blockHeight) / (8 * down);
}

function checkHeader(
  { width, height, components, isProgressive, isArithmetic, isLossless }: JpegHeader,
  layout: TiffLayout,
): void {
  if (components.length !== 3) {
    throw refusal(otherSamples(3, components.length));
  }
  const [{ h, v }, ...colours] = components;
  const isKnown =
    knownFactors.includes(`${h}x${v}`) && colours.every((other) => other.h === 1 && other.v === 1);
  const process = isArithmetic
    ? 'arithmetic-coded'
    : isProgressive
      ? 'progressive'
      : isLossless && 'lossless';
  if (process) throw refusal(`TIFF of old-style JPEG that is ${process}`);
  if (!isKnown) {
    const factors = components.map((component) => `${component.h}x${component.v}`);
    throw refusal(`TIFF of old-style JPEG with the sampling factors ${factors}`);
  }
  if (width < layout.width || width > layout.blockWidth || height < layout.height) {
    throw new CorruptImage(`a JPEG of ${width}x${height} in a page of ${layout.width}x${layout.height}`);
  }
}

/**
 * Unlike for other JPEGs, libtiff does not look for the next restart marker where one is missing or out of order.
 *
 * @param page the header with the height of the page
 */
function checkRestarts(
  jpeg: Uint8Array,
  { width, height, components, tables, firstScanAt }: JpegHeader,
): void {
  const interval = tables.restartInterval;
  if (interval === 0) return;
  const [{ h, v }] = components;
  const due = Math.ceil((Math.ceil(width / (8 * h)) * Math.ceil(height / (8 * v))) / interval) - 1;
  let at = firstScanAt + 2 + segmentAt(jpeg, firstScanAt).length;
  for (let i = 0; i < due; i++) {
    at = findMarker(jpeg, at);
    if (jpeg[at - 1] !== markers.firstRestart + (i % 8)) {
      throw new CorruptImage(`restart marker ${i + 1} of ${due} is missing or out of order`);
    }
  }
}

function segment(code: number, ...contents: readonly Uint8Array[]): Buffer {
  const length = contents.reduce((sum, content) => sum + content.length, 2);
  return Buffer.concat([Buffer.of(0xff, code, ...uint16(length)), ...contents]);
}

function uint16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value);
}

function withoutStart<Bytes extends Uint8Array>(stream: Bytes): Bytes {
  const starts = stream[0] === 0xff && stream[1] === markers.startOfImage;
  return stream.subarray(starts ? 2 : 0) as Bytes;
}

const startOfImage = Buffer.of(0xff, markers.startOfImage);
const endOfImage = Buffer.of(0xff, markers.endOfImage);
const firstRestart = Buffer.of(0xff, markers.firstRestart);
/** Luma's factors for which libtiff has a conversion to RGB. */
const knownFactors = ['1x1', '1x2', '2x1', '2x2', '4x1', '4x2'];
const tags = {
  interchangeFormat: 513,
  interchangeFormatLength: 514,
  restartInterval: 515,
  quantizationTables: 519,
  dcTables: 520,
  acTables: 521,
};
