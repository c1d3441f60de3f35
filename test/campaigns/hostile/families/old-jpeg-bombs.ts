/** Small files in old-style JPEG with many pixels, or with thousands of strips, restarts, segments or values. */
import { baseline } from './jpeg-bombs.ts';
import { jpegSegment, type TiffEntry, tiff } from './parts.ts';

type Bomb = readonly [name: string, make: () => Buffer];

/** A page with `data` behind its directory, and tags whose value may be repeated `count` times. */
function page(
  width: number,
  height: number,
  data: Buffer,
  tagsAt: (dataAt: number) => readonly TiffEntry[],
): Buffer {
  const listOf = ([, value, count = 1]: TiffEntry) => new Uint32Array(count > 1 ? count : 0).fill(value);
  const entries = (dataAt: number): TiffEntry[] => {
    let listAt = dataAt + data.length;
    const tags = tagsAt(dataAt).map((entry): TiffEntry => {
      const [tag, value, count = 1] = entry;
      const at = listAt;
      listAt += listOf(entry).byteLength;
      return [tag, count > 1 ? at : value, count];
    });
    return [[256, width], [257, height], [258, 8], [259, 6], [262, 6], [277, 3], ...tags];
  };
  const dataAt = tiff(entries, Buffer.alloc(0)).length;
  const lists = tagsAt(dataAt).map((entry) => Buffer.from(listOf(entry).buffer));
  return tiff(entries, Buffer.concat([data, ...lists]));
}

function stream(width: number, height: number, luma = 0x22, data = noData): Buffer {
  return baseline([luma, 0x11, 0x11], data, Math.min(width, maxSide), Math.min(height, maxSide));
}

const noData = Buffer.alloc(1);
/** The longest side of a JPEG. */
const maxSide = 65_535;

/** A page of one JPEG stream. */
function pageOf(width: number, height: number, jpeg: Buffer, ...more: readonly TiffEntry[]): Buffer {
  return page(width, height, jpeg, (dataAt) => [[513, dataAt], [514, jpeg.length], ...more]);
}

const large: readonly Bomb[] = [
  ...[0x11, 0x12, 0x21, 0x22, 0x41, 0x42].map(
    (luma): Bomb => [
      `a page of 8000x8000 without data, sampled ${luma.toString(16)}`,
      () => pageOf(8000, 8000, stream(8000, 8000, luma)),
    ],
  ),
  ...[
    [10_000, 10_000],
    [65_500, 900],
    [900, 65_500],
    [1, 65_535],
    [65_535, 1],
  ].map(
    ([width, height]): Bomb => [
      `a page of ${width}x${height} without data`,
      () => pageOf(width, height, stream(width, height)),
    ],
  ),
  ['a page of 7000x7000, turned', () => pageOf(7000, 7000, stream(7000, 7000), [274, 6])],
  ['a page of 8000x8000 of zeros', () => pageOf(8000, 8000, stream(8000, 8000, 0x22, Buffer.alloc(400_000)))],
  [
    'a page of 49 MP that restarts at every block',
    () => pageOf(7000, 7000, stream(7000, 7000, 0x11, restarts), [515, 1]),
  ],
];

const restarts = Buffer.from('00ffd000ffd100ffd200ffd300ffd400ffd500ffd600ffd7', 'hex');

const sides = [0, 1, 64, 6000, 65_535, 2 ** 20, 2 ** 31];

/** Pages whose stream has another size. */
const sizes: readonly Bomb[] = [
  ...sides.flatMap((width) =>
    sides.map(
      (height): Bomb => [
        `a page of 64x64 in a page of ${width}x${height}`,
        () => pageOf(width, height, stream(64, 64)),
      ],
    ),
  ),
  ...[1, 16, 64].map(
    (side): Bomb => [
      `a page of 65535x65535 in a page of ${side}x${side}`,
      () => pageOf(side, side, stream(maxSide, maxSide)),
    ],
  ),
];

/** One column of tiles, with a stream of its size. */
const tiles: readonly Bomb[] = [
  [1, 1000, 65_520, 16],
  [1, 8192, 65_520, 256],
  [1, 1, 4096, 4096],
  [1, 65_535, 65_520, 16],
  [64, 64, 65_520, 256],
  [64, 64, 256, 65_520],
  [64, 65_520, 128, 65_520],
  [700, 60_000, 1392, 16],
  [3000, 3000, 3008, 6000],
  [3000, 5000, 6000, 16],
  [64, 64, 2 ** 30, 2 ** 30],
].map(([width, height, across, down]): Bomb => {
  const rows = Math.ceil(height / down) * down;
  return [
    `a page of ${width}x${height} in tiles of ${across}x${down}`,
    () => pageOf(width, height, stream(across, rows), [322, across], [323, down], [324, 8], [325, 8]),
  ];
});

/** Strips that share the same bytes, behind a stream that ends with its scan header. */
function strips(rows: number, count: number, bytes: number, fill: string): Buffer {
  const height = rows * count;
  const head = stream(64, height, 0x22, Buffer.alloc(0)).subarray(0, -2);
  return page(64, height, Buffer.concat([head, Buffer.alloc(bytes, fill, 'hex')]), (dataAt) => [
    [278, rows],
    [513, dataAt],
    [514, head.length],
    [273, dataAt + head.length, count],
    [279, bytes, count],
  ]);
}

/** A page of 64x64 with `parts` before the frame of its stream. */
function pageWith(parts: Buffer): Buffer {
  const jpeg = stream(64, 64);
  return pageOf(64, 64, Buffer.concat([jpeg.subarray(0, 2), parts, jpeg.subarray(2)]));
}

const lists = [519, 520, 521, 273, 279];

const floods: readonly Bomb[] = [
  ...[1, 1000, 4000, 8000, 100_000].map(
    (count): Bomb => [`a page in ${count} strips at the same place`, () => strips(16, count, 1000, '55')],
  ),
  ['a page in 2 strips that share 8 MB', () => strips(16, 2, 8_000_000, '55')],
  ['a page in 16 strips that share 1 MB of restarts', () => strips(16, 16, 999_000, 'ffd0')],
  [
    'a page with 2 MB of restarts',
    () => pageOf(4000, 4000, stream(4000, 4000, 0x22, Buffer.alloc(2_000_000, restarts)), [515, 1]),
  ],
  ['a page with 10 MB of fill bytes', () => pageWith(Buffer.alloc(10_000_000, 0xff))],
  [
    'a page with 250000 empty comments',
    () => pageWith(Buffer.alloc(1_000_000, jpegSegment(0xfe, Buffer.alloc(0)))),
  ],
  ['a page with 500000 starts', () => pageWith(Buffer.alloc(1_000_000, 'ffd8', 'hex'))],
  [
    'a page with 10000 quantization tables',
    () => pageWith(Buffer.alloc(690_000, jpegSegment(0xdb, Buffer.alloc(65, 1).fill(0, 0, 1)))),
  ],
  ['a page with 16 MB of data', () => pageOf(64, 64, stream(64, 64, 0x22, Buffer.alloc(16_000_000, 0x55)))],
  ...[258, 515, 530, ...lists].map(
    (tag): Bomb => [
      `a page with a million values of tag ${tag}`,
      () => page(64, 64, noData, () => [[tag, 8, 2 ** 20]]),
    ],
  ),
  [
    'a page with a million tables and strips',
    () => page(64, 64, noData, () => lists.map((tag): TiffEntry => [tag, 8, 2 ** 20])),
  ],
];

export const oldJpegBombs: readonly Bomb[] = [...large, ...sizes, ...tiles, ...floods];
