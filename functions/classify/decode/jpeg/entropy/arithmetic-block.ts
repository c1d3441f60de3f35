/** Reads the coefficients of a block of an arithmetic-coded scan: ITU-T T.81, clauses F.2.4 and G.2.3. */
import type { Conditioning } from '../syntax/tables.ts';
import { naturalOrder } from '../transform/zigzag.ts';
import { type ArithmeticDecoder, fixedState } from './arithmetic-decoder.ts';

/** The statistics of the decisions of a component's tables, which start from zero at each restart. */
export interface Statistics {
  readonly decoder: ArithmeticDecoder;
  readonly dc: Uint8Array;
  readonly ac: Uint8Array;
  readonly conditioning: Conditioning;
}

/** A component's last DC value and the kind of its last difference, which select the next statistics. */
export interface Prediction {
  value: number;
  context: number;
}

/** Coefficients of 16 bits; those of a block start at `at`, row by row. */
export interface Block {
  ac: Int16Array;
  at: number;
}

/** Damaged data: libjpeg-turbo leaves all blocks up to the next restart as they are. */
export class BrokenBlock extends Error {}

const evenly = Uint8Array.of(fixedState);

/** Reads a DC difference and updates the prediction. */
export function readDc({ decoder, dc, conditioning }: Statistics, prediction: Prediction): void {
  const { context } = prediction;
  prediction.context = 0;
  if (decoder.decide(dc, context) === 0) return;
  const sign = decoder.decide(dc, context + 1);
  let place = context + 2 + sign;
  let magnitude = decoder.decide(dc, place);
  if (magnitude > 0) {
    place = largeDifferences;
    while (decoder.decide(dc, place) > 0) {
      magnitude = doubled(magnitude);
      place++;
    }
  }
  if (magnitude > (1 << conditioning.upper) >> 1) prediction.context = 12 + 4 * sign;
  else if (magnitude >= (1 << conditioning.lower) >> 1) prediction.context = 4 + 4 * sign;
  const value = readValue(decoder, dc, place, magnitude);
  prediction.value = (prediction.value + (sign > 0 ? -value : value)) & 0xffff;
}

/** Reads the coefficients of a band that no earlier scan has sent, times 2^Al. */
export function readAc(statistics: Statistics, block: Block, Ss: number, Se: number, Al: number): void {
  const { decoder, ac } = statistics;
  for (let k = Ss; k <= Se; k++) {
    let place = 3 * (k - 1);
    if (decoder.decide(ac, place) > 0) return;
    for (; decoder.decide(ac, place + 1) === 0; place += 3) if (++k > Se) throw new BrokenBlock();
    const sign = decoder.decide(evenly, 0);
    place += 2;
    let magnitude = decoder.decide(ac, place);
    if (magnitude > 0 && decoder.decide(ac, place) > 0) {
      magnitude = 2;
      place = k <= statistics.conditioning.low ? largeLow : largeHigh;
      while (decoder.decide(ac, place) > 0) {
        magnitude = doubled(magnitude);
        place++;
      }
    }
    const value = readValue(decoder, ac, place, magnitude);
    block.ac[block.at + naturalOrder[k]] = (sign > 0 ? -value : value) << Al;
  }
}

/** Reads the next bit, 2^Al, of the coefficients of a band. */
export function refineAc(
  { decoder, ac }: Statistics,
  block: Block,
  Ss: number,
  Se: number,
  Al: number,
): void {
  const { ac: coefficients, at: start } = block;
  let end = Se;
  while (end > 0 && coefficients[start + naturalOrder[end]] === 0) end--;
  for (let k = Ss; k <= Se; k++) {
    if (k > end && decoder.decide(ac, 3 * (k - 1)) > 0) return;
    while (coefficients[start + naturalOrder[k]] === 0 && decoder.decide(ac, 3 * (k - 1) + 1) === 0) {
      if (++k > Se) throw new BrokenBlock();
    }
    const at = start + naturalOrder[k];
    if (coefficients[at] === 0) coefficients[at] = decoder.decide(evenly, 0) > 0 ? -1 << Al : 1 << Al;
    else if (decoder.decide(ac, 3 * (k - 1) + 2) > 0) {
      coefficients[at] += coefficients[at] < 0 ? -1 << Al : 1 << Al;
    }
  }
}

/** Reads the next bit of a DC coefficient. */
export function readBit(decoder: ArithmeticDecoder): number {
  return decoder.decide(evenly, 0);
}

/** Reads the bits below the highest of `magnitude`; the result is 1 larger than they say. */
function readValue(
  decoder: ArithmeticDecoder,
  statistics: Uint8Array,
  place: number,
  magnitude: number,
): number {
  let value = magnitude;
  for (let bit = magnitude >> 1; bit > 0; bit >>= 1) {
    if (decoder.decide(statistics, place + 14) > 0) value |= bit;
  }
  return value + 1;
}

function doubled(magnitude: number): number {
  if (magnitude === 0x4000) throw new BrokenBlock();
  return 2 * magnitude;
}

/** Places of the decisions on the magnitude of large differences and of large coefficients, up to `low` and beyond. */
const [largeDifferences, largeLow, largeHigh] = [20, 189, 217];

/** As many statistics as a DC or an AC table has. */
export const statisticsPerTable = 256;
