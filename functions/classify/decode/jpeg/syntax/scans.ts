/** Finds the scans of a file and reads their headers: ITU-T T.81, clause B.2.3. */
import { CorruptImage, UnsupportedFormat } from '../../../image/rejections.ts';
import { standardTable } from './default-tables.ts';
import type { FrameComponent, JpegHeader } from './header.ts';
import type { HuffmanTable } from './huffman.ts';
import { findMarker, isBare, isRestart, markers, segmentAt } from './markers.ts';
import { type Conditioning, conditioningOf, copyOf, readTables, type Tables } from './tables.ts';

export interface Scan {
  readonly components: readonly ScanComponent[];
  readonly isArithmetic: boolean;
  /** Zigzag indices of the band's first and last coefficient; 0 and 63 in sequential scans. In lossless ones, Ss is the predictor. */
  readonly Ss: number;
  readonly Se: number;
  /** Successive approximation: the lowest bits sent by earlier scans (0 = no earlier scan) and by this one; lossless ones send no lower bits than Al. */
  readonly Ah: number;
  readonly Al: number;
  /** In MCUs; 0 = no restarts. */
  readonly restartInterval: number;
  /** The position of the entropy-coded data. */
  readonly dataAt: number;
}

export interface ScanComponent {
  /** Index in the frame. */
  readonly index: number;
  readonly dc: HuffmanTable | undefined;
  readonly ac: HuffmanTable | undefined;
  /** The numbers of its DC and AC tables, and the parameters of arithmetic coding with them. */
  readonly dcPlace: number;
  readonly acPlace: number;
  readonly conditioning: Conditioning;
  /** Quantization steps in force when the scan begins. */
  readonly quantization: Int32Array;
}

/** Returns the first scan alone if it holds a whole sequential image, else all scans of the file, which must end with EOI. */
export function findScans(bytes: Uint8Array, header: JpegHeader): Scan[] {
  const tables = copyOf(header.tables);
  const scans = [readScan(bytes, header.firstScanAt, header, tables)];
  if (isSingleScan(header, scans)) return scans;
  for (;;) {
    const next = skipTables(bytes, endOfData(bytes, scans.at(-1)!), tables);
    if (bytes[next - 1] === markers.endOfImage) {
      if (!header.isProgressive) checkComplete(scans, header);
      return scans;
    }
    scans.push(readScan(bytes, next, header, tables));
    if (scans.length > maxScans) {
      throw new UnsupportedFormat(`JPEG with more than ${maxScans} scans; a colour image needs about 10`);
    }
  }
}

/** True if one scan holds the whole image, so that rows are final as soon as they are read. */
export function isSingleScan(header: JpegHeader, [first]: readonly Scan[]): boolean {
  return !header.isProgressive && first.components.length === header.components.length;
}

/**
 * Reads the segments from `from` and returns the position after the next SOS or EOI marker.
 *
 * @throws {CorruptImage} a broken segment, or the file ends before such a marker
 */
export function skipTables(bytes: Uint8Array, from: number, tables: Tables): number {
  for (let at = from; ; ) {
    at = findMarker(bytes, at);
    const code = bytes[at - 1];
    if (code === markers.startOfScan || code === markers.endOfImage) return at;
    if (!isBare(code)) at = readTables(bytes, at, tables);
  }
}

// All scans are read in parallel, each with its own buffer.
const maxScans = 100;

/** Reads SOS, clause B.2.3. */
function readScan(bytes: Uint8Array, at: number, header: JpegHeader, tables: Tables): Scan {
  const segment = segmentAt(bytes, at);
  const count = segment[0];
  if (!(count >= 1 && count <= 4) || segment.length !== 4 + 2 * count) {
    throw new CorruptImage('a broken scan header');
  }
  const components = Array.from({ length: count }, (_, i) =>
    readComponent(i, segment.subarray(1 + 2 * i), header, tables),
  );
  const [Ss, Se, approximation] = segment.subarray(1 + 2 * count);
  const band =
    header.isProgressive || header.isLossless
      ? { Ss, Se, Ah: approximation >> 4, Al: approximation & 15 }
      : { Ss: 0, Se: 63, Ah: 0, Al: 0 };
  const scan = {
    components,
    isArithmetic: header.isArithmetic,
    ...band,
    restartInterval: tables.restartInterval,
    dataAt: at + 2 + segment.length,
  };
  checkMcu(scan, header.components);
  if (header.isProgressive) checkProgression(scan);
  if (header.isLossless) checkPrediction(scan);
  return scan;
}

