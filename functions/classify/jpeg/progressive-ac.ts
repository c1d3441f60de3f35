/**
 * Scans of AC coefficients in progressive files: ITU-T T.81, clauses G.1.2.2 (first scan of a band) and G.1.2.3 (one more
 * bit for each of its coefficients). Of blocks that are not needed only which coefficients are not zero is kept, since
 * that is what a refining scan's data depend on.
 */
import { type BitReader, bitAt, checkEnd, openReader } from './bit-reader.ts';
import { type CoefficientRow, countNonZero, markNonZero, nextNonZero } from './coefficient-row.ts';
import type { HuffmanTable } from './huffman.ts';
import { beginMcu, isOver, type ScanState, startScan } from './restarts.ts';
import { type Component, isNeeded } from './sampling-plan.ts';
import type { Scan } from './scans.ts';
import { readBits, readSymbol, readValue } from './symbols.ts';

/**
 * Returns what reads the next row of MCUs, counted from 0. A dry block is left as it is.
 *
 * @param isRefinedLater whether another scan follows on this band
 */
export const openAcScan = (
  source: Buffer,
  scan: Scan,
  component: Component,
  row: CoefficientRow,
  isRefinedLater: boolean,
): ((mcuRow: number) => void) => {
  const reader = openReader(source, scan.dataAt);
  const table = scan.components[0].ac!;
  const { Ss, Se, Ah, Al } = scan;
  const band: Band = {
    reader,
    state: startScan(reader, scan.restartInterval),
    row,
    table,
    codes: table.codes(),
    Ss,
    Se,
    Al,
    lowMask: lowBits(Se + 1),
    highMask: lowBits(Se - 31),
    isRefinedLater,
  };
  const decodeLine = Ah === 0 ? readLine : refineLine;
  return (mcuRow) => {
    if (isOver(band.state)) return;
    const lines = Math.min(component.v, component.blocksDown - mcuRow * component.v);
    for (let line = 0; line < lines; line++) {
      decodeLine(band, component, line * row.blocksAcross, mcuRow * component.v + line);
    }
  };
};

interface Band {
  readonly reader: BitReader;
  readonly state: ScanState;
  readonly row: CoefficientRow;
  readonly table: HuffmanTable;
  readonly codes: Uint16Array;
  readonly Ss: number;
  readonly Se: number;
  readonly Al: number;
  /** The bits of places 0 to Se in `low` and `high` of the row. */
  readonly lowMask: number;
  readonly highMask: number;
  readonly isRefinedLater: boolean;
}

/** @param first of the line's blocks, in the row of coefficients */
const readLine = (band: Band, component: Component, first: number, blockY: number): void => {
  const { state, reader } = band;
  for (let x = 0; x < component.blocksAcross; x++) {
    beginMcu(state);
    if (reader.isDry) continue;
    if (state.bandRun > 0) state.bandRun--;
    else readBand(band, first + x, isNeeded(component, x, blockY));
    checkEnd(reader);
  }
};

const readBand = (band: Band, block: number, needsValues: boolean): void => {
  const { state, reader, row, table, codes, Se, Al } = band;
  let low = 0;
  let high = 0;
  for (let k = band.Ss; k <= Se; k++) {
    const symbol = readSymbol(reader, table, codes);
    const run = symbol >> 4;
    const size = symbol & 15;
    if (size === 0 && run < 15) {
      state.bandRun = readBandRun(reader, run) - 1;
      break;
    }
    k += run;
    if (size === 0) continue;
    const value = ((readValue(reader, size) << Al) << 16) >> 16;
    if (value === 0) continue; // Nothing is left of it in libjpeg-turbo's 16 bits.
    const place = Math.min(k, 63);
    if (place < 32) low |= 1 << place;
    else high |= 1 << (place - 32);
    if (needsValues) row.ac[64 * block + place] = value;
  }
  if (needsValues || band.isRefinedLater) markNonZero(row, block, low, high);
};

/** @param first of the line's blocks, in the row of coefficients */
const refineLine = (band: Band, component: Component, first: number, blockY: number): void => {
  const { state, reader, row, lowMask, highMask } = band;
  for (let x = 0; x < component.blocksAcross; x++) {
    beginMcu(state);
    if (reader.isDry) continue;
    const needsValues = isNeeded(component, x, blockY);
    // What this scan adds is not refined by it.
    const low = row.low[first + x] & lowMask;
    const high = row.high[first + x] & highMask;
    const k = state.bandRun > 0 ? band.Ss : refineBand(band, first + x, low, high, needsValues);
    if (state.bandRun > 0) {
      refineRest(band, first + x, low, high, k, needsValues);
      state.bandRun--;
    }
    checkEnd(reader);
  }
};

/**
 * Refines the coefficients whose bits are set in `low` and `high`, and adds new ones, up to the end of the band or of the
 * block. Returns the place where it stopped.
 */
const refineBand = (band: Band, block: number, low: number, high: number, needsValues: boolean): number => {
  const { state, reader, row, table, codes, Se, Al } = band;
  const { words } = reader;
  let newLow = 0;
  let newHigh = 0;
  let k = band.Ss;
  for (; k <= Se; k++) {
    const symbol = readSymbol(reader, table, codes);
    let { position } = reader;
    const isNew = (symbol & 15) !== 0;
    let run = symbol >> 4;
    if (!isNew && run < 15) {
      state.bandRun = readBandRun(reader, run);
      break;
    }
    const value = isNew && bitAt(words, position++) === 1 ? 1 << Al : -1 << Al;
    // The run counts zeros only: the coefficients among them are refined in passing.
    let next = nextNonZero(low, high, k);
    while (next <= Se && next - k <= run) {
      if (needsValues) refine(band, 64 * block + next, bitAt(words, position));
      position++;
      run -= next - k;
      k = next + 1;
      next = nextNonZero(low, high, k);
    }
    reader.position = position;
    k = Math.min(k + run, Se + 1);
    if (!isNew) continue;
    const place = Math.min(k, 63);
    if (place < 32) newLow |= 1 << place;
    else newHigh |= 1 << (place - 32);
    if (needsValues) row.ac[64 * block + place] = value;
  }
  if (needsValues || band.isRefinedLater) markNonZero(row, block, newLow, newHigh);
  return k;
};

/** Refines the coefficients from place k on. */
const refineRest = (
  band: Band,
  block: number,
  low: number,
  high: number,
  k: number,
  needsValues: boolean,
): void => {
  if (!needsValues) {
    band.reader.position += countNonZero(low, high, k);
    return;
  }
  for (let next = nextNonZero(low, high, k); next < 64; next = nextNonZero(low, high, next + 1)) {
    refine(band, 64 * block + next, bitAt(band.reader.words, band.reader.position++));
  }
};

/** Takes one more bit of a coefficient, which says whether its magnitude has bit Al. */
const refine = ({ row: { ac }, Al }: Band, at: number, bit: number): void => {
  if (bit === 0 || ((ac[at] >> Al) & 1) === 1) return;
  ac[at] += ac[at] < 0 ? -1 << Al : 1 << Al;
};

/** The length of an end-of-band run in blocks, this one included. */
const readBandRun = (reader: BitReader, size: number): number =>
  (1 << size) + (size === 0 ? 0 : readBits(reader, size));

const lowBits = (count: number): number => {
  if (count <= 0) return 0;
  return count >= 32 ? -1 : (1 << count) - 1;
};
