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

interface Scan {
  readonly table: Table;
  readonly bits: string;
  readonly Ss: number;
  readonly Se: number;
  readonly Al: number;
  readonly isRefinedLater: boolean;
  readonly blocks: readonly Block[];
  readonly bandRun: number;
  readonly endPosition: number;
}

interface Block {
  readonly isNeeded: boolean;
  /** By zigzag index. */
  readonly values: readonly number[];
}

interface Result {
  readonly next: number;
  readonly position: number;
  readonly bandRun: number;
  /** The nonzero coefficients of all blocks, by zigzag index, and the values of needed blocks. */
  readonly masks: readonly bigint[];
  readonly values: readonly (readonly number[] | undefined)[];
}

type ReadBlock = (
  reader: PlainReader,
  scan: Scan,
  values: number[],
  added: Set<number>,
  run: number,
) => number;

/** Clause G.1.2.2. Returns the rest of the end-of-band run. */
function readBand(
  reader: PlainReader,
  { table, Ss, Se, Al }: Scan,
  values: number[],
  added: Set<number>,
  bandRun: number,
): number {
  if (bandRun > 0) return bandRun - 1;
  const codes = codesOf(table);
  for (let k = Ss; k <= Se; k++) {
    const symbol = reader.symbol(codes);
    const [run, size] = [symbol >> 4, symbol & 15];
    if (size === 0 && run < 15) return 2 ** run + reader.bits(run) - 1;
    k += run;
    const value = wrap16(reader.value(size) << Al);
    if (value === 0) continue;
    values[Math.min(k, 63)] = value;
    added.add(Math.min(k, 63));
  }
  return 0;
}

/** Clause G.1.2.3, coefficient by coefficient. Returns the rest of the end-of-band run. */
function refineBand(
  reader: PlainReader,
  { table, Ss, Se, Al }: Scan,
  values: number[],
  added: Set<number>,
  bandRun: number,
): number {
  const known = values.map((value) => value !== 0);
  const codes = codesOf(table);
  const bit = 1 << Al;
  const refine = (k: number) => {
    if (reader.bits(1) === 1 && (values[k] & bit) === 0) {
      values[k] = wrap16(values[k] + (values[k] < 0 ? -bit : bit));
    }
  };
  let run = bandRun;
  let k = Ss;
  for (; run === 0 && k <= Se; k++) {
    const symbol = reader.symbol(codes);
    let zeros = symbol >> 4;
    if (symbol % 16 === 0 && zeros < 15) {
      run = 2 ** zeros + reader.bits(zeros);
      break;
    }
    const isNew = symbol % 16 > 0;
    const value = isNew && reader.bits(1) === 0 ? -bit : bit;
    for (; k <= Se && (known[k] || zeros > 0); k++) {
      if (known[k]) refine(k);
      else zeros--;
    }
    if (!isNew) continue;
    values[Math.min(k, 63)] = value;
    added.add(Math.min(k, 63));
  }
  if (run === 0) return 0;
  for (; k <= Se; k++) if (known[k]) refine(k);
  return run - 1;
}

function readPlainly(scan: Scan, read: ReadBlock): Result {
  const reader = new PlainReader(scan.bits);
  let bandRun = scan.bandRun;
  let next = 0;
  const masks = scan.blocks.map(({ values }) =>
    maskOf(values.flatMap((value, k) => (value === 0 ? [] : [k]))),
  );
  const all = scan.blocks.map(({ values }) => [...values]);
  while (next < all.length && (next === 0 || reader.position <= scan.endPosition)) {
    const added = new Set<number>();
    bandRun = read(reader, scan, all[next], added, bandRun);
    if (scan.blocks[next].isNeeded || scan.isRefinedLater) masks[next] |= maskOf([...added]);
    next++;
  }
  const values = all.map((block, b) => (scan.blocks[b].isNeeded ? block : undefined));
  return { next, position: reader.position, bandRun, masks, values };
}

function maskOf(places: readonly number[]): bigint {
  return places.reduce((mask, k) => mask | (1n << BigInt(k)), 0n);
}

function readWithKernel(scan: Scan, kernel: 'readBands' | 'refineBands'): Result {
  const memory = openMemory();
  const { kernels, shortsAt, bytesAt, wordsAt, put } = memory;
  const { blocks } = scan;
  const reader = putReader(memory, scan.bits, scan.endPosition);
  wordsAt(reader.address, 6)[5] = scan.bandRun;
  const stored = Int16Array.from(
    blocks.flatMap(({ isNeeded, values }) =>
      zigzag.map((_, i) => (isNeeded ? values[zigzag.indexOf(i)] : 0)),
    ),
  );
  const coefficients = put(stored);
  const known = blocks.map(({ values }) => maskOf(values.flatMap((value, k) => (value === 0 ? [] : [k]))));
  const masks = put(new Uint8Array(BigUint64Array.from(known).buffer));
  const needed = put(Uint8Array.from(blocks, ({ isNeeded }) => (isNeeded ? 1 : 0)));
  const band = put(
    Int32Array.of(
      putTable(memory, scan.table),
      ...[scan.Ss, scan.Se, scan.Al, scan.isRefinedLater ? 1 : 0],
      ...[needed, coefficients, masks],
    ),
  );

  const next = kernels[kernel](reader.address, band, 0, blocks.length);

  const found = shortsAt(coefficients, 64 * blocks.length);
  const bytes = bytesAt(masks, 8 * blocks.length).slice();
  return {
    next,
    position: reader.position(),
    bandRun: reader.bandRun(),
    masks: [...new BigUint64Array(bytes.buffer)],
    values: blocks.map(({ isNeeded }, b) => (isNeeded ? zigzag.map((at) => found[64 * b + at]) : undefined)),
  };
}