function readComponent(
  position: number,
  [id, places]: Uint8Array,
  header: JpegHeader,
  tables: Tables,
): ScanComponent {
  // Components of a scan are in frame order, and some files give several the same id: like libjpeg-turbo, skip the first ones.
  const index = header.components.findIndex((component, i) => component.id === id && i >= position);
  if (index < 0)
    throw new CorruptImage(`a scan of component ${id}, which the frame does not have or has earlier`);
  const quantization = header.isLossless
    ? noSteps
    : tables.quantization[header.components[index].quantizationTable];
  if (!quantization) throw new CorruptImage('a quantization table is missing');
  const [dcPlace, acPlace] = [places >> 4, places & 15];
  const conditioning = conditioningOf(tables, dcPlace, acPlace);
  const [dc, ac] = [tables.dc[dcPlace], tables.ac[acPlace]];
  const component = { index, dc, ac, dcPlace, acPlace, conditioning, quantization };
  if (header.isProgressive || header.isArithmetic || header.isLossless) return component;
  // Motion JPEG omits its Huffman tables.
  return {
    ...component,
    dc: dc ?? standardTable('dc', dcPlace),
    ac: ac ?? standardTable('ac', acPlace),
  };
}

const noSteps = new Int32Array(0);

/** Clause B.2.3: each component at most once and, with several components, at most 10 blocks per MCU. */
function checkMcu({ components }: Scan, frame: readonly FrameComponent[]): void {
  const indices = new Set(components.map(({ index }) => index));
  if (indices.size < components.length) throw new CorruptImage('a scan with the same component twice');
  const blocks = components.reduce((sum, { index }) => sum + frame[index].h * frame[index].v, 0);
  if (components.length > 1 && blocks > 10) throw new CorruptImage(`a scan of ${blocks} blocks an MCU`);
}

/** Clause G.1.1.1: either DC alone or a band of one component's AC coefficients. */
function checkProgression({ components, isArithmetic, Ss, Se, Ah, Al }: Scan): void {
  const isDc = Ss === 0 && Se === 0;
  const isAc = Ss > 0 && Ss <= Se && Se <= 63 && components.length === 1;
  const isNextBit = Ah === 0 || Al === Ah - 1;
  if (!(isDc || isAc) || !isNextBit || Al > 13) throw new CorruptImage('a broken progressive scan');
  if (isArithmetic) return;
  const isMissing = isAc ? !components[0].ac : Ah === 0 && components.some(({ dc }) => !dc);
  if (isMissing) throw new CorruptImage('a Huffman table is missing');
}

/** Clause H.1.2.1; libjpeg-turbo requires 0 where the standard has no meaning. */
function checkPrediction({ components, Ss, Se, Ah, Al }: Scan): void {
  if (Ss < 1 || Ss > 7 || Se !== 0 || Ah !== 0 || Al > 7) throw new CorruptImage('a broken lossless scan');
  if (components.some(({ dc }) => !dc)) throw new CorruptImage('a Huffman table is missing');
}

/**
 * Lossless components without a scan have no samples in libjpeg-turbo, while those of other files are grey. One scan for each
 * component, as the standard demands, bounds the time and memory that all scans take; libjpeg-turbo mixes the coefficients of several.
 */
function checkComplete(scans: readonly Scan[], { components, isLossless }: JpegHeader): void {
  const sent = scans.flatMap((scan) => scan.components.map(({ index }) => index));
  const { size } = new Set(sent);
  if (isLossless && size < components.length) throw new CorruptImage('a component without a scan');
  if (sent.length > size) {
    const kind = isLossless ? 'lossless' : 'sequential';
    throw new UnsupportedFormat(`${kind} JPEG with several scans of a component; save it as PNG`);
  }
}

/**
 * The position of the marker that ends a scan's data: any marker but a restart and those that libjpeg-turbo skips on its way
 * to the next restart.
 */
function endOfData(bytes: Uint8Array, { dataAt, restartInterval }: Scan): number {
  for (let at = dataAt; ; ) {
    at = findMarker(bytes, at);
    const code = bytes[at - 1];
    const isIgnored = isRestart(code) || (restartInterval > 0 && code < markers.startOfFrame);
    if (!isIgnored) return at - 2;
  }
}
