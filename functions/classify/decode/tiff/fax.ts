/** Fax compression of one-bit pages: Group 3 in one and two dimensions, Group 4, and TIFF's own variant without end-of-line codes. */
import { CorruptImage } from '../../image/rejections.ts';
import { blackRuns, makeUp, modeCodes, modes, whiteRuns, windowBits } from './fax-codes.ts';

export interface FaxVariant {
  /** Group 4: every row is coded in two dimensions, without end-of-line codes. */
  readonly isGroup4: boolean;
  /** Group 3 in two dimensions: a bit after each end-of-line code states the coding of the row. */
  readonly isMixed: boolean;
  /** Rows begin at whole bytes, without end-of-line codes. */
  readonly isAligned: boolean;
}

/**
 * Decodes `rows` rows of `width` pixels to rows of whole bytes; black is 1.
 *
 * @throws {CorruptImage} a code word that does not exist, or the data end too early
 */
export function decodeFax(data: Uint8Array, width: number, rows: number, variant: FaxVariant): Uint8Array {
  const rowBytes = Math.ceil(width / 8);
  const output = new Uint8Array(rowBytes * rows);
  const reader = { data, position: 0 };
  let reference = new Uint32Array(width + 2);
  let changes = new Uint32Array(width + 2);
  let count = endRow(reference, 0, width);
  for (let y = 0; y < rows; y++) {
    if (variant.isAligned) reader.position = (reader.position + 7) & ~7;
    const isTwoDimensional = variant.isGroup4 || (findRow(reader, variant) && variant.isMixed);
    if (reader.position >= data.length * 8) throw new CorruptImage(`truncated after ${y} of ${rows} rows`);
    count = isTwoDimensional
      ? readTwoDimensional(reader, reference, changes, width)
      : readRuns(reader, changes, width);
    endRow(changes, count, width);
    for (let i = 0; i < count; i += 2) fillBits(output, y * rowBytes, changes[i], changes[i + 1]);
    [reference, changes] = [changes, reference];
  }
  return output;
}

interface Reader {
  readonly data: Uint8Array;
  /** In bits. */
  position: number;
}

/** Ends a row's list of changes of colour with two at its width. */
function endRow(changes: Uint32Array, count: number, width: number): number {
  changes[count] = width;
  changes[count + 1] = width;
  return count;
}

/** Skips to the next row of Group 3, after an end-of-line code if there is one; true if the row is two-dimensional. */
function findRow(reader: Reader, { isMixed, isAligned }: FaxVariant): boolean {
  if (isAligned) return false;
  const end = reader.data.length * 8;
  if (peek(reader, 11) === 0) {
    while (reader.position < end && peek(reader, 1) === 0) reader.position++;
    reader.position++;
  }
  return isMixed && takeBit(reader) === 0;
}

function readRuns(reader: Reader, changes: Uint32Array, width: number): number {
  let count = 0;
  for (let x = 0, isBlack = false; x < width; isBlack = !isBlack) {
    x += readRun(reader, isBlack);
    if (x > width) throw new CorruptImage('a row of a fax is too long');
    if (x < width) changes[count++] = x;
  }
  return count;
}

/** Modified READ: ITU-T T.4, clause 4.2.1.3. A change is stated relative to those of the row above. */
function readTwoDimensional(
  reader: Reader,
  reference: Uint32Array,
  changes: Uint32Array,
  width: number,
): number {
  let count = 0;
  let next = 0;
  let x = 0;
  let isBlack = false;
  const change = (to: number) => {
    if (to < x || to > width) throw new CorruptImage('a change of colour in a fax lies outside its row');
    x = to;
    isBlack = !isBlack;
    if (count < width) changes[count++] = to;
  };
  while (x < width) {
    // The first change above to the right of x, at the row's start also at x, from this colour to the other.
    while (next > 0 && reference[next - 1] > x) next--;
    while (reference[next] < width && (reference[next] < x || (reference[next] === x && x > 0))) next++;
    if (reference[next] < width && (next & 1) !== Number(isBlack)) next++;
    const mode = readCode(reader, modeCodes());
    if (mode === modes.pass) {
      x = reference[next] < width ? reference[next + 1] : width;
    } else if (mode === modes.horizontal) {
      const [first, second] = [readRun(reader, isBlack), readRun(reader, !isBlack)];
      change(x + first);
      change(x + second);
    } else {
      change(reference[next] + mode - modes.vertical);
    }
  }
  while (count > 0 && changes[count - 1] >= width) count--;
  return count;
}

function readRun(reader: Reader, isBlack: boolean): number {
  const codes = isBlack ? blackRuns() : whiteRuns();
  let run = 0;
  for (;;) {
    const length = readCode(reader, codes);
    run += length;
    if (length < makeUp) return run;
  }
}

function readCode(reader: Reader, codes: Uint16Array): number {
  const entry = codes[peek(reader, windowBits)];
  if (entry === 0) throw new CorruptImage('a code word of a fax does not exist');
  reader.position += entry & 15;
  if (reader.position > reader.data.length * 8) throw new CorruptImage('a fax is truncated');
  return entry >> 4;
}

function peek({ data, position }: Reader, bits: number): number {
  const at = position >> 3;
  const window = ((data[at] ?? 0) << 16) | ((data[at + 1] ?? 0) << 8) | (data[at + 2] ?? 0);
  return (window >> (24 - (position & 7) - bits)) & ((1 << bits) - 1);
}

function takeBit(reader: Reader): number {
  const bit = peek(reader, 1);
  reader.position++;
  return bit;
}

function fillBits(output: Uint8Array, row: number, from: number, to: number): void {
  let x = from;
  for (; x < to && (x & 7) !== 0; x++) output[row + (x >> 3)] |= 0x80 >> (x & 7);
  if (to - x >= 8) {
    output.fill(255, row + (x >> 3), row + (to >> 3));
    x = to & ~7;
  }
  for (; x < to; x++) output[row + (x >> 3)] |= 0x80 >> (x & 7);
}