const symbols = fc.oneof(fc.constantFrom(0, 1, 0xf0, 0x10, 0x20), fc.nat(255));

function blockOf(value: fc.Arbitrary<number>): fc.Arbitrary<Block> {
  return fc.record({ isNeeded: fc.boolean(), values: fc.array(value, { minLength: 64, maxLength: 64 }) });
}

function scans(symbol: fc.Arbitrary<number>, value: fc.Arbitrary<number>): fc.Arbitrary<Scan> {
  return fc
    .record({
      table: tables(symbol),
      bits: randomBits,
      ends: fc.tuple(fc.integer({ min: 1, max: 63 }), fc.integer({ min: 1, max: 63 })),
      Al: fc.oneof(fc.nat(2), fc.nat(13)),
      isRefinedLater: fc.boolean(),
      blocks: fc.array(blockOf(value), { minLength: 1, maxLength: 6 }),
      bandRun: fc.oneof(fc.constant(0), fc.nat(5)),
      endPosition: fc.integer({ min: 0, max: 300 }),
    })
    .map(({ ends, ...scan }) => ({ ...scan, Ss: Math.min(...ends), Se: Math.max(...ends) }));
}

const nothingYet = fc.constant(0);
const someKnown = fc.oneof(
  fc.constant(0),
  fc.constant(0),
  fc.integer({ min: -40, max: 40 }),
  fc.integer({ min: -32_768, max: 32_767 }),
);

describe('readBands', () => {
  it('equals reading bit by bit, and leaves the values of blocks that are not needed', () => {
    fc.assert(
      fc.property(scans(symbols, nothingYet), (scan) => {
        const plain = readPlainly(scan, readBand);
        const found = readWithKernel(scan, 'readBands');
        // Blocks of an end-of-band run have no data, so that it may be passed at once.
        expect(found).toEqual({
          ...plain,
          next: found.next,
          bandRun: plain.bandRun - (found.next - plain.next),
        });
        expect(found.next).toBeGreaterThanOrEqual(plain.next);
      }),
      { seed: 1, numRuns: 600 },
    );
  });

  it('passes an end-of-band run at once', () => {
    const memory = openMemory();
    const reader = putReader(memory, '');
    memory.wordsAt(reader.address, 6)[5] = 0x7fff;

    expect(memory.kernels.readBands(reader.address, 0, 0, 0x7fff)).toBe(0x7fff);
    expect(reader.bandRun()).toBe(0);
  });
});

describe('refineBands', () => {
  it('equals refining coefficient by coefficient', () => {
    fc.assert(
      fc.property(scans(symbols, someKnown), (scan) => {
        expect(readWithKernel(scan, 'refineBands')).toEqual(readPlainly(scan, refineBand));
      }),
      { seed: 1, numRuns: 600 },
    );
  });
});

describe('scans of DC coefficients', () => {
  const cases = fc.record({
    table: tables(fc.oneof(fc.nat(3), fc.nat(15))),
    bits: randomBits,
    Al: fc.nat(13),
    mcus: fc.integer({ min: 1, max: 8 }),
    endPosition: fc.integer({ min: 0, max: 200 }),
    before: fc.array(fc.integer({ min: -300, max: 300 }), { minLength: 16, maxLength: 16 }),
  });

  /** Two blocks in each MCU. */
  function run(
    kernel: 'readDc' | 'refineDc',
    { table, bits, Al, mcus, endPosition, before }: CaseOf<typeof cases>,
  ) {
    const memory = openMemory();
    const reader = putReader(memory, bits, endPosition);
    const values = memory.put(Int16Array.from(before));
    const prediction = memory.allocate(4);
    const at = putTable(memory, table);
    const blocks = memory.put(Int32Array.of(at, prediction, values, 2, at, prediction, values + 2, 2));
    const next = memory.kernels[kernel](reader.address, blocks, 2, Al, 0, mcus);
    return { next, position: reader.position(), values: [...memory.shortsAt(values, before.length)] };
  }

  function runPlainly(
    { bits, mcus, endPosition, before }: CaseOf<typeof cases>,
    read: (reader: PlainReader, value: number) => number,
  ) {
    const reader = new PlainReader(bits);
    const values = [...before];
    let next = 0;
    while (next < mcus && (next === 0 || reader.position <= endPosition)) {
      for (const place of [2 * next, 2 * next + 1]) values[place] = wrap16(read(reader, values[place]));
      next++;
    }
    return { next, position: reader.position, values };
  }

  it('readDc adds up differences, times 2^Al', () => {
    fc.assert(
      fc.property(cases, (scan) => {
        let dc = 0;
        const plain = runPlainly(scan, (reader) => {
          dc += reader.value(reader.symbol(codesOf(scan.table)));
          return dc << scan.Al;
        });
        expect(run('readDc', scan)).toEqual(plain);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('refineDc adds the bit 2^Al', () => {
    fc.assert(
      fc.property(cases, (scan) => {
        const plain = runPlainly(scan, (reader, value) => value | (reader.bits(1) << scan.Al));
        expect(run('refineDc', scan)).toEqual(plain);
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});

type CaseOf<T> = T extends fc.Arbitrary<infer U> ? U : never;

describe('placeDc', () => {
  it('sets the first coefficient of needed blocks', () => {
    const { kernels, put, shortsAt } = openMemory();
    const coefficients = put(new Int16Array(3 * 64));

    kernels.placeDc(put(Int16Array.of(5, 6, -7)), 3, put(Uint8Array.of(1, 0, 1)), coefficients);

    expect([0, 64, 128].map((at) => shortsAt(coefficients, 192)[at])).toEqual([5, 0, -7]);
    expect(shortsAt(coefficients, 192).filter((value) => value !== 0)).toHaveLength(2);
  });
});
