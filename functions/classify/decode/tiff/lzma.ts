/** LZMA2, the compression of xz files: chunks of range-coded LZMA, or of plain bytes. Follows the LZMA specification of 2015. */
import { CorruptImage } from '../../image/rejections.ts';
import { openRangeDecoder, type RangeDecoder } from './range-decoder.ts';

/**
 * Decodes until `output` is full or the data end.
 *
 * @returns the number of bytes written to `output`
 * @throws {CorruptImage} damaged or truncated data
 */
export function decodeLzma2(data: Uint8Array, output: Uint8Array): number {
  const range = openRangeDecoder(data);
  const lzma: Lzma = { range, output, written: 0, start: 0, lc: 0, lp: 0, pb: 0, ...initialState() };
  let at = 0;
  let hasProperties = false;
  while (lzma.written < output.length) {
    const control = data[at];
    if (control === 0) break;
    if (control === undefined || at + 6 > data.length) throw new CorruptImage('LZMA data are truncated');
    if (control === dictionaryReset || control >= lzmaWithDictionaryReset) lzma.start = lzma.written;
    const size = ((data[at + 1] << 8) | data[at + 2]) + 1;
    if (control <= plainBytes) {
      const plain = data.subarray(at + 3, at + 3 + Math.min(size, output.length - lzma.written));
      output.set(plain, lzma.written);
      lzma.written += plain.length;
      at += 3 + size;
      continue;
    }
    if (control < lzmaChunk) throw new CorruptImage(`an LZMA chunk of type ${control}`);
    hasProperties ||= control >= lzmaWithProperties;
    if (!hasProperties) throw new CorruptImage('LZMA data without properties');
    if (control >= lzmaWithProperties) setProperties(lzma, data[at + 5]);
    if (control >= lzmaWithStateReset) Object.assign(lzma, initialState());
    if (control >= lzmaWithStateReset) range.reset(literalsAt + (0x300 << (lzma.lc + lzma.lp)));
    const head = control >= lzmaWithProperties ? 6 : 5;
    const unpacked = ((control & 31) << 16) + size;
    const packed = ((data[at + 3] << 8) | data[at + 4]) + 1;
    if (at + head + packed > data.length) throw new CorruptImage('LZMA data are truncated');
    range.start(at + head);
    decodeChunk(lzma, Math.min(lzma.written + unpacked, output.length));
    at += head + packed;
  }
  return lzma.written;
}

const [dictionaryReset, plainBytes] = [1, 2];
const [lzmaChunk, lzmaWithStateReset, lzmaWithProperties, lzmaWithDictionaryReset] = [0x80, 0xa0, 0xc0, 0xe0];

interface Lzma extends State {
  readonly range: RangeDecoder;
  readonly output: Uint8Array;
  written: number;
  /** The output from here on may be repeated. */
  start: number;
  /** Bits of the previous byte and of the position that choose the probabilities of a literal or of a match. */
  lc: number;
  lp: number;
  pb: number;
}

interface State {
  /** The kinds of the last few steps, 0 to 11: below 7, the last was a literal. */
  state: number;
  /** The last four distances, less 1. */
  distances: readonly number[];
}

function initialState(): State {
  return { state: 0, distances: [0, 0, 0, 0] };
}

function setProperties(lzma: Lzma, byte: number): void {
  lzma.lc = byte % 9;
  lzma.lp = Math.floor(byte / 9) % 5;
  lzma.pb = Math.floor(byte / 45);
  if (lzma.pb > 4 || lzma.lc + lzma.lp > 4) throw new CorruptImage(`LZMA properties ${byte}`);
}

// Places of the probabilities.
const isMatchAt = 0;
const isRepeatAt = 192;
const isNotFirstAt = 204;
const isNotSecondAt = 216;
const isNotThirdAt = 228;
const isLongAt = 240;
const slotsAt = 432;
const nearAt = 688;
const alignAt = 816;
const lengthsAt = 832;
const repeatLengthsAt = 1346;
const literalsAt = 1860;

