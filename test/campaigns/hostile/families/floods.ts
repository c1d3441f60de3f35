/** Files in thousands of parts: scans, segments, chunks, frames, boxes and strips. */
import { deflateSync } from 'node:zlib';
import { readBoxes } from '../../../../functions/classify/decode/shared/heif.ts';
import type { HostileFile } from '../hostile-file.ts';
import { copyOf, originals } from '../originals.ts';
import {
  box,
  jpegSegment,
  onePixel,
  pngChunk,
  pngEnd,
  pngHeader,
  pngSignature,
  riffChunk,
  tiff,
  tiffDirectory,
  webp,
} from './parts.ts';
import { pngTexts } from './png-texts.ts';

function many(count: number, part: Uint8Array): Buffer {
  return Buffer.concat(Array<Uint8Array>(count).fill(part));
}

/** Inserts `parts` after the first `at` bytes of a golden. */
function insert(name: string, at: number, parts: Uint8Array): Buffer {
  const bytes = copyOf(name);
  return Buffer.concat([bytes.subarray(0, at), parts, bytes.subarray(at)]);
}

const jpeg = 'odd_17x13_420.jpg';
const progressive = 'coffee_prog_420.jpg';

/** The bytes from one marker up to the next. */
function sectionOf(name: string, mark: string, nextMark: string): Buffer {
  const bytes = copyOf(name);
  const start = bytes.indexOf(mark, 0, 'latin1');
  const end = bytes.indexOf(nextMark, start + 2, 'latin1');
  return bytes.subarray(start, end < 0 ? bytes.length : end);
}

const scan = '\xff\xda';
const endOfImage = '\xff\xd9';

const jpegFloods: readonly (readonly [string, () => Buffer])[] = [
  ...[100, 101, 5000].map((count): [string, () => Buffer] => [
    `a JPEG with ${count} more scans`,
    () =>
      Buffer.concat([
        copyOf(jpeg).subarray(0, -2),
        many(count, sectionOf(jpeg, scan, endOfImage)),
        Buffer.from(endOfImage, 'latin1'),
      ]),
  ]),
  ...[80, 5000].map((count): [string, () => Buffer] => [
    `a progressive JPEG with ${count} times its last scan`,
    () => {
      const bytes = copyOf(progressive);
      const last = bytes.subarray(bytes.lastIndexOf(scan, undefined, 'latin1'), -2);
      return Buffer.concat([bytes.subarray(0, -2), many(count, last), bytes.subarray(-2)]);
    },
  ]),
  ...([0xdb, 0xc4, 0xdd, 0xe0, 0xe1, 0xe2, 0xee, 0xfe] as const).map((code): [string, () => Buffer] => [
    `a JPEG with 100000 empty segments ${code.toString(16)}`,
    () =>
      insert(jpeg, 2, many(100_000, jpegSegment(code, code === 0xdd ? Buffer.alloc(2) : Buffer.alloc(0)))),
  ]),
  [
    'a JPEG with 20000 times its tables',
    () => insert(jpeg, 2, many(20_000, sectionOf(jpeg, '\xff\xdb', '\xff\xc0'))),
  ],
  [
    'a JPEG with 1000 times its Huffman tables',
    () => insert(jpeg, 2, many(1000, sectionOf(jpeg, '\xff\xc4', scan))),
  ],
  ['a JPEG with 10 MB of fill bytes', () => insert(jpeg, 2, Buffer.alloc(10_000_000, 0xff))],
  [
    'a JPEG with 10 MB of restarts',
    () =>
      Buffer.concat([
        copyOf(jpeg).subarray(0, -2),
        many(5_000_000, Buffer.from('ffd0', 'hex')),
        Buffer.from('ffd9', 'hex'),
      ]),
  ],
  [
    'a JPEG with an EXIF segment 500 times',
    () => insert('exif_o6.jpg', 2, many(500, sectionOf('exif_o6.jpg', '\xff\xe1', '\xff\xdb'))),
  ],
];

const pixel = pngChunk('IDAT', deflateSync(Buffer.alloc(2)));
function png(...chunks: readonly Uint8Array[]) {
  return Buffer.concat([pngSignature, pngHeader(1, 1, 0), ...chunks, pngEnd]);
}

const pngFloods: readonly (readonly [string, () => Buffer])[] = [
  ...['IDAT', 'tEXt', 'eXIf', 'fdAT', 'tRNS', 'PLTE', 'quux'].flatMap((type) =>
    [5000, 99_000, 500_000].map((count): [string, () => Buffer] => [
      `a PNG with ${count} empty chunks ${type} before the pixel`,
      () => png(many(count, pngChunk(type, Buffer.alloc(0))), pixel),
    ]),
  ),
  [
    'a PNG with one byte per chunk',
    () => {
      const raw = deflateSync(Buffer.alloc(301 * 300));
      return Buffer.concat([
        pngSignature,
        pngHeader(300, 300, 0),
        ...Array.from(raw, (byte) => pngChunk('IDAT', Buffer.of(byte))),
        pngEnd,
      ]);
    },
  ],
];

