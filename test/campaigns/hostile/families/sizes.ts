/** Headers that state another size than the image's: zero, huge, or just within the limit of 100 megapixels. */
import { crc32 } from 'node:zlib';
import type { HostileFile } from '../hostile-file.ts';
import { copyOf, oneOfEach } from '../originals.ts';

export const claims: readonly (readonly [width: number, height: number])[] = [
  [0, 0],
  [0, 100],
  [100, 0],
  [1, 1],
  [1, 65_535],
  [65_535, 1],
  [65_535, 65_535],
  [65_500, 1500],
  [1500, 65_500],
  [16_383, 16_383],
  [16_383, 6000],
  [10_000, 10_000],
  [9000, 5500],
  [0x7fffffff, 0x7fffffff],
  [0xffffffff, 0xffffffff],
  [0xffffffff, 1],
  [1, 0x80000000],
];

type Patch = (bytes: Buffer, width: number, height: number) => void;

/** Overwrites the size at `offset` from the first occurrence of `mark`. */
function at(mark: string, offset: number, write: Patch): Patch {
  return (bytes, width, height) => {
    const start = bytes.indexOf(mark, 0, 'latin1');
    write(bytes.subarray(start + offset), width, height);
  };
}

function bits(value: number, count: number): number {
  return value % 2 ** count;
}

const big32: Patch = (bytes, width, height) => {
  bytes.writeUInt32BE(width);
  bytes.writeUInt32BE(height, 4);
};
const pngHeader: Patch = (bytes, width, height) => {
  big32(bytes.subarray(4), width, height);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 17)), 17);
};
const little32: Patch = (bytes, width, height) => {
  bytes.writeUInt32LE(width);
  bytes.writeUInt32LE(height, 4);
};
const little16: Patch = (bytes, width, height) => {
  bytes.writeUInt16LE(bits(width, 16));
  bytes.writeUInt16LE(bits(height, 16), 2);
};
const jpegFrame: Patch = (bytes, width, height) => {
  bytes.writeUInt16BE(bits(height, 16));
  bytes.writeUInt16BE(bits(width, 16), 2);
};
const webpLossless: Patch = (bytes, width, height) => {
  const alpha = bytes.readUInt32LE() & 0xf0000000;
  bytes.writeInt32LE((bits(width - 1, 14) & 0x3fff) | ((bits(height - 1, 14) & 0x3fff) << 14) | alpha);
};
const webpCanvas: Patch = (bytes, width, height) => {
  bytes.writeUIntLE(bits(width + 0xffffff, 24), 0, 3);
  bytes.writeUIntLE(bits(height + 0xffffff, 24), 3, 3);
};
const tiffTags: Patch = (bytes, width, height) => {
  const directory = bytes.readUInt32LE(4);
  for (let i = 0, entry = directory + 2; i < bytes.readUInt16LE(directory); i++, entry += 12) {
    const tag = bytes.readUInt16LE(entry);
    if (tag !== 256 && tag !== 257) continue;
    bytes.writeUInt16LE(4, entry + 2);
    bytes.writeUInt32LE(tag === 256 ? width : height, entry + 8);
  }
};

/** Every place that states the size, by the end of the file's name. */
const patches: readonly (readonly [name: RegExp, where: string, patch: Patch])[] = [
  [/(base|cmyk|restart).*jpg$/, 'the frame', at('\xff\xc0', 5, jpegFrame)],
  [/prog.*jpg$/, 'the frame', at('\xff\xc2', 5, jpegFrame)],
  [/png$/, 'IHDR', at('IHDR', 0, pngHeader)],
  [/gif$/, 'the screen', at('GIF8', 6, little16)],
  [/gif$/, 'the frame', at(',\0\0\0\0', 5, little16)],
  [/bmp$/, 'the header', at('BM', 18, little32)],
  [/tif$/, 'the tags', tiffTags],
  [/lossy.webp$/, 'VP8', at('\x9d\x01\x2a', 3, little16)],
  [/(lossless|alpha).webp$/, 'VP8L', at('VP8L', 9, webpLossless)],
  [/animated.webp$/, 'the canvas', at('VP8X', 12, webpCanvas)],
  [/avif$/, 'ispe', at('ispe', 8, big32)],
];

export const sizes: readonly HostileFile[] = oneOfEach.flatMap((name) =>
  patches
    .filter(([names]) => names.test(name))
    .flatMap(([, where, patch]) =>
      claims.map(([width, height]) => ({
        name: `${name}, ${where} says ${width}x${height}`,
        make: () => {
          const bytes = copyOf(name);
          patch(bytes, width, height);
          return bytes;
        },
      })),
    ),
);
