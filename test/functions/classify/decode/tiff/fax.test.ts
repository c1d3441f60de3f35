import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFax } from '../../../../../functions/classify/decode/tiff/fax.ts';
import {
  blackRuns,
  type FaxCodes,
  modeCodes,
  modes,
  whiteRuns,
  windowBits,
} from '../../../../../functions/classify/decode/tiff/fax-codes.ts';
import { CorruptImage } from '../../../../../functions/classify/image/rejections.ts';

/** Code words by value. */
function wordsOf(codes: FaxCodes): Map<number, string> {
  const words = new Map<number, string>();
  for (const [window, entry] of codes.entries()) {
    if (entry > 0) {
      const bits = window
        .toString(2)
        .padStart(windowBits, '0')
        .slice(0, entry & 15);
      words.set(entry >> 4, bits);
    }
  }
  return words;
}
const [white, black, mode] = [whiteRuns(), blackRuns(), modeCodes()].map(wordsOf);

function runWord(length: number, isBlack: boolean): string {
  const words = isBlack ? black : white;
  if (length > 2560) return words.get(2560)! + runWord(length - 2560, isBlack);
  const rest = length % 64;
  return (length >= 64 ? words.get(length - rest)! : '') + words.get(rest)!;
}

function bytesOf(bits: string): Buffer {
  return Buffer.from(bits.match(/.{1,8}/g)?.map((byte) => Number.parseInt(byte.padEnd(8, '0'), 2)) ?? []);
}

type Row = readonly boolean[];

/** The first pixel at or after `from` of another colour than `isBlack`. */
function runEnd(row: Row, from: number, isBlack: boolean): number {
  let x = from;
  while (x < row.length && row[x] === isBlack) x++;
  return x;
}

function encodeRuns(row: Row): string {
  let bits = '';
  for (let x = 0, isBlack = false; x < row.length; isBlack = !isBlack) {
    const end = runEnd(row, x, isBlack);
    bits += runWord(end - x, isBlack);
    x = end;
  }
  return bits;
}

/** ITU-T T.6, figure 7. */
function encodeTwoDimensional(row: Row, above: Row): string {
  const at = (line: Row, x: number) => (x < 0 ? false : line[x]);
  const changeAbove = (from: number, isBlack: boolean) => {
    for (let x = from + 1; x < row.length; x++) {
      if (above[x] !== isBlack && at(above, x - 1) === isBlack) return x;
    }
    return row.length;
  };
  let bits = '';
  for (let a0 = -1; a0 < row.length; ) {
    const isBlack = at(row, a0);
    const a1 = runEnd(row, Math.max(a0, 0), isBlack);
    const b1 = changeAbove(a0, isBlack);
    const b2 = runEnd(above, b1, !isBlack);
    if (b2 < a1) {
      bits += mode.get(modes.pass)!;
      a0 = b2;
    } else if (Math.abs(a1 - b1) <= 3) {
      bits += mode.get(a1 - b1 + modes.vertical)!;
      a0 = a1;
    } else {
      const a2 = runEnd(row, a1, !isBlack);
      bits +=
        mode.get(modes.horizontal)! + runWord(a1 - Math.max(a0, 0), isBlack) + runWord(a2 - a1, !isBlack);
      a0 = a2;
    }
  }
  return bits;
}

function packed(rows: readonly Row[]): number[] {
  return rows.flatMap((row) => [...bytesOf(row.map(Number).join(''))]);
}

const page = fc.integer({ min: 1, max: 90 }).chain((width) =>
  fc.array(
    fc
      .array(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.boolean()), { minLength: 1, maxLength: 30 })
      .map((runs) => {
        const pixels = runs.flatMap(([length, isBlack]) => Array<boolean>(length).fill(isBlack));
        return Array.from({ length: width }, (_, x) => pixels[x % pixels.length]);
      }),
    { minLength: 1, maxLength: 6 },
  ),
);
const group3 = { isGroup4: false, isMixed: false, isAligned: false };
const endOfLine = '000000000001';

