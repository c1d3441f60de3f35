/** Quantization tables, Huffman tables and the restart interval: ITU-T T.81, clause B.2.4. */
import { CorruptImage } from '../../../image/rejections.ts';
import { createHuffmanTable, type HuffmanTable } from './huffman.ts';
import { ignoredSegmentAt, isFrame, markers, segmentAt, unknownMarker } from './markers.ts';

/** The definitions read so far. Any of them may be redefined between scans. */
export interface Tables {
  /** 64 steps each, in zigzag order. */
  readonly quantization: (Int32Array | undefined)[];
  readonly dc: (HuffmanTable | undefined)[];
  readonly ac: (HuffmanTable | undefined)[];
  /** Arithmetic coding: the parameters of DC tables 0 to 15, then of AC tables, as in DAC. */
  readonly conditioning: Uint8Array;
  /** In MCUs; 0 = no restarts. */
  restartInterval: number;
}

export function emptyTables(): Tables {
  const conditioning = new Uint8Array(2 * conditionedTables).fill(0x10, 0, conditionedTables);
  return {
    quantization: [],
    dc: [],
    ac: [],
    conditioning: conditioning.fill(5, conditionedTables),
    restartInterval: 0,
  };
}

export function copyOf({ quantization, dc, ac, conditioning, restartInterval }: Tables): Tables {
  return {
    quantization: [...quantization],
    dc: [...dc],
    ac: [...ac],
    conditioning: conditioning.slice(),
    restartInterval,
  };
}

/** The parameters of arithmetic coding (clauses F.1.4.4.1.4 and F.1.4.4.2.2). */
export interface Conditioning {
  /** Differences below 2^(lower - 1) count as none, those above 2^(upper - 1) as large. */
  readonly lower: number;
  readonly upper: number;
  /** The last zigzag index whose large coefficients have the statistics of low ones. */
  readonly low: number;
}

export function conditioningOf({ conditioning }: Tables, dcPlace: number, acPlace: number): Conditioning {
  const dc = conditioning[dcPlace];
  return { lower: dc & 15, upper: dc >> 4, low: conditioning[conditionedTables + acPlace] };
}

/**
 * Reads the segment at `at`, whose marker may occur between scans, and stores its definitions in `tables`. Returns the
 * position after the segment.
 *
 * @throws {CorruptImage} a broken segment, or a marker that must not occur here
 */
export function readTables(bytes: Uint8Array, at: number, tables: Tables): number {
  const code = bytes[at - 1];
  if (isFrame(code)) throw new CorruptImage('a second frame header');
  if (!isTable(code) && !isIgnored(code)) throw unknownMarker(code);
  const segment = isTable(code) ? segmentAt(bytes, at) : ignoredSegmentAt(bytes, at);
  if (code === markers.quantizationTables) readQuantizationTables(segment, tables);
  if (code === markers.huffmanTables) readHuffmanTables(segment, tables);
  if (code === markers.arithmeticConditioning) readConditioning(segment, tables);
  if (code === markers.restartInterval) readRestartInterval(segment, tables);
  return at + 2 + segment.length;
}

function isTable(code: number): boolean {
  return (
    code === markers.quantizationTables ||
    code === markers.huffmanTables ||
    code === markers.restartInterval ||
    code === markers.arithmeticConditioning
  );
}

/** Reads DQT, clause B.2.4.1: any number of tables, each preceded by its precision and index. */
function readQuantizationTables(segment: Uint8Array, { quantization }: Tables): void {
  let at = 0;
  while (at < segment.length) {
    const is16Bit = segment[at] >> 4 !== 0;
    const place = segment[at++] & 15;
    const size = is16Bit ? 128 : 64;
    if (place >= places || at + size > segment.length) throw new CorruptImage('a broken quantization table');
    const steps = Int32Array.from({ length: 64 }, (_, k) =>
      is16Bit ? (segment[at + 2 * k] << 8) | segment[at + 2 * k + 1] : segment[at + k],
    );
    quantization[place] = steps;
    at += size;
  }
}

/** Reads DHT, clause B.2.4.2: any number of tables, each preceded by its class, index and code counts. */
function readHuffmanTables(segment: Uint8Array, { dc, ac }: Tables): void {
  let at = 0;
  while (at < segment.length) {
    const isAc = (segment[at] & 16) !== 0;
    const place = segment[at++] - (isAc ? 16 : 0);
    const counts = segment.slice(at, at + 16);
    const size = counts.reduce((sum, count) => sum + count, 0);
    at += 16;
    if (place >= places || size > 256 || at + size > segment.length) {
      throw new CorruptImage('a broken Huffman table');
    }
    (isAc ? ac : dc)[place] = createHuffmanTable(counts, segment.slice(at, at + size));
    at += size;
  }
}

/** Reads DAC, clause B.2.4.3. */
function readConditioning(segment: Uint8Array, { conditioning }: Tables): void {
  for (let at = 0; at < segment.length; at += 2) {
    const [place, value] = segment.subarray(at, at + 2);
    const isReversed = place < conditionedTables && (value & 15) > value >> 4;
    if (!(place < conditioning.length) || value === undefined || isReversed) {
      throw new CorruptImage('a broken arithmetic conditioning');
    }
    conditioning[place] = value;
  }
}

/** Reads DRI, clause B.2.4.4. */
function readRestartInterval(segment: Uint8Array, tables: Tables): void {
  if (segment.length !== 2) throw new CorruptImage('a broken restart interval');
  tables.restartInterval = (segment[0] << 8) | segment[1];
}

/** Segments skipped by their length. DNL is one of them: as in libjpeg-turbo, only the frame header gives the height. */
function isIgnored(code: number): boolean {
  return (
    (code >= markers.app0 && code <= markers.app15) ||
    code === markers.comment ||
    code === markers.numberOfLines
  );
}

const places = 4;
/** For DC, and as many for AC. */
const conditionedTables = 16;