function decodeChunk(lzma: Lzma, end: number): void {
  const { range, start } = lzma;
  while (lzma.written < end) {
    const place = (lzma.written - start) & ((1 << lzma.pb) - 1);
    if (range.bit(isMatchAt + 16 * lzma.state + place) === 0) decodeLiteral(lzma);
    else if (range.bit(isRepeatAt + lzma.state) === 0) {
      const length = decodeLength(range, lengthsAt, place);
      const [first, second, third] = lzma.distances;
      lzma.distances = [decodeDistance(range, length), first, second, third];
      lzma.state = lzma.state < 7 ? 7 : 10;
      repeat(lzma, length, end);
    } else decodeRepeat(lzma, place, end);
  }
}

function decodeLiteral(lzma: Lzma): void {
  const { range, output, written, start, lc, lp, state } = lzma;
  const previous = written > start ? output[written - 1] : 0;
  const context = (((written - start) & ((1 << lp) - 1)) << lc) + (previous >> (8 - lc));
  const base = literalsAt + 0x300 * context;
  let symbol = 1;
  if (state >= 7) {
    // After a match, the byte that would continue it predicts the bits up to the first that differs.
    let expected = output[written - lzma.distances[0] - 1];
    while (symbol < 0x100) {
      const bit = range.bit(base + ((1 + (expected >> 7)) << 8) + symbol);
      symbol = (symbol << 1) | bit;
      if (bit !== expected >> 7) break;
      expected = (expected << 1) & 0xff;
    }
  }
  while (symbol < 0x100) symbol = (symbol << 1) | range.bit(base + symbol);
  output[written] = symbol;
  lzma.written++;
  lzma.state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
}

/** A match at one of the last four distances. */
function decodeRepeat(lzma: Lzma, place: number, end: number): void {
  const { range, state } = lzma;
  const [first, second, third, fourth] = lzma.distances;
  if (range.bit(isNotFirstAt + state) === 0) {
    if (range.bit(isLongAt + 16 * state + place) === 0) {
      lzma.state = state < 7 ? 9 : 11;
      repeat(lzma, 1, end);
      return;
    }
  } else if (range.bit(isNotSecondAt + state) === 0) lzma.distances = [second, first, third, fourth];
  else if (range.bit(isNotThirdAt + state) === 0) lzma.distances = [third, first, second, fourth];
  else lzma.distances = [fourth, first, second, third];
  lzma.state = state < 7 ? 8 : 11;
  repeat(lzma, decodeLength(range, repeatLengthsAt, place), end);
}

function decodeLength(range: RangeDecoder, base: number, place: number): number {
  if (range.bit(base) === 0) return 2 + range.tree(base + 2 + 8 * place, 3);
  if (range.bit(base + 1) === 0) return 10 + range.tree(base + 130 + 8 * place, 3);
  return 18 + range.tree(base + 258, 8);
}

/** The distance of a match of this length, less 1. */
function decodeDistance(range: RangeDecoder, length: number): number {
  const slot = range.tree(slotsAt + 64 * Math.min(length - 2, 3), 6);
  if (slot < 4) return slot;
  const bits = (slot >> 1) - 1;
  const high = (2 | (slot & 1)) * 2 ** bits;
  if (slot < 14) return high + range.reversedTree(nearAt + high - slot, bits);
  return high + range.direct(bits - 4) * 16 + range.reversedTree(alignAt, 4);
}

function repeat(lzma: Lzma, length: number, end: number): void {
  const { output, start } = lzma;
  const distance = lzma.distances[0] + 1;
  if (distance > lzma.written - start) throw new CorruptImage('LZMA repeats bytes before the first');
  const to = Math.min(lzma.written + length, end);
  for (let at = lzma.written; at < to; at++) output[at] = output[at - distance];
  lzma.written = to;
}
