/** Animations, some with thousands of frames; only the first is decoded. */
import { deflateSync } from 'node:zlib';
import type { HostileFile } from '../hostile-file.ts';
import { copyOf } from '../originals.ts';
import { pngChunk, pngEnd, pngHeader, pngSignature, riffChunk, webp } from './parts.ts';

function canvasOf(width: number, height: number): Buffer {
  const canvas = Buffer.alloc(10);
  canvas[0] = 2;
  canvas.writeUIntLE(width - 1, 4, 3);
  canvas.writeUIntLE(height - 1, 7, 3);
  return riffChunk('VP8X', canvas);
}

const animation = riffChunk('ANIM', Buffer.alloc(6));

/** A frame with a small still at this position; its header states the given size. */
function webpFrame(left: number, top: number, width: number, height: number): Buffer {
  const head = Buffer.alloc(16);
  head.writeUIntLE(left / 2, 0, 3);
  head.writeUIntLE(top / 2, 3, 3);
  head.writeUIntLE(width - 1, 6, 3);
  head.writeUIntLE(height - 1, 9, 3);
  return riffChunk('ANMF', Buffer.concat([head, copyOf('variants/lossless.webp').subarray(12)]));
}

const bits = copyOf('variants/lossless.webp').readUInt32LE(21);
const [width, height] = [(bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1];

const webps: readonly (readonly [string, () => Buffer])[] = [
  [
    'a WebP of 5000 frames',
    () =>
      webp(canvasOf(width, height), animation, ...Array<Buffer>(5000).fill(webpFrame(0, 0, width, height))),
  ],
  [
    'a WebP of 100 MP, its frame in a corner',
    () => webp(canvasOf(10_000, 10_000), animation, webpFrame(9000, 9000, width, height)),
  ],
  [
    'a WebP of 25 MP, its frame in a corner',
    () => webp(canvasOf(5000, 5000), animation, webpFrame(4000, 4000, width, height)),
  ],
  [
    'a WebP whose frame is beyond the canvas',
    () => webp(canvasOf(width, height), animation, webpFrame(2, 0, width, height)),
  ],
  [
    'a WebP whose frame is larger than it says',
    () => webp(canvasOf(100, 100), animation, webpFrame(0, 0, 1, 1)),
  ],
  ['a WebP without a frame', () => webp(canvasOf(100, 100), animation)],
  [
    'a WebP whose frame is empty',
    () => webp(canvasOf(100, 100), animation, riffChunk('ANMF', Buffer.alloc(16))),
  ],
  ['a WebP without its ANIM', () => webp(canvasOf(width, height), webpFrame(0, 0, width, height))],
];

function gifFrame(left: number, top: number, width: number, height: number): Buffer {
  const bytes = copyOf('variants/16_colours.gif');
  const frame = Buffer.from(bytes.subarray(bytes.indexOf(',\0\0\0\0'), -1));
  [left, top, width, height].forEach((value, i) => {
    frame.writeUInt16LE(value, 1 + 2 * i);
  });
  return frame;
}

function gif(...frames: readonly Buffer[]): Buffer {
  const bytes = copyOf('variants/16_colours.gif');
  return Buffer.concat([bytes.subarray(0, bytes.indexOf(',\0\0\0\0')), ...frames, Buffer.from(';')]);
}

const gifs: readonly (readonly [string, () => Buffer])[] = [
  ['a GIF of 10000 frames', () => gif(...Array<Buffer>(10_000).fill(gifFrame(0, 0, 13, 9)))],
  ['a GIF whose frame is far out', () => gif(gifFrame(60_000, 1000, 13, 9))],
  ['a GIF of 49 MP, its frame in a corner', () => gif(gifFrame(7000, 7000, 13, 9))],
  ['a GIF whose frame has no width', () => gif(gifFrame(0, 0, 0, 9), gifFrame(0, 0, 13, 9))],
  ['a GIF whose frame has no height', () => gif(gifFrame(0, 0, 13, 0), gifFrame(0, 0, 13, 9))],
  ['a GIF whose frame has too many pixels', () => gif(gifFrame(0, 0, 100, 100), gifFrame(0, 0, 13, 9))],
  ['a GIF whose second frame is broken', () => gif(gifFrame(0, 0, 13, 9), Buffer.from(',broken'))],
];

function control(type: 'acTL' | 'fcTL', ...numbers: readonly number[]): Buffer {
  const data = Buffer.alloc(type === 'acTL' ? 8 : 26);
  numbers.forEach((number, i) => {
    data.writeUInt32BE(number, 4 * i);
  });
  return pngChunk(type, data);
}

function png(...chunks: readonly Buffer[]): Buffer {
  return Buffer.concat([pngSignature, pngHeader(2, 2, 0), ...chunks, pngEnd]);
}

const pixels = deflateSync(Buffer.alloc(6));
const image = pngChunk('IDAT', pixels);
const later = pngChunk('fdAT', Buffer.concat([Buffer.from('00000001', 'hex'), pixels]));

const pngs: readonly (readonly [string, () => Buffer])[] = [
  ['a PNG that says it has 4294967295 frames', () => png(control('acTL', 0xffffffff, 0), image)],
  ['a PNG that says it has no frame', () => png(control('acTL', 0, 0), image)],
  [
    'a PNG of 5000 frames',
    () =>
      png(
        control('acTL', 5000, 0),
        control('fcTL', 0, 2, 2),
        image,
        ...Array<Buffer[]>(5000)
          .fill([control('fcTL', 1, 2, 2), later])
          .flat(),
      ),
  ],
  [
    'a PNG whose first frame is not its image',
    () => png(control('acTL', 1, 0), image, control('fcTL', 0, 2, 2), later),
  ],
  [
    'a PNG whose frame is larger than it',
    () => png(control('acTL', 1, 0), control('fcTL', 0, 65_535, 65_535), image),
  ],
  ['a PNG of frames without an image', () => png(control('acTL', 1, 0), control('fcTL', 0, 2, 2), later)],
];

const avifs: readonly (readonly [string, () => Buffer])[] = ['avis', 'mif1', 'msf1', 'heic'].map((brand) => [
  `an AVIF whose brand is ${brand}`,
  () => {
    const bytes = copyOf('photo_420.avif');
    bytes.write(brand, 8);
    return bytes;
  },
]);

export const animations: readonly HostileFile[] = [...webps, ...gifs, ...pngs, ...avifs].map(
  ([name, make]) => ({
    name,
    make,
  }),
);
