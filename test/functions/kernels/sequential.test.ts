import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  codesOf,
  PlainReader,
  putReader,
  putTable,
  randomBits,
  type Table,
  tables,
  wrap16,
  zigzag,
} from './coded-bits.ts';
import { openMemory } from './memory.ts';
import { idct } from './plain-idct.ts';

interface Line {
  readonly dc: Table;
  readonly ac: Table;
  readonly bits: string;
  /** For each of two blocks in each MCU, 1 if its samples are needed. */
  readonly needed: readonly number[];
  readonly endPosition: number;
}

const quantization = zigzag.map((k) => 1 + (k % 7));

/** T.81, clause F.2.2: a block's coefficients, row by row, with libjpeg-turbo's treatment of damaged data. */
function readBlock(reader: PlainReader, dc: number, { ac }: Line): number[] {
  const block = new Array<number>(64).fill(0);
  block[0] = wrap16(dc);
  const codes = codesOf(ac);
  for (let k = 1; k < 64; k++) {
    const symbol = reader.symbol(codes);
    const [run, size] = [symbol >> 4, symbol & 15];
    if (size === 0 && run < 15) break;
    k += run;
    const value = reader.value(size);
    if (size > 0) block[zigzag[Math.min(k, 63)]] = wrap16(value);
  }
  return block;
}

/** Reads MCUs of two blocks each until the data end. */
function readPlainly(line: Line) {
  const reader = new PlainReader(line.bits);
  const samples: (number[] | undefined)[] = [];
  let prediction = 0;
  let next = 0;
  while (2 * next < line.needed.length && reader.position <= line.endPosition) {
    for (const isNeeded of line.needed.slice(2 * next, 2 * next + 2)) {
      prediction += reader.value(reader.symbol(codesOf(line.dc)));
      const block = readBlock(reader, prediction, line);
      samples.push(isNeeded ? idct(block, quantization) : undefined);
    }
    next++;
  }
  return { next, position: reader.position, prediction, samples };
}

function readWithKernel(line: Line, first = 0) {
  const memory = openMemory();
  const { kernels, allocate, bytesAt, wordsAt, put } = memory;
  const reader = putReader(memory, line.bits, line.endPosition);
  const blocks = line.needed.length;
  const stride = 8 * blocks;
  const samples = allocate(8 * stride);
  const prediction = allocate(4);
  const needed = put(Uint8Array.from(line.needed));
  const tables = [putTable(memory, line.dc), putTable(memory, line.ac)];
  const steps = put(Int16Array.from(quantization));
  const layout = put(
    Int32Array.from(
      [0, 1].flatMap((dx) => [...tables, prediction, steps, needed + dx, 255, samples + 8 * dx, stride, 2]),
    ),
  );
  const next = kernels.decodeMcus(reader.address, layout, 2, first, blocks / 2);
  const read = bytesAt(samples, 8 * stride).slice();
  const blockAt = (b: number) =>
    Array.from({ length: 64 }, (_, i) => read[(i >> 3) * stride + 8 * b + (i & 7)]);
  kernels.blankMcus(layout, 2, next, blocks / 2);
  const blank = bytesAt(samples, 8 * stride).slice();
  return {
    next,
    position: reader.position(),
    prediction: wordsAt(prediction, 1)[0],
    samples: line.needed.slice(0, 2 * next).map((isNeeded, b) => (isNeeded ? blockAt(b) : undefined)),
    blank: line.needed.map((_, b) => blank[8 * b]).slice(2 * next),
  };
}

const lines: fc.Arbitrary<Line> = fc.record({
  dc: tables(fc.oneof(fc.nat(3), fc.nat(15))),
  ac: tables(
    fc.oneof(
      fc.constantFrom(0, 0xf0),
      fc.nat(255),
      fc.nat(255).map((symbol) => symbol & 0x33),
    ),
  ),
  bits: randomBits,
  needed: fc.array(fc.tuple(fc.nat(1), fc.nat(1)), { minLength: 1, maxLength: 5 }).map((mcus) => mcus.flat()),
  endPosition: fc.integer({ min: 0, max: 400 }),
});

describe('decodeMcus', () => {
  it('equals reading bit by bit and transforming plainly, of needed blocks alone', () => {
    fc.assert(
      fc.property(lines, (line) => {
        const { blank: _, ...found } = readWithKernel(line);
        expect(found).toEqual(readPlainly(line));
      }),
      { seed: 1, numRuns: 600 },
    );
  });

  it('reads one MCU even if the data have ended', () => {
    const table = { counts: [1], symbols: [0] };
    const line = { dc: table, ac: table, bits: '', needed: [1, 1, 1, 1], endPosition: 0 };
    expect(readWithKernel(line)).toMatchObject({ next: 1, position: 4, prediction: 0 });
  });
});

describe('blankMcus', () => {
  it('fills the needed blocks without data with mid-grey, and no others', () => {
    const table = { counts: [1], symbols: [0] };
    const line = { dc: table, ac: table, bits: '', needed: [1, 1, 1, 0, 0, 1], endPosition: 0 };
    expect(readWithKernel(line).blank).toEqual([128, 0, 0, 128]);
  });
});
