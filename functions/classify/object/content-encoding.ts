/** Undoes an object's Content-Encoding, as browsers do before they show an image. */
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import type { DecodeLimits } from '../image/limits.ts';
import { CorruptImage, ImageTooLarge, UnreadableObject } from '../image/rejections.ts';

/**
 * Undoes `gzip`, `deflate`, `br` and `zstd`, also several in a row. Bytes that do not begin as gzip or zstd do are taken as
 * they are: the header is wrong. Unknown encodings say nothing about the bytes: uploaders set `base64` or `utf-8` there.
 *
 * @param contentEncoding the header's value: encodings in the order in which they were applied.
 * @throws {ImageTooLarge} more than `maxBytes` when decoded; nothing larger is allocated
 * @throws {CorruptImage} damaged or cut off
 * @throws {UnreadableObject} zstd on a Node.js without it (before 22.15)
 */
export async function withoutContentEncoding(
  bytes: Uint8Array,
  contentEncoding: string | undefined,
  { maxBytes }: Pick<DecodeLimits, 'maxBytes'>,
): Promise<Uint8Array> {
  let decoded = bytes;
  for (const name of encodingsOf(contentEncoding)) {
    const { signature, decode } = encodings[name];
    if (signature && !signature.every((byte, index) => decoded[index] === byte)) return decoded;
    if (!decode) {
      throw new UnreadableObject(
        `its Content-Encoding is ${name}, which Node.js ${process.versions.node} cannot decode; run the function on Node.js 22.15 or later, or upload it as gzip or without Content-Encoding`,
      );
    }
    decoded = await decode(decoded, { maxOutputLength: maxBytes }).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ERR_BUFFER_TOO_LARGE') {
        throw new ImageTooLarge(
          `more than ${maxBytes / 1e6} MB when its Content-Encoding, ${name}, is decoded (limits.megabytes)`,
        );
      }
      throw new CorruptImage(
        `its Content-Encoding is ${name}, and the bytes are not that or are cut off (${error.message}); send it again, or without the header`,
      );
    });
  }
  return decoded;
}

type Decode = (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Promise<Uint8Array>;

interface Encoding {
  /** Leading bytes, if the encoding has any. */
  readonly signature?: readonly number[];
  /** Missing where this Node.js does not have it. */
  readonly decode: Decode | undefined;
}

type EncodingName = 'gzip' | 'deflate' | 'br' | 'zstd';

// Not in the types of Node.js 20.
const { zstdDecompress } = zlib as { readonly zstdDecompress?: typeof zlib.gunzip };

const encodings: Readonly<Record<EncodingName, Encoding>> = {
  gzip: { signature: [0x1f, 0x8b], decode: promisify<Uint8Array, zlib.ZlibOptions, Uint8Array>(zlib.gunzip) },
  deflate: { decode: promisify<Uint8Array, zlib.ZlibOptions, Uint8Array>(zlib.inflate) },
  br: { decode: promisify<Uint8Array, zlib.BrotliOptions, Uint8Array>(zlib.brotliDecompress) },
  zstd: {
    signature: [0x28, 0xb5, 0x2f, 0xfd],
    decode: zstdDecompress && promisify<Uint8Array, zlib.ZlibOptions, Uint8Array>(zstdDecompress),
  },
};

/** The known encodings, the one applied last first. */
function encodingsOf(contentEncoding = ''): EncodingName[] {
  return contentEncoding
    .toLowerCase()
    .split(',')
    .map((name) => name.trim().replace(/^x-gzip$/, 'gzip'))
    .filter((name): name is EncodingName => Object.hasOwn(encodings, name))
    .reverse();
}
