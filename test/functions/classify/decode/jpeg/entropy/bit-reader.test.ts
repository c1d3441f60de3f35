import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BitReader,
  continueAt,
  openReader,
  readMcus,
  stopBefore,
} from '../../../../../../functions/classify/decode/jpeg/entropy/bit-reader.ts';
import { openCodedFile } from '../../../../../../functions/classify/decode/jpeg/entropy/coded-file.ts';
import { EndOfData } from '../../../../../../functions/classify/decode/jpeg/syntax/markers.ts';
import { startKernels } from '../../../../../../functions/classify/decode/shared/kernels.ts';

const end = [0xff, 0xd9];
function stuffed(data: readonly number[]) {
  return data.flatMap((byte) => (byte === 0xff ? [0xff, 0] : [byte]));
}

function open(source: readonly number[]): BitReader {
  return openReader(openCodedFile(startKernels(), Buffer.from(source)), 0);
}

/** Reads bytes like MCUs of 8 bits, as many at a time as a kernel does, and returns those before the data end. */
function readBytes(reader: BitReader, count: number): number[] {
  const { bytesAt, wordsAt } = reader.file.instance;
  const bytes: number[] = [];
  readMcus(reader, 0, count, (first, last) => {
    const state = wordsAt(reader.state, 6);
    const [top, , , refillPosition, endPosition] = state;
    let next = first;
    do {
      bytes.push(bytesAt(top - 1 - (state[2] >> 3), 1)[0]);
      state[2] += 8;
      next++;
    } while (next < last && state[2] <= refillPosition && state[2] <= endPosition);
    return next;
  });
  return bytes;
}

describe('openReader', () => {
  it('removes stuffed zeros across the ends of chunks and of pieces of the file', () => {
    const byte = fc.oneof(fc.constant(0xff), fc.nat(255));
    const data = fc.array(byte, { minLength: 1, maxLength: 40_000, size: 'max' });
    fc.assert(
      fc.property(data, (bytes) => {
        expect(readBytes(open([...stuffed(bytes), ...end]), bytes.length)).toEqual(bytes);
      }),
      { numRuns: 20, seed: 1 },
    );
  });

  it('reads fill bytes before a stuffed zero as one byte of data, even if they fill pieces of the file', () => {
    const fill = new Array<number>(50_000).fill(0xff);
    expect(readBytes(open([1, 0xff, 0xff, 0xff, 0, 2, ...end]), 3)).toEqual([1, 0xff, 2]);
    expect(readBytes(open([1, ...fill, 0, 2, ...end]), 3)).toEqual([1, 0xff, 2]);
  });

  it.each([16_383, 16_384, 16_385, 20_000])(
    'reads 0xff and its stuffed zero as byte %i of the file',
    (at) => {
      const data = Array.from({ length: at + 20 }, (_, i) => (i === at ? 0xff : i % 251));
      expect(readBytes(open([...stuffed(data), ...end]), data.length)).toEqual(data);
    },
  );
});

describe('readMcus', () => {
  it('completes the MCU that runs over the end of the data with zeros, and reads no other', () => {
    const reader = open([0xab, 0xff, 0xd0, 0xcd]);

    const bytes = readBytes(reader, 5);

    expect(bytes).toEqual([0xab, 0]);
    expect([reader.isDry, reader.markerAt]).toEqual([true, 3]);
    expect(readBytes(reader, 5)).toEqual([]);
  });

  it('reads data up to their last bit', () => {
    const reader = open([0xab, 0xff, 0xd0]);
    expect(readBytes(reader, 1)).toEqual([0xab]);
    expect(reader.isDry).toBe(false);
  });

  it.each([{ source: [0xab] }, { source: [0xab, 0xff] }])(
    'throws at the end of the file: $source',
    ({ source }) => {
      expect(() => readBytes(open(source), 2)).toThrow(EndOfData);
    },
  );
});

describe('stopBefore', () => {
  it('reads zeros until the reader continues elsewhere', () => {
    const reader = open([0xab, 0xcd, 0xff, 0xd0, 0x12, ...end]);

    stopBefore(reader, 4);
    const bytes = readBytes(reader, 3);
    const { isDry, markerAt } = reader;
    continueAt(reader, 4);

    expect({ bytes, isDry, markerAt }).toEqual({ bytes: [0], isDry: true, markerAt: 4 });
    expect(readBytes(reader, 1)).toEqual([0x12]);
    expect(reader.isDry).toBe(false);
  });
});