describe('decodeFax', () => {
  it('has a code word for every run', () => {
    for (const words of [white, black]) expect(words.size).toBe(64 + 2560 / 64);
    expect(mode.size).toBe(9);
  });

  it.each([false, true])('reads runs of any length, black: %s', (isBlack) => {
    for (const width of [1, 7, 63, 64, 1728, 1800, 2560, 2561, 6000]) {
      const row = Array<boolean>(width).fill(isBlack);

      expect([...decodeFax(bytesOf(encodeRuns(row)), width, 1, group3)]).toEqual(packed([row]));
    }
  });

  it('reads Group 3 with end-of-line codes, and rows that begin at whole bytes without them', () => {
    fc.assert(
      fc.property(page, (rows) => {
        const [width] = rows.map((row) => row.length);
        const coded = bytesOf(rows.map((row) => endOfLine + encodeRuns(row)).join(''));
        const aligned = Buffer.concat(rows.map((row) => bytesOf(encodeRuns(row))));

        expect([...decodeFax(coded, width, rows.length, group3)]).toEqual(packed(rows));
        expect([...decodeFax(aligned, width, rows.length, { ...group3, isAligned: true })]).toEqual(
          packed(rows),
        );
      }),
    );
  });

  it('reads Group 4, and Group 3 in two dimensions', () => {
    fc.assert(
      fc.property(page, (rows) => {
        const [width] = rows.map((row) => row.length);
        const blank = Array<boolean>(width).fill(false);
        const bits = rows.map((row, y) => encodeTwoDimensional(row, rows[y - 1] ?? blank));
        const mixed = rows.map((row, y) => endOfLine + (y % 2 === 0 ? `1${encodeRuns(row)}` : `0${bits[y]}`));

        expect([
          ...decodeFax(bytesOf(bits.join('')), width, rows.length, { ...group3, isGroup4: true }),
        ]).toEqual(packed(rows));
        expect([
          ...decodeFax(bytesOf(mixed.join('')), width, rows.length, { ...group3, isMixed: true }),
        ]).toEqual(packed(rows));
      }),
    );
  });

  it.each([
    [
      'a code word that does not exist',
      `${runWord(2, false)}00000000000000000`,
      'a code word of a fax does not exist',
    ],
    ['a row that is too long', runWord(9, false), 'a row of a fax is too long'],
    ['data that end within a row', '', 'truncated after 0 of 1 rows'],
  ])('rejects %s', (_, bits, message) => {
    const act = () => decodeFax(bytesOf(bits), 8, 1, group3);

    expect(act).toThrow(CorruptImage);
    expect(act).toThrow(message);
  });

  it('rejects a change of colour outside its row', () => {
    const act = () => decodeFax(bytesOf(mode.get(modes.vertical + 3)!), 8, 1, { ...group3, isGroup4: true });

    expect(act).toThrow('a change of colour in a fax lies outside its row');
  });

  it('rejects a change of colour before the last one', () => {
    const group4 = { ...group3, isGroup4: true };
    const [horizontal, same, back] = [modes.horizontal, modes.vertical, modes.vertical - 3].map(
      (value) => mode.get(value)!,
    );
    const first = horizontal + runWord(4, false) + runWord(1, true) + same;
    const act = () => decodeFax(bytesOf(first + same + back), 8, 2, group4);

    expect([...decodeFax(bytesOf(first), 8, 1, group4)]).toEqual([0b00001000]);
    expect(act).toThrow(new CorruptImage('a change of colour in a fax lies outside its row'));
  });

  it('rejects data that end within a code word', () => {
    const word = runWord(832, false);
    expect(word).toMatch(/^[01]{8}0/);

    expect(() => decodeFax(bytesOf(word.slice(0, 8)), 2000, 1, group3)).toThrow(
      new CorruptImage('a fax is truncated'),
    );
  });

  it('decodes or rejects anything', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 60 }),
        fc.integer({ min: 1, max: 70 }),
        fc.boolean(),
        (data, width, isGroup4) => {
          try {
            expect(decodeFax(data, width, 5, { ...group3, isGroup4 })).toHaveLength(5 * Math.ceil(width / 8));
          } catch (error) {
            expect(error).toBeInstanceOf(CorruptImage);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
