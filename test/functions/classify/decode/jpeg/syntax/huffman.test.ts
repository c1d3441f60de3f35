import { describe, expect, it } from 'vitest';
import { standardTable } from '../../../../../../functions/classify/decode/jpeg/syntax/default-tables.ts';
import {
  createHuffmanTable,
  extend,
  type HuffmanTable,
} from '../../../../../../functions/classify/decode/jpeg/syntax/huffman.ts';
import {
  maxSkipLength,
  skipBits,
} from '../../../../../../functions/classify/decode/jpeg/syntax/lookup-entries.ts';
import { CorruptImage } from '../../../../../../functions/classify/image/rejections.ts';

function tableOf(counts: readonly number[], symbols: readonly number[]) {
  return createHuffmanTable(
    Uint8Array.from({ length: 16 }, (_, i) => counts[i] ?? 0),
    Uint8Array.from(symbols),
  );
}

/** A window that begins with the given bits, followed by zeros. */
function windowOf(bits: string, width: number) {
  return Number.parseInt(bits.padEnd(width, '0'), 2);
}

/** The code words of a table, as assigned by annex C, with their symbols. */
function codeWordsOf({ counts, symbols }: HuffmanTable): Map<string, number> {
  const words = new Map<string, number>();
  let code = 0;
  counts.forEach((count, i) => {
    for (let n = 0; n < count; n++) words.set((code++).toString(2).padStart(i + 1, '0'), symbols[words.size]);
    code *= 2;
  });
  return words;
}

/** Decodes the first symbol and its extra bits, bit by bit. */
function readSymbol(words: ReadonlyMap<string, number>, bits: string) {
  const length = [...bits].findIndex((_, i) => words.has(bits.slice(0, i + 1))) + 1;
  if (length === 0) return undefined;
  const symbol = words.get(bits.slice(0, length))!;
  const size = symbol & 15;
  const extra = Number.parseInt(`0${bits.slice(length, length + size)}`, 2);
  const value = extra < 2 ** size / 2 ? extra - 2 ** size + 1 : extra;
  const advance = size > 0 ? (symbol >> 4) + 1 : symbol === 0xf0 ? 16 : 64;
  return { symbol, length, value, advance, end: length + size };
}

/** All windows of the given width. */
function windows(width: number) {
  return Array.from({ length: 1 << width }, (_, window) => window.toString(2).padStart(width, '0'));
}

describe.each([0, 1])('the lookups of the standard tables %i', (place) => {
  const [dc, ac] = [standardTable('dc', place), standardTable('ac', place)];
  const [dcWords, acWords] = [codeWordsOf(dc), codeWordsOf(ac)];

  it('contain the symbol at the start of each window', () => {
    const found = windows(10).map((bits) => readSymbol(acWords, bits));

    expect([...ac.codes()]).toEqual(found.map((it) => (it ? (it.symbol << 5) | it.length : 0)));
  });

  it('contain the value if the extra bits fit in the window', () => {
    const differences = windows(10).map((bits) => readSymbol(dcWords, bits));
    const coefficients = windows(10).map((bits) => readSymbol(acWords, bits));

    expect([...dc.differences()]).toEqual(
      differences.map((it) => (it && it.end <= 10 ? (it.value << 5) | it.end : 0)),
    );
    expect([...ac.coefficients()]).toEqual(
      coefficients.map((it) => (it && it.end <= 10 ? (it.value << 12) | (it.advance << 5) | it.end : 0)),
    );
  });

  it("skip all whole symbols of a window, and the first symbol's extra bits beyond it", () => {
    const skipAll = (bits: string) => {
      let [end, advance] = [0, 0];
      while (advance < 64) {
        const next = readSymbol(acWords, bits.slice(end));
        if (!next || end + next.end > (end > 0 ? skipBits : maxSkipLength)) break;
        end += next.end;
        advance += next.advance === 64 ? 256 : next.advance;
      }
      return ((end > 0 ? advance : 512) << 5) | end;
    };

    expect([...ac.skips()]).toEqual(windows(skipBits).map(skipAll));
  });
});

describe('createHuffmanTable', () => {
  // Codes 0, 10 and 110: the end of the block, 1 after no zeros with 2 extra bits, and a run of 16 zeros.
  const ac = tableOf([1, 1, 1], [0x00, 0x02, 0xf0]);

  it('finds the symbol and length of a code', () => {
    expect(ac.codes()[windowOf('0', 10)]).toBe((0x00 << 5) | 1);
    expect(ac.codes()[windowOf('1011', 10)]).toBe((0x02 << 5) | 2);
    expect(ac.codes()[windowOf('110', 10)]).toBe((0xf0 << 5) | 3);
  });

  it('has no entry for an undefined code', () => {
    expect(ac.codes()[windowOf('111', 10)]).toBe(0);
  });

  it.each([
    { bits: '1011', value: 3, advance: 1, length: 4 },
    { bits: '1000', value: -3, advance: 1, length: 4 },
    { bits: '110', value: 0, advance: 16, length: 3 },
    { bits: '0', value: 0, advance: 64, length: 1 },
  ])('finds a coefficient with its extra bits: $bits', ({ bits, value, advance, length }) => {
    expect(ac.coefficients()[windowOf(bits, 10)]).toBe((value << 12) | (advance << 5) | length);
  });

  it('finds a DC difference with its extra bits', () => {
    const dc = tableOf([0, 2], [0, 3]);
    expect(dc.differences()[windowOf('00', 10)]).toBe((0 << 5) | 2);
    expect(dc.differences()[windowOf('01000', 10)]).toBe((-7 << 5) | 5);
  });

  it('skips all whole symbols of a window up to the end of the block', () => {
    expect(ac.skips()[windowOf('1011' + '1000' + '0', skipBits)]).toBe(((1 + 1 + 256) << 5) | 9);
    expect(ac.skips()[windowOf('1011' + '1011' + '1011', skipBits)]).toBe((3 << 5) | 12);
    expect(ac.skips()[windowOf('1111', skipBits)]).toBe(512 << 5);
  });

  it('does not check the symbols of an unused DC table', () => {
    const odd = tableOf([0, 2], [0, 16]);
    expect(() => odd.differences()).toThrow(CorruptImage);
    expect(() => odd.differences()).toThrow('a DC table with AC symbols');
    expect(() => tableOf([0, 2], [0, 15]).differences()).not.toThrow();
  });

  it.each([
    { counts: [3], why: 'more codes than there can be' },
    { counts: [2], why: 'a code of ones alone' },
  ])('rejects $why', ({ counts }) => {
    expect(() => tableOf(counts, [1, 2, 3])).toThrow('a Huffman table with too many codes');
  });
});

describe('extend', () => {
  it('returns the values of annex F, table F.1', () => {
    expect([0, 1].map((bits) => extend(bits, 1))).toEqual([-1, 1]);
    expect([0, 3, 4, 7].map((bits) => extend(bits, 3))).toEqual([-7, -4, 4, 7]);
  });
});

describe('standardTable', () => {
  it('returns the code words of tables K.3 and K.5', () => {
    expect(standardTable('dc', 0).codes()[windowOf('1110', 10)]).toBe((6 << 5) | 4);
    expect(standardTable('ac', 0).codes()[windowOf('1010', 10)]).toBe((0x00 << 5) | 4);
    expect(standardTable('ac', 1).codes()[windowOf('1111111010', 10)]).toBe((0xf0 << 5) | 10);
  });

  it('throws for other indices', () => {
    expect(() => standardTable('ac', 2)).toThrow('a Huffman table is missing');
  });
});
