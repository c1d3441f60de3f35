/** PNG files with tens of thousands of compressed texts: cut off, empty, damaged, and longer than their file. */
import { deflateSync } from 'node:zlib';
import type { HostileFile } from '../hostile-file.ts';
import { pngChunk, pngEnd, pngHeader, pngSignature } from './parts.ts';

const kilobytes40 = deflateSync(Buffer.alloc(40_000));
const letters = deflateSync(Buffer.from('abcdefghijklmnopqrstuvwxyz'));

const texts: readonly (readonly [kind: string, packed: Uint8Array])[] = [
  ['no data', Buffer.alloc(0)],
  ['a header that zlib refuses', Buffer.from('78be', 'hex')],
  ['a block that zlib refuses', Buffer.from('789c07', 'hex')],
  ['26 letters', letters],
  ['letters that are cut off', letters.subarray(0, -8)],
  ['a wrong checksum', Buffer.concat([letters.subarray(0, -1), Buffer.of(letters.at(-1)! ^ 1)])],
  ['40 KB', kilobytes40],
  ['40 KB that are cut off', kilobytes40.subarray(0, -4)],
];

export const pngTexts: readonly HostileFile[] = texts.map(([kind, packed]) => ({
  name: `a PNG with 98000 compressed texts: ${kind}`,
  make: () => {
    const text = pngChunk('zTXt', Buffer.concat([Buffer.from('a\0\0'), packed]));
    const pixel = pngChunk('IDAT', deflateSync(Buffer.alloc(2)));
    return Buffer.concat([
      pngSignature,
      pngHeader(1, 1, 0),
      ...Array<Buffer>(98_000).fill(text),
      pixel,
      pngEnd,
    ]);
  },
}));
