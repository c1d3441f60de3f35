/**
 * Reads one block of a refining scan, which sends one more bit of each coefficient of a band (ITU-T T.81, clause G.1.2.3).
 * Codes for coefficients that become nonzero are interleaved with the bits of those that already are ("known" below).
 */

import { lengthBits, lengthMask } from '../syntax/lookup-entries.ts';
import { naturalOrder } from '../transform/zigzag.ts';
import { type Band, bandRun } from './band.ts';
import { bitAt, peek } from './bit-reader.ts';
import { bitCount, markNonZero } from './coefficient-row.ts';
import { codeEntry } from './symbols.ts';

/** Refines the band of a block. Where values are not needed, the bits of known coefficients are only counted. */
export function refineBand(band: Band, block: number, needsValues: boolean): void {
  const { state, reader, row } = band;
  // Coefficients that this scan adds are not refined by it.
  const low = row.low[block] & band.lowMask;
  const high = row.high[block] & band.highMask;
  let passed = 0;
  if (state.bandRun > 0 && !needsValues) {
    reader.position += bitCount(low) + bitCount(high);
  } else {
    listKnown(low, high, band.Ss);
    if (state.bandRun === 0) passed = readNew(band, block, needsValues);
    if (state.bandRun > 0) {
      if (needsValues) refineKnown(band, block, reader.position, passed, known.count);
      reader.position += known.count - passed;
    }
  }
  if (state.bandRun > 0) state.bandRun--;
}

/** The known coefficients of a block's band, listed so that each step below is one lookup. */
const known = {
  count: 0,
  /** In the block. */
  positions: new Uint8Array(64),
  /** The number of zeros in the band that are followed by a known coefficient, and the number of those before each known one. */
  zeros: 0,
  before: new Uint8Array(64),
};

function listKnown(low: number, high: number, Ss: number): void {
  const { positions, before } = known;
  const end = high !== 0 ? 64 - Math.clz32(high) : 32 - Math.clz32(low);
  let count = 0;
  let zeros = 0;
  for (let k = Ss; k < end; k++) {
    const isKnown = ((k < 32 ? low : high) >>> (k & 31)) & 1;
    before[zeros] = count;
    positions[count] = naturalOrder[k];
    count += isKnown;
    zeros += 1 - isKnown;
  }
  known.count = count;
  known.zeros = zeros;
}

/**
 * Reads the new coefficients up to the end of the band and refines the known ones in between. Returns how many of the known
 * ones were refined.
 */
function readNew(band: Band, block: number, needsValues: boolean): number {
  const { state, reader, row, table, codes, Ss, Se, Al } = band;
  const { words } = reader;
  const { before } = known;
  const knownZeros = known.zeros;
  const knownCount = known.count;
  let { position } = reader;
  let low = 0;
  let high = 0;
  let zeros = 0;
  let passed = 0;
  for (let k = Ss; k <= Se; k++) {
    const window = peek(words, position);
    const entry = codeEntry(window, table, codes);
    const length = entry & lengthMask;
    const size = (entry >> lengthBits) & 15;
    const run = entry >> (lengthBits + 4);
    position += length;
    if (size === 0 && run < 15) {
      state.bandRun = bandRun(window << length, run);
      position += run;
      break;
    }
    if (size !== 0) position++;
    // The run counts zeros only.
    zeros += run;
    const next = zeros < knownZeros ? before[zeros] : knownCount;
    if (needsValues) refineKnown(band, block, position, passed, next);
    position += next - passed;
    passed = next;
    k = Math.min(Ss + zeros + passed, Se + 1);
    zeros++;
    if (size === 0) continue;
    const place = Math.min(k, 63);
    if (place < 32) low |= 1 << place;
    else high |= 1 << (place - 32);
    if (needsValues) row.ac[64 * block + naturalOrder[place]] = window << length < 0 ? 1 << Al : -1 << Al;
  }
  reader.position = position;
  if (needsValues || band.isRefinedLater) markNonZero(row, block, low, high);
  return passed;
}

/** Reads the bits of the known coefficients in the given range: each states whether the magnitude has bit Al. */
function refineKnown(
  { reader: { words }, row: { ac }, Al }: Band,
  block: number,
  position: number,
  from: number,
  end: number,
): void {
  for (let i = from; i < end; i++) {
    const at = 64 * block + known.positions[i];
    const bit = bitAt(words, position + i - from);
    if (bit === 1 && ((ac[at] >> Al) & 1) === 0) ac[at] += ac[at] < 0 ? -1 << Al : 1 << Al;
  }
}
