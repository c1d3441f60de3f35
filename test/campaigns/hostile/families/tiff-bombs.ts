/** TIFF pages of many pixels in all storage layouts; all strips or tiles share the same bytes of the file. */
import { deflateSync } from 'node:zlib';
import { packZeros } from './lzw.ts';
import { type TiffEntry, tiff } from './parts.ts';

interface Page {
  readonly side: number;
  readonly photometric: number;
  readonly bits: number;
  readonly samples: number;
  readonly compression: number;
  readonly more?: readonly TiffEntry[];
  readonly tile?: number;
}

const [lzw, deflate, packBits] = [5, 8, 32773];

function pack(length: number, compression: number): Buffer {
  if (compression === lzw) return packZeros(length, 'msb');
  if (compression === packBits) return Buffer.alloc(2 * Math.ceil(length / 128), Buffer.of(129, 0));
  return deflateSync(Buffer.alloc(length));
}

const rowsOfStrip = 100;
/** A palette of 256 black colours, in 32-bit numbers. */
const palette = Buffer.alloc(4 * 768);

function pageOf({ side, photometric, bits, samples, compression, tile, more = [] }: Page): Buffer {
  const [width, height] = tile ? [tile, tile] : [side, rowsOfStrip];
  const block = pack(Math.ceil((width * bits * samples) / 8) * height, compression);
  const count = tile ? Math.ceil(side / tile) ** 2 : side / rowsOfStrip;
  const list = (value: number) => Buffer.from(new Uint32Array(count).fill(value).buffer);
  const entriesAt = (restAt: number): TiffEntry[] => [
    [256, side],
    [257, side],
    [258, bits],
    [259, compression],
    [262, photometric],
    [277, samples],
    [tile ? 324 : 273, restAt, count],
    [tile ? 325 : 279, restAt + 4 * count, count],
    ...(tile
      ? ([
          [322, tile],
          [323, tile],
        ] as const)
      : ([[278, rowsOfStrip]] as const)),
    ...(photometric === 3 ? ([[320, restAt + 8 * count + block.length, 768]] as const) : []),
    ...more,
  ];
  const blockAt = 8 + 2 + 12 * entriesAt(0).length + 4 + 8 * count;
  return tiff(entriesAt, Buffer.concat([list(blockAt), list(block.length), block, palette]));
}

const kinds: readonly (readonly [string, Omit<Page, 'side' | 'compression'>])[] = [
  ['black and white', { photometric: 1, bits: 1, samples: 1 }],
  ['2-bit grey', { photometric: 1, bits: 2, samples: 1 }],
  ['grey', { photometric: 1, bits: 8, samples: 1 }],
  ['inverted grey', { photometric: 0, bits: 8, samples: 1 }],
  ['16-bit grey', { photometric: 1, bits: 16, samples: 1 }],
  ['floats', { photometric: 1, bits: 32, samples: 1, more: [[339, 3]] }],
  ['palette', { photometric: 3, bits: 8, samples: 1 }],
  ['RGB', { photometric: 2, bits: 8, samples: 3 }],
  ['differences of RGB', { photometric: 2, bits: 8, samples: 3, more: [[317, 2]] }],
  ['16-bit RGB', { photometric: 2, bits: 16, samples: 3 }],
  ['premultiplied 16-bit RGBA', { photometric: 2, bits: 16, samples: 4, more: [[338, 1]] }],
  ['CMYK', { photometric: 5, bits: 8, samples: 4 }],
  ['RGB turned by EXIF', { photometric: 2, bits: 8, samples: 3, more: [[274, 6]] }],
  ['RGB in tiles', { photometric: 2, bits: 8, samples: 3, tile: 256 }],
  ['grey in tiles of 16', { photometric: 1, bits: 8, samples: 1, tile: 16 }],
];

export const tiffBombs: readonly (readonly [name: string, make: () => Buffer])[] = [
  ...[2000, 5000, 7000, 10_000].flatMap((side) =>
    kinds.map(([kind, page]): readonly [string, () => Buffer] => [
      `a TIFF of ${side}x${side}, ${kind}`,
      () => pageOf({ ...page, side, compression: deflate }),
    ]),
  ),
  ...[
    [1, 4096],
    [5600, 5600],
  ].map(([side, tile]): readonly [string, () => Buffer] => [
    `a TIFF of ${side}x${side}, 16-bit CMYK in a tile of ${tile}x${tile}`,
    () => pageOf({ side: side!, tile: tile!, photometric: 5, bits: 16, samples: 4, compression: deflate }),
  ]),
  ...[lzw, packBits].map((compression): readonly [string, () => Buffer] => [
    `a TIFF of 7000x7000 with the compression ${compression}`,
    () => pageOf({ side: 7000, photometric: 2, bits: 8, samples: 3, compression }),
  ]),
];
