/** Reads the differences of lossless scans: ITU-T T.81, clause H.2.2. */
import { CorruptImage } from '../../../image/rejections.ts';
import type { HuffmanTable } from '../syntax/huffman.ts';
import { type BitReader, bitsOf, moveTo, windowAt } from './bit-reader.ts';

/** A sample of each MCU in a row: in MCU x, the one at `step` * x + `dx`. */
export interface CodedSample {
  readonly codes: Codes;
  /** Differences modulo 2^16. */
  readonly row: Uint16Array;
  readonly step: number;
  readonly dx: number;
}

/** For each window of 16 bits, size << 5 | length of the code at its start. */
export type Codes = Uint16Array;

/**
 * Reads MCUs from `first` to before `end`, or until the chunk has to be refilled. Unlike kernels, continues with zero bits after
 * the data have ended: libjpeg-turbo completes the row so.
 *
 * @returns the next MCU
 */
export function readDifferences(
  reader: BitReader,
  samples: readonly CodedSample[],
  first: number,
  end: number,
): number {
  const bits = bitsOf(reader);
  const { refillPosition, endPosition } = bits;
  let { position } = bits;
  let x = first;
  for (; x < end && position <= refillPosition && position <= endPosition; x++) {
    for (const { codes, row, step, dx } of samples) {
      const code = codes[windowAt(bits, position) >>> 16];
      const size = code >> 5;
      position += code & 31;
      row[step * x + dx] = differenceOf(size, windowAt(bits, position));
      if (size < 16) position += size;
    }
  }
  moveTo(reader, position);
  if (position <= endPosition) return x;
  for (const { codes, row, step, dx } of samples) {
    const difference = differenceOf(codes[0] >> 5, 0);
    for (let i = x; i < end; i++) row[step * i + dx] = difference;
  }
  return end;
}

/** The difference of `size` bits at the start of a window of 32 (clause F.2.2.1, table H.2). */
function differenceOf(size: number, window: number): number {
  if (size === 16) return 0x8000;
  const bits = (window >>> 1) >>> (31 - size);
  return bits < (1 << size) >> 1 ? bits - (1 << size) + 1 : bits;
}

/** @throws {CorruptImage} sizes above 16 */
export function codesOf({ counts, symbols }: HuffmanTable): Codes {
  // A code that is not in the table counts as size 0 of 17 bits, as in libjpeg-turbo.
  const codes = new Uint16Array(1 << 16).fill(17);
  let window = 0;
  let place = 0;
  counts.forEach((count, i) => {
    const windows = 1 << (15 - i);
    for (const size of symbols.subarray(place, place + count)) {
      if (size > 16) throw new CorruptImage('a Huffman table of other symbols than a lossless JPEG has');
      codes.fill((size << 5) | (i + 1), window, window + windows);
      window += windows;
    }
    place += count;
  });
  return codes;
}
