import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bitAt,
  checkEnd,
  openReader,
  peek,
  prepare,
} from '../../../../functions/classify/jpeg/bit-reader.ts';
import { EndOfData } from '../../../../functions/classify/jpeg/markers.ts';

const end = [0xff, 0xd9];
const stuffed = (data: readonly number[]) => data.flatMap((byte) => (byte === 0xff ? [0xff, 0] : [byte]));

/** Reads byte by byte, as an MCU of 8 bits each would. */
const readBytes = (source: readonly number[], count: number): number[] => {
  const reader = openReader(Buffer.from(source), 0);
  return Array.from({ length: count }, () => {
    prepare(reader);
    const byte = peek(reader.words, reader.position) >>> 24;
    reader.position += 8;
    return byte;
  });
};

describe('openReader', () => {
  it('takes out stuffed zeros, wherever the chunks end', () => {
    const byte = fc.oneof(fc.constant(0xff), fc.nat(255));
    const data = fc.array(byte, { minLength: 1, maxLength: 40_000, size: 'max' });
    fc.assert(
      fc.property(data, (bytes) => {
        expect(readBytes([...stuffed(bytes), ...end], bytes.length)).toEqual(bytes);
      }),
      { numRuns: 20, seed: 1 },
    );
  });

  it('takes fill bytes before a stuffed zero as one byte of data', () => {
    expect(readBytes([1, 0xff, 0xff, 0xff, 0, 2, ...end], 3)).toEqual([1, 0xff, 2]);
  });

  it('reads zeros behind the marker that ends the data, and then is dry', () => {
    // Prepare
    const reader = openReader(Buffer.from([0xab, 0xff, 0xd0, 0xcd]), 0);

    // Act
    const bits = peek(reader.words, 0);
    reader.position = 8;
    checkEnd(reader);
    const isDryAtTheEnd = reader.isDry;
    reader.position = 9;
    checkEnd(reader);

    // Assess
    expect(bits).toBe(0xab000000 | 0);
    expect([isDryAtTheEnd, reader.isDry, reader.markerAt]).toEqual([false, true, 3]);
  });

  it.each([{ source: [0xab] }, { source: [0xab, 0xff] }])(
    'does not go on at the end of the file',
    ({ source }) => {
      const reader = openReader(Buffer.from(source), 0);
      reader.position = 9;
      expect(() => checkEnd(reader)).toThrow(EndOfData);
    },
  );

  it('reads single bits across words', () => {
    const { words } = openReader(Buffer.from([0, 0, 0, 1, 0x80, 0, 0, 0, ...end]), 0);
    expect([30, 31, 32, 33].map((position) => bitAt(words, position))).toEqual([0, 1, 1, 0]);
  });
});
