import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bitAt,
  checkEnd,
  continueAt,
  openReader,
  peek,
  prepare,
  stopBefore,
} from '../../../../../../functions/classify/decode/jpeg/entropy/bit-reader.ts';
import { EndOfData } from '../../../../../../functions/classify/decode/jpeg/syntax/markers.ts';

const end = [0xff, 0xd9];
function stuffed(data: readonly number[]) {
  return data.flatMap((byte) => (byte === 0xff ? [0xff, 0] : [byte]));
}

/** Reads byte by byte, like MCUs of 8 bits. */
function readBytes(source: readonly number[], count: number): number[] {
  const reader = openReader(Buffer.from(source), 0);
  return Array.from({ length: count }, () => {
    prepare(reader);
    const byte = peek(reader.words, reader.position) >>> 24;
    reader.position += 8;
    return byte;
  });
}

describe('openReader', () => {
  it('removes stuffed zeros across chunk boundaries', () => {
    const byte = fc.oneof(fc.constant(0xff), fc.nat(255));
    const data = fc.array(byte, { minLength: 1, maxLength: 40_000, size: 'max' });
    fc.assert(
      fc.property(data, (bytes) => {
        expect(readBytes([...stuffed(bytes), ...end], bytes.length)).toEqual(bytes);
      }),
      { numRuns: 20, seed: 1 },
    );
  });

  it('returns the 32 bits at any position', () => {
    const data = Array.from({ length: 20 }, (_, i) => (151 * i + 83) % 255);
    const bits = data.map((byte) => byte.toString(2).padStart(8, '0')).join('');

    const { words } = openReader(Buffer.from([...data, ...end]), 0);

    for (let position = 0; position <= bits.length - 32; position++) {
      const found = (peek(words, position) >>> 0).toString(2).padStart(32, '0');
      expect(found).toBe(bits.slice(position, position + 32));
    }
  });

  it('reads fill bytes before a stuffed zero as one byte of data', () => {
    expect(readBytes([1, 0xff, 0xff, 0xff, 0, 2, ...end], 3)).toEqual([1, 0xff, 2]);
  });

  it('reads zeros after the marker that ends the data, and then is dry', () => {
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

  it.each([{ source: [0xab] }, { source: [0xab, 0xff] }])('throws at the end of the file', ({ source }) => {
    const reader = openReader(Buffer.from(source), 0);
    reader.position = 9;
    expect(() => checkEnd(reader)).toThrow(EndOfData);
  });

  it('reads single bits across words', () => {
    const { words } = openReader(Buffer.from([0, 0, 0, 1, 0x80, 0, 0, 0, ...end]), 0);
    expect([30, 31, 32, 33].map((position) => bitAt(words, position))).toEqual([0, 1, 1, 0]);
  });
});

describe('stopBefore', () => {
  it('reads zeros until the reader continues elsewhere', () => {
    const reader = openReader(Buffer.from([0xab, 0xcd, 0xff, 0xd0, 0x12, ...end]), 0);

    stopBefore(reader, 4);
    const bits = peek(reader.words, 0);
    reader.position = 8;
    checkEnd(reader);
    const { isDry, markerAt } = reader;
    continueAt(reader, 4);

    expect({ bits, isDry, markerAt }).toEqual({ bits: 0, isDry: true, markerAt: 4 });
    expect(peek(reader.words, 0) >>> 24).toBe(0x12);
    expect(reader.isDry).toBe(false);
  });
});
