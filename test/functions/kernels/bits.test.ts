import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openMemory } from './memory.ts';

/** Appends a source to a chunk that holds some bytes already. */
function unstuff(source: readonly number[], capacity: number, before: readonly number[] = []) {
  const memory = openMemory();
  const { kernels, allocate, bytesAt, wordsAt, put } = memory;
  const top = allocate(1000) + 1000;
  bytesAt(top - before.length, before.length).set(before.toReversed());
  const reader = put(Int32Array.of(top, before.length, 0, 0, 0, 0));
  const start = put(Uint8Array.from(source));

  const left = kernels.unstuff(reader, start, start + source.length, capacity);

  const [, length] = wordsAt(reader, 6);
  return { chunk: [...bytesAt(top - length, length)].reverse(), taken: left - start };
}

/** Reads byte by byte. */
function plainUnstuff(source: readonly number[], capacity: number, before: readonly number[]) {
  const chunk = [...before];
  let taken = 0;
  while (taken < source.length && chunk.length < capacity) {
    let next = taken;
    while (source[next] === 0xff) next++;
    if (next > taken && source[next] !== 0) break;
    chunk.push(source[taken]);
    taken = next + 1;
  }
  return { chunk, taken };
}

describe('unstuff', () => {
  it('equals reading byte by byte', () => {
    const bytes = fc.array(fc.oneof(fc.nat(255), fc.nat(255), fc.constantFrom(0, 0xff)), { maxLength: 150 });
    const stuffed = bytes.map((all) => all.flatMap((byte) => (byte === 0xff ? [0xff, 0] : [byte])));
    const before = fc.array(fc.nat(255), { maxLength: 10 });

    fc.assert(
      fc.property(
        fc.oneof(bytes, stuffed),
        fc.integer({ min: 10, max: 200 }),
        before,
        (source, capacity, first) => {
          expect(unstuff(source, capacity, first)).toEqual(plainUnstuff(source, capacity, first));
        },
      ),
      { seed: 1, numRuns: 1000 },
    );
  });

  it('stops before a marker and before a run of 0xff that the source cuts off', () => {
    expect(unstuff([1, 0xff, 0xd9, 2], 100)).toEqual({ chunk: [1], taken: 1 });
    expect(unstuff([1, 0xff, 0xff], 100)).toEqual({ chunk: [1], taken: 1 });
  });

  it('reads fill bytes before a stuffed zero as one byte of data', () => {
    expect(unstuff([0xff, 0xff, 0xff, 0, 7], 100)).toEqual({ chunk: [0xff, 7], taken: 5 });
  });
});
