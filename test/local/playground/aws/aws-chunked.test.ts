import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeAwsChunked } from '../../../../local/playground/aws/aws-chunked.ts';

function decode(pieces: readonly Uint8Array[]) {
  return buffer(Readable.from(decodeAwsChunked(Readable.from(pieces.map((piece) => Buffer.from(piece))))));
}

function frame(chunks: readonly Uint8Array[], { extension = '', trailers = '' } = {}) {
  return Buffer.concat([
    ...chunks.flatMap((chunk) => [
      Buffer.from(`${chunk.length.toString(16)}${extension}\r\n`),
      chunk,
      Buffer.from('\r\n'),
    ]),
    Buffer.from(`0${extension}\r\n${trailers}\r\n`),
  ]);
}

describe('decodeAwsChunked', () => {
  it.each([
    { name: 'signed chunks', extension: `;chunk-signature=${'0'.repeat(64)}` },
    { name: 'unsigned chunks with a checksum behind them', trailers: 'x-amz-checksum-crc32:AAAAAA==\r\n' },
  ])('removes the framing of $name, however the network splits it', async (framing) => {
    const chunk = fc.uint8Array({ minLength: 1, maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(fc.array(chunk), fc.integer({ min: 1, max: 64 }), async (chunks, pieceBytes) => {
        const framed = frame(chunks, framing);
        const pieces = Array.from({ length: Math.ceil(framed.length / pieceBytes) }, (_, index) =>
          framed.subarray(index * pieceBytes, (index + 1) * pieceBytes),
        );

        expect(await decode(pieces)).toEqual(Buffer.concat(chunks));
      }),
    );
  });

  it.each([
    ['ends within a chunk', '5\r\nabc'],
    ['ends before the last chunk', '3\r\nabc\r\n'],
    ['is not framed at all', 'plain bytes\r\n'],
    ['has a negative length', '-3\r\nabc\r\n0\r\n\r\n'],
  ])('refuses a body that %s', async (_, body) => {
    await expect(decode([Buffer.from(body)])).rejects.toThrow('aws-chunked');
  });
});
