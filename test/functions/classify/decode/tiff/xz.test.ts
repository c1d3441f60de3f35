import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeLzma2 } from '../../../../../functions/classify/decode/tiff/lzma.ts';
import { decodeXz } from '../../../../../functions/classify/decode/tiff/xz.ts';
import { CorruptImage, UnsupportedFormat } from '../../../../../functions/classify/image/rejections.ts';
import { sha256Of } from '../pillow-answers.ts';

interface XzFile {
  readonly name: string;
  readonly length: number;
  readonly sha256: string;
  readonly xz: string;
}

const all: readonly XzFile[] = JSON.parse(readFileSync(new URL('fixtures/xz.json', import.meta.url), 'utf8'));
const files = all.filter(({ sha256 }) => sha256 !== '');
function bytesOf({ xz }: XzFile) {
  return Buffer.from(xz, 'base64');
}

/** The first chunk of the data, which holds the whole content: its sizes, properties and coded bytes. */
function chunkOf(file: XzFile) {
  const bytes = bytesOf(file);
  const chunk = bytes.subarray(24, 24 + 6 + bytes.readUInt16BE(24 + 3) + 1);
  return {
    text: decodeXz(bytes, file.length),
    sizes: chunk.subarray(1, 5),
    properties: chunk[5],
    coded: chunk.subarray(6),
  };
}

describe('decodeXz', () => {
  it.each(files)("equals Python's lzma: $name", (file) => {
    const content = decodeXz(bytesOf(file), file.length);

    expect(content).toHaveLength(file.length);
    expect(sha256Of(content)).toBe(file.sha256);
  });

  it('decodes the start of the data, or all if they are shorter than expected', () => {
    const whole = decodeXz(bytesOf(files[0]), files[0].length);

    expect(decodeXz(bytesOf(files[0]), 1000)).toEqual(whole.subarray(0, 1000));
    expect(decodeXz(bytesOf(files[0]), 1_000_000)).toEqual(whole);
  });

  it('reads a block header that states sizes', () => {
    const file = bytesOf(files[0]);
    // 128 packed and 12 unpacked bytes, the filter as before; padded to 16 bytes.
    const header = [3, 0xc0, 0x80, 0x01, 12, 0x21, 1, file[12 + 4], 0, 0, 0, 0, 0, 0, 0, 0];
    const stated = Buffer.concat([file.subarray(0, 12), Buffer.from(header), file.subarray(24)]);

    expect(sha256Of(decodeXz(stated, files[0].length))).toBe(files[0].sha256);
  });

  it('rejects filters for machine code', () => {
    expect(() => decodeXz(bytesOf(all.at(-1)!), 4)).toThrow(
      new UnsupportedFormat('TIFF of xz with the filter 4; save it as PNG'),
    );
  });

  it('rejects differences of differences', () => {
    const file = bytesOf(files[0]);
    const header = [3, 2, 3, 1, 0, 3, 1, 2, 0x21, 1, file[12 + 4], 0, 0, 0, 0, 0];
    const twice = Buffer.concat([file.subarray(0, 12), Buffer.from(header), file.subarray(24)]);

    expect(() => decodeXz(twice, 4)).toThrow(
      new UnsupportedFormat('TIFF of xz with the filter 3; save it as PNG'),
    );
  });

  it.each([
    ['other data', Buffer.from('no xz'), 'strips or tiles that are not xz data'],
    [
      'data of which one byte is like xz',
      Buffer.from('fd3758', 'hex'),
      'strips or tiles that are not xz data',
    ],
    ['truncated data', bytesOf(files[0]).subarray(0, 300), 'LZMA data are truncated'],
    ['data that end between chunks', bytesOf(files[0]).subarray(0, 25), 'LZMA data are truncated'],
  ])('rejects %s', (_, bytes, fault) => {
    expect(() => decodeXz(bytes, 4000)).toThrow(new CorruptImage(fault));
  });

  it('decodes damaged data to no more than the expected bytes, or rejects them', () => {
    const changes = fc.array(fc.record({ at: fc.nat(), value: fc.nat(255) }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.constantFrom(...files.slice(0, 12)), changes, (file, changed) => {
        const bytes = bytesOf(file);
        for (const { at, value } of changed) bytes[at % bytes.length] = value;
        try {
          expect(decodeXz(bytes, 6000).length).toBeLessThanOrEqual(6000);
        } catch (error) {
          expect([CorruptImage, UnsupportedFormat, RangeError]).toContain((error as Error).constructor);
        }
      }),
      { numRuns: 500, seed: 1 },
    );
  });
});

describe('decodeLzma2', () => {
  it('reads plain chunks, up to the end of the output', () => {
    const output = new Uint8Array(5);

    expect(decodeLzma2(Buffer.from([1, 0, 2, 10, 11, 12, 2, 0, 2, 13, 14, 15, 0]), output)).toBe(5);
    expect([...output]).toEqual([10, 11, 12, 13, 14]);
  });

  const { text, sizes, properties, coded } = chunkOf(files[0]);
  const zeros = [0, 0, 0, 0, 0, 0];
  const whole = [...sizes, properties, ...coded];

  it.each([
    [
      'plain bytes, then new properties',
      [1, 0, 15, ...Array(16).fill(0), 0xc0, ...whole],
      [...Array(16).fill(0), ...text],
    ],
    [
      'a chunk, plain bytes, then a chunk that forgets the statistics',
      [0xe0, ...whole, 2, 0, 5, ...zeros, 0xa0, ...sizes, ...coded],
      [...text, ...zeros, ...text],
    ],
    ['chunks that each forget all bytes before', [0xe0, ...whole, 0xe0, ...whole], [...text, ...text]],
    [
      'plain bytes that forget all bytes before, then new properties',
      [0xe0, ...whole, 1, 0, 15, ...Array(16).fill(0), 0xc0, ...whole],
      [...text, ...Array(16).fill(0), ...text],
    ],
  ])('reads %s', (_, data, content) => {
    const output = new Uint8Array(content.length);

    expect(decodeLzma2(Buffer.from([...data, 0]), output)).toBe(content.length);
    expect(output).toEqual(Uint8Array.from(content));
  });

  it.each([
    ['its last byte missing', [0xe0, ...whole.slice(0, -1)], 'LZMA data are truncated'],
    ['an unknown type', [3, 0, 0, 0, 0, 0], 'an LZMA chunk of type 3'],
    ['no properties', [0x80, 0, 0, 0, 0, 0], 'LZMA data without properties'],
    ['properties that do not exist', [0xe0, 0, 0, 0, 0, 225], 'LZMA properties 225'],
    ['too many bits of context', [0xe0, 0, 0, 0, 0, 13], 'LZMA properties 13'],
    [
      'a match before the first byte',
      [0xe0, 0, 0, 0, 9, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0],
      'LZMA repeats bytes before the first',
    ],
  ])('rejects a chunk with %s', (_, data, fault) => {
    expect(() => decodeLzma2(Buffer.from(data), new Uint8Array(9))).toThrow(new CorruptImage(fault));
  });
});