const gifFloods: readonly (readonly [string, () => Buffer])[] = [
  [
    'a GIF with 1000000 empty extensions',
    () => insert('static.gif', 13 + 384, many(1_000_000, Buffer.from('21fe00', 'hex'))),
  ],
  [
    'a GIF with 10 MB of nothing between blocks',
    () => insert('static.gif', 13 + 384, Buffer.alloc(10_000_000)),
  ],
  [
    'a GIF with 10000 frames',
    () => {
      const bytes = copyOf('variants/16_colours.gif');
      const frame = bytes.subarray(bytes.indexOf(',\0\0\0\0'), -1);
      return Buffer.concat([bytes.subarray(0, -1), many(10_000, frame), bytes.subarray(-1)]);
    },
  ],
  [
    'a GIF with one byte per block',
    () => {
      const bytes = copyOf('variants/16_colours.gif');
      const start = bytes.indexOf(',\0\0\0\0') + 11;
      const length = bytes[start];
      const blocks = Array.from(bytes.subarray(start + 1, start + 1 + length), (byte) => Buffer.of(1, byte));
      return Buffer.concat([bytes.subarray(0, start), ...blocks, Buffer.from('003b', 'hex')]);
    },
  ],
];

/** An AVIF that lists `count` more items, and as many references to two of them in exchanged order. */
function withReferences(count: number): Buffer {
  const bytes = copyOf('photo_420.avif');
  const start = bytes.readUInt32BE();
  const end = start + bytes.readUInt32BE(start);
  const children = readBoxes(bytes.subarray(start + 12, end)).map(({ type, data }) => {
    if (type !== 'iinf') return box(type, data);
    const head = Buffer.from(data.subarray(0, 6));
    head.writeUInt16BE(head.readUInt16BE(4) + count, 4);
    const entries = Array.from({ length: count }, (_, i) => {
      const entry = Buffer.from('0200000000000000457869660000', 'hex');
      entry.writeUInt16BE(1000 + i, 4);
      return box('infe', entry);
    });
    return box(type, Buffer.concat([head, data.subarray(6), ...entries]));
  });
  const reference = box('dimg', Buffer.from('03e8000203ea03e9', 'hex'));
  const references = box('iref', Buffer.concat([Buffer.alloc(4), many(count, reference)]));
  const meta = box('meta', Buffer.concat([Buffer.alloc(4), ...children, references]));
  const old = Buffer.from(bytes);
  old.write('free', start + 4);
  return Buffer.concat([old, meta]);
}

const otherFloods: readonly (readonly [string, () => Buffer])[] = [
  ...[5000, 99_000, 500_000].map((count): [string, () => Buffer] => [
    `a WebP with ${count} empty chunks`,
    () => webp(many(count, riffChunk('quux', Buffer.alloc(0))), originals.get('lossy.webp')!.subarray(12)),
  ]),
  ...[5000, 99_000, 500_000].map((count): [string, () => Buffer] => [
    `an AVIF with ${count} empty boxes`,
    () =>
      insert(
        'photo_420.avif',
        copyOf('photo_420.avif').readUInt32BE(),
        many(count, box('free', Buffer.alloc(0))),
      ),
  ]),
  ['an AVIF with 20000 references of 20000 items', () => withReferences(20_000)],
  [
    'an AVIF in 5000 boxes within each other',
    () => {
      let nested: Buffer = Buffer.alloc(0);
      for (let depth = 0; depth < 5000; depth++)
        nested = box('meta', Buffer.concat([Buffer.alloc(4), nested]));
      return insert('photo_420.avif', copyOf('photo_420.avif').readUInt32BE(), nested);
    },
  ],
  [
    'a TIFF with 65535 entries',
    () => {
      const bytes = copyOf('tiff_raw.tif');
      bytes.writeUInt16LE(65_535, bytes.readUInt32LE(4));
      return Buffer.concat([bytes, Buffer.alloc(800_000)]);
    },
  ],
  [
    'a TIFF with 10000 pages',
    () => {
      const page = (at: number) => tiffDirectory(onePixel, at);
      const length = page(0).length;
      return Buffer.concat([
        Buffer.from('49492a0008000000', 'hex'),
        ...Array.from({ length: 10_000 }, (_, i) => page(8 + (i + 1) * length)),
      ]);
    },
  ],
  ...[1000, 100_000, 1_000_000].map((rows): [string, () => Buffer] => [
    `a TIFF in ${rows} strips of one row`,
    () => {
      const lists = (restAt: number) => [
        ...new Array<number>(rows).fill(restAt),
        ...new Array<number>(rows).fill(1),
      ];
      return tiff(
        (restAt) => [
          [256, 1],
          [257, rows],
          [258, 8],
          [262, 1],
          [273, restAt, rows],
          [278, 1],
          [279, restAt + 4 * rows, rows],
        ],
        Buffer.from(Uint32Array.from(lists(8)).buffer),
      );
    },
  ]),
];

export const floods: readonly HostileFile[] = [
  ...[...jpegFloods, ...pngFloods, ...gifFloods, ...otherFloods].map(([name, make]) => ({ name, make })),
  ...pngTexts,
];
