/** Small files with many pixels, or whose data unpack to far more than their pixels. */
import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import type { HostileFile } from '../hostile-file.ts';
import { copyOf } from '../originals.ts';
import { jpegBombs } from './jpeg-bombs.ts';
import { packNothing, packZeros } from './lzw.ts';
import { pngChunk, pngEnd, pngHeader, pngSignature, riffChunk, webp } from './parts.ts';
import { tiffBombs } from './tiff-bombs.ts';

type Bomb = readonly [name: string, make: () => Buffer];

function zeros(length: number): Buffer {
  return deflateSync(Buffer.alloc(length));
}

function png(header: Buffer, ...chunks: readonly Buffer[]): Buffer {
  return Buffer.concat([pngSignature, header, ...chunks, pngEnd]);
}

const grey = 0;
const rgb = 2;
const rgba = 6;

const pngBombs: readonly Bomb[] = [
  [
    'a PNG of 100 MP, grey',
    () => png(pngHeader(10_000, 10_000, grey), pngChunk('IDAT', zeros(10_001 * 10_000))),
  ],
  [
    'a PNG of 100 MP, grey, interlaced',
    () => png(pngHeader(10_000, 10_000, grey, 1), pngChunk('IDAT', zeros(100_018_750))),
  ],
  ['a PNG of 49 MP, RGB', () => png(pngHeader(7000, 7000, rgb), pngChunk('IDAT', zeros(21_001 * 7000)))],
  ['a PNG of 25 MP, RGBA', () => png(pngHeader(5000, 5000, rgba), pngChunk('IDAT', zeros(20_001 * 5000)))],
  [
    'a PNG of 100 MP in one row',
    () => png(pngHeader(100_000_000, 1, grey), pngChunk('IDAT', zeros(100_000_001))),
  ],
  [
    'a PNG of 100 MP in one column',
    () => png(pngHeader(1, 100_000_000, grey), pngChunk('IDAT', zeros(200_000_000))),
  ],
  ['a PNG of one pixel and 200 MB', () => png(pngHeader(1, 1, grey), pngChunk('IDAT', zeros(200_000_000)))],
  [
    'a PNG of 10 MB that unpack to nothing',
    () => {
      const packed = zeros(2);
      const nothing = Buffer.alloc(10_000_000, '000000ffff', 'hex');
      return png(
        pngHeader(1, 1, grey),
        pngChunk('IDAT', Buffer.concat([packed.subarray(0, 2), nothing, packed.subarray(2)])),
      );
    },
  ],
  ...['iCCP', 'zTXt', 'iTXt'].map(
    (type): Bomb => [
      `a PNG with 200 MB in ${type}`,
      () => {
        const head = { iCCP: 'icc\0\0', zTXt: 'text\0\0', iTXt: 'text\0\x01\0\0\0' }[type]!;
        const chunk = pngChunk(type, Buffer.concat([Buffer.from(head, 'latin1'), zeros(200_000_000)]));
        return png(pngHeader(1, 1, grey), chunk, pngChunk('IDAT', zeros(2)));
      },
    ],
  ),
];

/** Adds the length byte before every 255 bytes, and the terminator. */
function subBlocks(data: Buffer): Buffer {
  const blocks: Buffer[] = [];
  for (let at = 0; at < data.length; at += 255) {
    const block = data.subarray(at, at + 255);
    blocks.push(Buffer.of(block.length), block);
  }
  return Buffer.concat([...blocks, Buffer.of(0)]);
}

function gif(width: number, height: number, packed: Buffer): Buffer {
  const head = Buffer.from('474946383961000000000000002c00000000000000000008', 'hex');
  for (const at of [6, 18]) {
    head.writeUInt16LE(width, at);
    head.writeUInt16LE(height, at + 2);
  }
  return Buffer.concat([head, subBlocks(packed), Buffer.from(';')]);
}

const gifBombs: readonly Bomb[] = [
  ['a GIF of 100 MP', () => gif(10_000, 10_000, packZeros(100_000_000, 'lsb'))],
  ['a GIF of 49 MP', () => gif(7000, 7000, packZeros(49_000_000, 'lsb'))],
  ['a GIF of 85 MP without data', () => gif(8500, 10_000, Buffer.alloc(0))],
  ['a GIF of one pixel and 100 MP of data', () => gif(1, 1, packZeros(100_000_000, 'lsb'))],
  ['a GIF of 20 million codes for no pixel', () => gif(100, 100, packNothing(20_000_000))],
];

/** A single colour, in as many pixels as the header states. */
function flatLossless(width: number, height: number): Buffer {
  const data = Buffer.from('2f27e3c90807508a2ad4a3ff8188e87f00', 'hex');
  data.writeUInt32LE((width - 1) | ((height - 1) << 14), 1);
  return riffChunk('VP8L', data);
}

/** Made with Pillow: `Image.new('RGB', (4600, 4600), (40, 90, 160)).save(path, speed=10)`. */
const flatAvif = readFileSync(new URL('../fixtures/flat_4600x4600.avif', import.meta.url));
/** An image of 8000x8000 whose header states 64x64. */
const lyingAvif = readFileSync(
  new URL('../../../functions/classify/decode/avif/fixtures/says_64x64_is_8000x8000.avif', import.meta.url),
);

const otherBombs: readonly Bomb[] = [
  ...[
    [16_383, 6000],
    [7000, 7000],
    [5000, 5000],
    [1, 16_383],
  ].map(
    ([width, height]): Bomb => [
      `a WebP of ${width}x${height} in 38 bytes`,
      () => webp(flatLossless(width, height)),
    ],
  ),
  [
    'a WebP of 10 MB in its profile',
    () => {
      const canvas = Buffer.alloc(10);
      canvas[0] = 0x20;
      canvas.writeUIntLE(99, 4, 3);
      canvas.writeUIntLE(99, 7, 3);
      return webp(
        riffChunk('VP8X', canvas),
        riffChunk('ICCP', Buffer.alloc(10_000_000)),
        flatLossless(100, 100),
      );
    },
  ],
  ['an AVIF of 21 MP in 1 KB', () => flatAvif],
  ['an AVIF of 64 MP that says it is 64x64', () => lyingAvif],
  [
    'an AVIF of 64 MP',
    () => {
      const bytes = Buffer.from(lyingAvif);
      const at = bytes.indexOf('ispe') + 8;
      bytes.writeUInt32BE(8000, at);
      bytes.writeUInt32BE(8000, at + 4);
      return bytes;
    },
  ],
  [
    'a BMP of 40 MP with 1 bit per pixel',
    () => {
      const bytes = Buffer.concat([
        copyOf('variants/1bit.bmp').subarray(0, 62),
        Buffer.alloc(5_040_000, 0xa5),
      ]);
      bytes.writeUInt32LE(6300, 18);
      bytes.writeUInt32LE(6300, 22);
      bytes.writeUInt32LE(62, 10);
      return bytes;
    },
  ],
];

export const bombs: readonly HostileFile[] = [
  ...pngBombs,
  ...gifBombs,
  ...otherBombs,
  ...jpegBombs,
  ...tiffBombs,
].map(([name, make]) => ({ name, make }));
