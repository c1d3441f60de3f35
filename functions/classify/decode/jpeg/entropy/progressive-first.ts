/** Reads one block of the first scan of a band: ITU-T T.81, clause G.1.2.2. */

import { extend } from '../syntax/huffman.ts';
import { lengthBits, lengthMask } from '../syntax/lookup-entries.ts';
import { naturalOrder } from '../transform/zigzag.ts';
import { type Band, bandRun } from './band.ts';
import { peek } from './bit-reader.ts';
import { markNonZero } from './coefficient-row.ts';
import { codeEntry } from './symbols.ts';

/** Reads the band of a block outside end-of-band runs, and stores the values if they are needed. */
export function readBand(band: Band, block: number, needsValues: boolean): void {
  const { state, reader, row, table, codes, Se, Al } = band;
  const { words } = reader;
  let { position } = reader;
  let low = 0;
  let high = 0;
  for (let k = band.Ss; k <= Se; k++) {
    const window = peek(words, position);
    const entry = codeEntry(window, table, codes);
    const length = entry & lengthMask;
    const size = (entry >> lengthBits) & 15;
    const run = entry >> (lengthBits + 4);
    const extraBits = window << length;
    position += length + size;
    if (size === 0 && run < 15) {
      state.bandRun = bandRun(extraBits, run) - 1;
      position += run;
      break;
    }
    k += run;
    if (size === 0) continue;
    const value = ((extend(extraBits >>> (32 - size), size) << Al) << 16) >> 16;
    if (value === 0) continue; // libjpeg-turbo truncates to 16 bits, which leaves 0.
    const place = Math.min(k, 63);
    if (place < 32) low |= 1 << place;
    else high |= 1 << (place - 32);
    if (needsValues) row.ac[64 * block + naturalOrder[place]] = value;
  }
  reader.position = position;
  if (needsValues || band.isRefinedLater) markNonZero(row, block, low, high);
}
