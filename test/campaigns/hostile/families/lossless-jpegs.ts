/** Lossless JPEGs that are cut off or damaged, or of 100 megapixels in a few kilobytes. */
import { smallJpegs } from '../../../functions/classify/decode/jpeg/fixtures/fixtures.ts';
import type { HostileFile } from '../hostile-file.ts';
import { cut, scribbleOver } from './damage.ts';
import { jpegSegment } from './parts.ts';

const intact = ['by libjpeg-turbo', 'any sampling', 'point transform', 'restarts', 'several scans'];
const perKind = 3;

const originals = intact.flatMap((kind) =>
  smallJpegs
    .filter((file) => file.kind === `lossless, ${kind}`)
    .slice(0, perKind)
    .map(({ bytes }, i): [string, Buffer] => [`lossless JPEG, ${kind} ${i}`, Buffer.from(bytes)]),
);

const side = 10_000;

/** A file of 4 components with as many scans of three of them as are read, and one of the last. */
function manyScans(): Buffer {
  const components = [0x14, 0x14, 0x12, 0x11].flatMap((factors, i) => [i + 1, factors, 0]);
  const scan = (content: readonly number[]) => [jpegSegment(0xda, Buffer.from(content)), Buffer.alloc(2)];
  return Buffer.concat([
    Buffer.of(0xff, 0xd8),
    jpegSegment(0xc3, Buffer.from([8, 0, 16, 65_500 >> 8, 65_500 & 255, 4, ...components])),
    jpegSegment(0xc4, Buffer.from([0, 1, ...new Array<number>(15).fill(0), 0])),
    ...Array.from({ length: 99 }, () => scan([3, 1, 0, 2, 0, 3, 0, 1, 0, 0])).flat(),
    ...scan([1, 4, 0, 1, 0, 0]),
    Buffer.of(0xff, 0xd9),
  ]);
}

/** A file in RGB whose restart intervals are rows of the image, with this data. */
function rowsOf(data: Uint8Array): Buffer {
  const size = [side >> 8, side & 255];
  const components = [1, 2, 3].flatMap((id) => [id, 0x11, 0]);
  return Buffer.concat([
    Buffer.of(0xff, 0xd8),
    jpegSegment(0xc3, Buffer.from([8, ...size, ...size, 3, ...components])),
    jpegSegment(0xdd, Buffer.from(size)),
    jpegSegment(0xc4, Buffer.from([0, 1, 1, ...new Array<number>(14).fill(0), 0, 1])),
    jpegSegment(0xda, Buffer.from([3, 1, 0, 2, 0, 3, 0, 7, 0, 0])),
    data,
    Buffer.of(0xff, 0xd9),
  ]);
}

const bombs: readonly HostileFile[] = [
  { name: 'a lossless JPEG of 100 scans', make: manyScans },
  { name: 'a lossless JPEG of 100 MP without data', make: () => rowsOf(Buffer.alloc(1)) },
  {
    name: 'a lossless JPEG of 100 MP with a byte in each row',
    make: () =>
      rowsOf(
        Buffer.concat(Array.from({ length: side - 1 }, (_, row) => Buffer.of(0x12, 0xff, 0xd0 + (row & 7)))),
      ),
  },
];

export const losslessJpegs: readonly HostileFile[] = [
  ...originals.flatMap(cut),
  ...originals.flatMap(scribbleOver),
  ...bombs,
];
