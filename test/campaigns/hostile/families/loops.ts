/** Offsets that point back, at themselves or far beyond the end: TIFF directories, EXIF blocks, boxes and chunks. */
import type { HostileFile } from '../hostile-file.ts';
import { copyOf } from '../originals.ts';
import { jpegSegment, onePixel, pngChunk, riffChunk, tiff, tiffDirectory, webp } from './parts.ts';

const ends = [0, 1, 7, 8, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff];

const tiffLoops: readonly (readonly [string, () => Buffer])[] = [
  ['a TIFF whose next page is itself', () => tiff(() => onePixel, Buffer.alloc(0), 8)],
  [
    'a TIFF whose second page is followed by the first',
    () => {
      const length = tiffDirectory(onePixel).length;
      return tiff(() => onePixel, tiffDirectory(onePixel, 8), 8 + length);
    },
  ],
  ['a TIFF whose sub-directory is itself', () => tiff(() => [...onePixel, [330, 8]], Buffer.alloc(0))],
  ['a TIFF whose EXIF directory is itself', () => tiff(() => [...onePixel, [34665, 8]], Buffer.alloc(0))],
  ...ends.map((offset): [string, () => Buffer] => [
    `a TIFF whose directory is at ${offset}`,
    () => {
      const bytes = copyOf('tiff_raw.tif');
      bytes.writeUInt32LE(offset, 4);
      return bytes;
    },
  ]),
  ...ends.flatMap((value) =>
    [
      256, 257, 258, 259, 262, 266, 273, 274, 277, 278, 279, 284, 317, 320, 322, 323, 324, 325, 338, 339, 347,
    ].flatMap((tag) =>
      ([1, 2, 0xffffffff] as const).map((count): [string, () => Buffer] => [
        `a TIFF whose tag ${tag} has ${count} values, ${value}`,
        () =>
          tiff(() => [...onePixel.filter(([known]) => known !== tag), [tag, value, count]], Buffer.alloc(64)),
      ]),
    ),
  ),
];

/** EXIF blocks that are broken or demand excessive work. */
const exifBlocks: readonly (readonly [string, () => Buffer])[] = [
  ['empty', () => Buffer.alloc(0)],
  ['of a lone byte order', () => Buffer.from('II')],
  [
    'whose directory is itself',
    () =>
      tiff(
        () => [
          [34665, 8],
          [330, 8],
        ],
        Buffer.alloc(0),
        8,
      ),
  ],
  ['whose directory lies outside', () => Buffer.from('49492a00ffffffff', 'hex')],
  [
    'with 65535 entries',
    () => Buffer.concat([Buffer.from('4d4d002a00000008ffff', 'hex'), Buffer.alloc(60_000, 1)]),
  ],
  ['with an orientation of 4294967295 values', () => tiff(() => [[274, 8, 0xffffffff]], Buffer.alloc(0))],
  [
    'with an orientation of 15000 values',
    () => tiff((restAt) => [[274, restAt, 15_000]], Buffer.alloc(60_000, 6)),
  ],
  ['with the orientation 4294967295', () => tiff(() => [[274, 0xffffffff]], Buffer.alloc(0))],
  ['of noise', () => Buffer.from(Uint8Array.from({ length: 60_000 }, (_, i) => (i * i * 31) >> 3))],
];

const exifLoops = exifBlocks.flatMap(([kind, make]): readonly (readonly [string, () => Buffer])[] => [
  [
    `a JPEG with an EXIF block ${kind}`,
    () => {
      const bytes = copyOf('odd_17x13_420.jpg');
      const exif = jpegSegment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), make()]));
      return Buffer.concat([bytes.subarray(0, 2), exif, bytes.subarray(2)]);
    },
  ],
  [
    `a PNG with an EXIF block ${kind}`,
    () => {
      const bytes = copyOf('tiny_3x2.png');
      return Buffer.concat([bytes.subarray(0, 33), pngChunk('eXIf', make()), bytes.subarray(33)]);
    },
  ],
  [
    `a WebP with an EXIF block ${kind}`,
    () => {
      const bytes = copyOf('exif_o6.webp');
      return webp(bytes.subarray(12, bytes.indexOf('EXIF')), riffChunk('EXIF', make()));
    },
  ],
]);

/** Wrong lengths in other formats. */
const lengthLoops: readonly (readonly [string, () => Buffer])[] = ends.flatMap(
  (length): readonly (readonly [string, () => Buffer])[] => [
    [
      `a PNG whose IDAT says ${length} bytes`,
      () => {
        const bytes = copyOf('rgb8.png');
        bytes.writeUInt32BE(length, bytes.indexOf('IDAT') - 4);
        return bytes;
      },
    ],
    [
      `a WebP whose first chunk says ${length} bytes`,
      () => {
        const bytes = copyOf('lossy.webp');
        bytes.writeUInt32LE(length, 16);
        return bytes;
      },
    ],
    [
      `a WebP that says it has ${length} bytes`,
      () => {
        const bytes = copyOf('lossless.webp');
        bytes.writeUInt32LE(length, 4);
        return bytes;
      },
    ],
    ...['ftyp', 'meta', 'pitm', 'iloc', 'iinf', 'iprp', 'ipco', 'ispe', 'ipma', 'mdat'].map(
      (type): [string, () => Buffer] => [
        `an AVIF whose ${type} says ${length} bytes`,
        () => {
          const bytes = copyOf('photo_420.avif');
          bytes.writeUInt32BE(length, bytes.indexOf(type) - 4);
          return bytes;
        },
      ],
    ),
    [
      `a BMP whose pixels are at ${length}`,
      () => {
        const bytes = copyOf('bmp24.bmp');
        bytes.writeUInt32LE(length, 10);
        return bytes;
      },
    ],
    [
      `a BMP whose header says ${length} bytes`,
      () => {
        const bytes = copyOf('bmp24.bmp');
        bytes.writeUInt32LE(length, 14);
        return bytes;
      },
    ],
    [
      `a BMP with ${length} colours`,
      () => {
        const bytes = copyOf('bmp8.bmp');
        bytes.writeUInt32LE(length, 46);
        return bytes;
      },
    ],
  ],
);

export const loops: readonly HostileFile[] = [...tiffLoops, ...exifLoops, ...lengthLoops].map(
  ([name, make]) => ({
    name,
    make,
  }),
);
