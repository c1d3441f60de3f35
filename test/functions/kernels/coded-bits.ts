/** Huffman-coded data in plain terms, with which the kernels are compared: text of zeros and ones, and codes in a map. */
import fc from 'fast-check';
import type { Memory } from './memory.ts';

export interface Table {
  /** The number of codes of each length, 1 to 16. */
  readonly counts: readonly number[];
  readonly symbols: readonly number[];
}

/** Tables of a few codes of up to 16 bits, not all of which are taken. */
export function tables(symbol: fc.Arbitrary<number>): fc.Arbitrary<Table> {
  const lengths = fc.array(fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 16 })), {
    minLength: 1,
    maxLength: 40,
  });
  return lengths.chain((wanted) => {
    const counts = Array.from({ length: 16 }, (_, i) => wanted.filter((length) => length === i + 1).length);
    let code = 0;
    const possible = counts.map((count, i) => {
      code *= 2;
      // The code of all ones is reserved.
      const taken = Math.min(count, Math.max(2 ** (i + 1) - 1 - code, 0));
      code += taken;
      return taken;
    });
    const size = possible.reduce((sum, count) => sum + count, 0);
    return fc
      .array(symbol, { minLength: size, maxLength: size })
      .map((symbols) => ({ counts: possible, symbols }));
  });
}

/** Annex C: the codes of a table with their symbols. */
export function codesOf({ counts, symbols }: Table): ReadonlyMap<string, number> {
  const codes = new Map<string, number>();
  let code = 0;
  counts.forEach((count, i) => {
    for (let n = 0; n < count; n++) codes.set((code++).toString(2).padStart(i + 1, '0'), symbols[codes.size]);
    code *= 2;
  });
  return codes;
}

/** Reads codes and bits one after the other, and zeros after the end. */
export class PlainReader {
  position = 0;
  readonly #bits: string;

  constructor(bits: string) {
    this.#bits = bits;
  }

  bits(count: number): number {
    const bits = this.#bits.slice(this.position, this.position + count).padEnd(count, '0');
    this.position += count;
    return count === 0 ? 0 : Number.parseInt(bits, 2);
  }

  /** F.2.2.1, EXTEND. */
  value(size: number): number {
    const bits = this.bits(size);
    return bits < 2 ** size / 2 ? bits - 2 ** size + 1 : bits;
  }

  /** An unknown code counts as symbol 0 of 17 bits. */
  symbol(codes: ReadonlyMap<string, number>): number {
    const rest = this.#bits.slice(this.position, this.position + 16).padEnd(16, '0');
    for (let length = 1; length <= 16; length++) {
      const symbol = codes.get(rest.slice(0, length));
      if (symbol === undefined) continue;
      this.position += length;
      return symbol;
    }
    this.position += 17;
    return 0;
  }
}

/** Text of zeros and ones, in runs as well as mixed. */
export const randomBits = fc
  .array(
    fc.oneof(
      fc.nat(255).map((byte) => byte.toString(2).padStart(8, '0')),
      fc.constantFrom('0', '1', '00000', '111111111111'),
    ),
    { maxLength: 80 },
  )
  .map((parts) => parts.join(''));

/** A reader of a chunk with these bits and zeros behind them, at which the data end. */
export function putReader(memory: Memory, bits: string, endPosition = bits.length): Reader {
  const bytes = (bits.match(/.{1,8}/g) ?? []).map((byte) => Number.parseInt(byte.padEnd(8, '0'), 2));
  const chunk = Uint8Array.from({ length: chunkBytes }, (_, i) => bytes[chunkBytes - 1 - i] ?? 0);
  const top = memory.put(chunk) + chunkBytes;
  const address = memory.put(Int32Array.of(top, bytes.length, 0, never, endPosition, 0));
  const field = (index: number) => memory.wordsAt(address, 6)[index];
  return { address, position: () => field(2), bandRun: () => field(5) };
}

export interface Reader {
  readonly address: number;
  readonly position: () => number;
  readonly bandRun: () => number;
}

const chunkBytes = 4096;
const never = 0x3fffffff;

/** A table in memory with all lookups. */
export function putTable(memory: Memory, { counts, symbols }: Table): number {
  const table = memory.allocate(memory.kernels.huffmanTableBytes());
  memory.bytesAt(table, 272).set([...counts, ...symbols]);
  memory.kernels.buildTable(table);
  memory.kernels.buildPairs(table);
  memory.kernels.buildSkips(table);
  return table;
}

/** ITU-T T.81, figure A.6: the position of each zigzag index, row * 8 + column. */
export const zigzag = [
  ...[0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48],
  ...[41, 34, 27, 20, 13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15],
  ...[23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63],
];

export function wrap16(value: number): number {
  return (value << 16) >> 16;
}
