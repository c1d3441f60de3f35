/**
 * A scan that sends one more bit of each coefficient of a band, of one block: ITU-T T.81, clause G.1.2.3. It says which of the
 * coefficients that were zero so far are not any more, and in between come the bits of those that are known already.
 */

import { lengthBits, lengthMask } from '../syntax/lookup-entries.ts';
import { type Band, bandRun } from './band.ts';
import { bitAt, peek } from './bit-reader.ts';
import { bitCount, markNonZero } from './coefficient-row.ts';
import { codeEntry } from './symbols.ts';

/** Refines the band of a block, or goes past it: where values are not needed, the known coefficients' bits only have to be counted. */
export function refineBand(band: Band, block: number, needsValues: boolean): void {
  const { state, reader, row } = band;
  // What this scan adds is not refined by it.
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

/** The known coefficients of a block's band. A list of them makes each step below one look-up, whatever lies between. */
const known = {
  count: 0,
  places: new Uint8Array(64),
  /** How many of the band's other coefficients, the zeros, have known ones behind them, and how many of those are before each. */
  zeros: 0,
  before: new Uint8Array(64),
};

function listKnown(low: number, high: number, Ss: number): void {
  const { places, before } = known;
  const end = high !== 0 ? 64 - Math.clz32(high) : 32 - Math.clz32(low);
  let count = 0;
  let zeros = 0;
  for (let k = Ss; k < end; k++) {
    const isKnown = ((k < 32 ? low : high) >>> (k & 31)) & 1;
    before[zeros] = count;
    places[count] = k;
    count += isKnown;
    zeros += 1 - isKnown;
  }
  known.count = count;
  known.zeros = zeros;
}

/**
 * Reads the new coefficients up to the end of the band, and refines the known ones on the way. Returns how many of these
 * have had their bits.
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
    if (needsValues) row.ac[64 * block + place] = window << length < 0 ? 1 << Al : -1 << Al;
  }
  reader.position = position;
  if (needsValues || band.isRefinedLater) markNonZero(row, block, low, high);
  return passed;
}

/** Reads the bits of the known coefficients from the given one to before another: each says whether its magnitude has bit Al. */
function refineKnown(
  { reader: { words }, row: { ac }, Al }: Band,
  block: number,
  position: number,
  from: number,
  end: number,
): void {
  for (let i = from; i < end; i++) {
    const at = 64 * block + known.places[i];
    const bit = bitAt(words, position + i - from);
    if (bit === 1 && ((ac[at] >> Al) & 1) === 0) ac[at] += ac[at] < 0 ? -1 << Al : 1 << Al;
  }
}
