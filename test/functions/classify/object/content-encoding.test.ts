import { readFileSync } from 'node:fs';
import zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ImageRejection } from '../../../../functions/classify/image/rejections.ts';
import { withoutContentEncoding } from '../../../../functions/classify/object/content-encoding.ts';

const photo = readFileSync('test/goldens/images/odd_17x13_420.jpg');
const limits = { maxBytes: 10_000 };

describe('a Content-Encoding', () => {
  it.each([
    ['gzip', zlib.gzipSync(photo)],
    ['x-gzip', zlib.gzipSync(photo)],
    ['GZIP', zlib.gzipSync(photo)],
    ['deflate', zlib.deflateSync(photo)],
    ['br', zlib.brotliCompressSync(photo)],
    ['gzip, br', zlib.brotliCompressSync(zlib.gzipSync(photo))],
    ['aws-chunked,gzip', zlib.gzipSync(photo)],
  ])('is decoded: %s', async (name, bytes) => {
    expect(await withoutContentEncoding(bytes, name, limits)).toEqual(photo);
  });

  it.each([undefined, '', 'identity', 'aws-chunked', 'base64', 'utf-8', 'constructor'])(
    'is ignored if it is not a compression: %s',
    async (name) => {
      expect(await withoutContentEncoding(photo, name, limits)).toBe(photo);
    },
  );

  it.each(['gzip', 'zstd', 'gzip, gzip'])('is ignored if the bytes lack its signature: %s', async (name) => {
    expect(await withoutContentEncoding(photo, name, limits)).toBe(photo);
  });

  it('is ignored if only a part of its signature matches', async () => {
    const bytes = Buffer.from([0x1f, 0x00, 0xfd, 0x2f]);

    expect(await withoutContentEncoding(bytes, 'gzip', limits)).toBe(bytes);
  });

  // Lambda's runtime has it from Node.js 22.15 on.
  it('of zstd is decoded, or refused by name on a Node.js without it', async () => {
    const { zstdCompressSync } = zlib as { readonly zstdCompressSync?: (bytes: Uint8Array) => Buffer };
    const bytes = zstdCompressSync?.(photo) ?? Buffer.from('28b52ffd00', 'hex');

    const decoding = withoutContentEncoding(bytes, 'zstd', limits);

    if (zstdCompressSync) expect(await decoding).toEqual(photo);
    else {
      await expect(decoding).rejects.toMatchObject({
        name: 'UnreadableObject',
        message: expect.stringMatching(
          /^its Content-Encoding is zstd, .* Node\.js 22\.15 or later, or upload it as gzip/,
        ),
      });
    }
  });

  it.each([
    ['gzip', zlib.gzipSync(Buffer.alloc(1_000_000))],
    ['deflate', zlib.deflateSync(Buffer.alloc(1_000_000))],
    ['br', zlib.brotliCompressSync(Buffer.alloc(1_000_000))],
    ['gzip, gzip', zlib.gzipSync(zlib.gzipSync(Buffer.alloc(1_000_000)))],
  ])('is refused if it expands beyond the limit: %s', async (name, bytes) => {
    await expect(withoutContentEncoding(bytes, name, limits)).rejects.toMatchObject({
      name: 'ImageTooLarge',
      message: expect.stringMatching(/^more than 0\.01 MB when .*\(limits\.megabytes\)$/),
    });
  });

  it.each([
    ['gzip', zlib.gzipSync(photo).subarray(0, 300)],
    ['br', photo],
    ['br', zlib.brotliCompressSync(photo).subarray(0, 300)],
  ])('is refused if the bytes are damaged or cut off: %s', async (name, bytes) => {
    await expect(withoutContentEncoding(bytes, name, limits)).rejects.toMatchObject({
      name: 'CorruptImage',
      message: expect.stringMatching(
        `^its Content-Encoding is ${name}, and the bytes are not that or are cut off`,
      ),
    });
  });

  it('never yields more than the limit or an unknown error', async () => {
    const names = fc.array(fc.constantFrom('gzip', 'deflate', 'br', 'zstd', 'base64'), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), names, async (bytes, encodings) => {
        const decoded = await withoutContentEncoding(bytes, encodings.join(','), limits).catch(
          (error) => error,
        );

        if (decoded instanceof Error) expect(decoded).toBeInstanceOf(ImageRejection);
        else expect(decoded.length).toBeLessThanOrEqual(limits.maxBytes);
      }),
    );
  });
});
