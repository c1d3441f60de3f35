/** JPEGs of 100 megapixels in a few bytes: the rest is grey where data end early, and scans cover tens of thousands of blocks. */
import { copyOf } from '../originals.ts';
import { jpegSegment } from './parts.ts';

function bare(code: number): Buffer {
  return Buffer.of(0xff, code);
}
const [startOfImage, endOfImage] = [bare(0xd8), bare(0xd9)];

function frame(code: number, factors: readonly number[], width = side, height = side): Buffer {
  const components = factors.flatMap((factor, i) => [i + 1, factor, 0]);
  return jpegSegment(
    code,
    Buffer.from([8, height >> 8, height & 255, width >> 8, width & 255, factors.length, ...components]),
  );
}
const side = 10_000;

const quantization = jpegSegment(0xdb, Buffer.concat([Buffer.of(0), Buffer.alloc(64, 1)]));

/** A Huffman table with a single symbol, whose code is the bit 0. */
function huffman(place: number, symbol: number): Buffer {
  return jpegSegment(0xc4, Buffer.from([place, 1, ...new Array<number>(15).fill(0), symbol]));
}

function scan(components: readonly number[], Ss: number, Se: number, approximation: number): Buffer {
  return jpegSegment(
    0xda,
    Buffer.from([components.length, ...components.flatMap((id) => [id, 0]), Ss, Se, approximation]),
  );
}

/** A sequential JPEG with these sampling factors and `data` in its only scan. */
export function baseline(factors: readonly number[], data: Buffer, width = side, height = side): Buffer {
  return Buffer.concat([
    startOfImage,
    quantization,
    frame(0xc0, factors, width, height),
    huffman(0x00, 0),
    huffman(0x10, 0),
    scan(
      factors.map((_, i) => i + 1),
      0,
      63,
      0,
    ),
    data,
    endOfImage,
  ]);
}

/** A run of 32767 blocks without coefficients: symbol 0xe0, and 14 bits of its length. */
const longestRuns = Buffer.alloc(220, Buffer.from('7ffeff00fdff00fbff00f7ff00efff00dfff00bfff00', 'hex'));

/** A grey progressive JPEG with `count` scans of all AC coefficients after the first scan. */
function progressive(count: number, approximation: number, data: Buffer): Buffer {
  return Buffer.concat([
    startOfImage,
    quantization,
    frame(0xc2, [0x11]),
    huffman(0x00, 0),
    huffman(0x10, 0xe0),
    scan([1], 0, 0, 0),
    Buffer.alloc(200_000),
    ...Array.from({ length: count }, () => [scan([1], 1, 63, approximation), data]).flat(),
    endOfImage,
  ]);
}

/** A JPEG of 100 MP, 4:4:4, in arithmetic coding, with `count` times this scan of each component and no data. */
function arithmetic(code: number, count: number, [Ss, Se, approximation]: readonly number[]): Buffer {
  return Buffer.concat([
    startOfImage,
    quantization,
    frame(code, plain),
    scan([1, 2, 3], 0, code === 0xca ? 0 : 63, 0),
    ...Array.from({ length: count }, (_, i) => scan([1 + (i % 3)], Ss, Se, approximation)),
    endOfImage,
  ]);
}

const colour = [0x22, 0x11, 0x11];
const plain = [0x11, 0x11, 0x11];

export const jpegBombs: readonly (readonly [name: string, make: () => Buffer])[] = [
  ['a JPEG of 100 MP without data', () => baseline(colour, Buffer.alloc(1))],
  ['a JPEG of 100 MP without data, not subsampled', () => baseline(plain, Buffer.alloc(1))],
  ['a JPEG of 100 MP without data, in CMYK', () => baseline([0x11, 0x11, 0x11, 0x11], Buffer.alloc(1))],
  ['a JPEG of 100 MP of zeros', () => baseline(colour, Buffer.alloc(600_000))],
  [
    'a JPEG of 100 MP that restarts at every block',
    () => {
      const interval = jpegSegment(0xdd, Buffer.of(0, 1));
      const whole = baseline(colour, Buffer.from('00ffd000ffd100ffd200ffd300ffd400ffd500ffd600ffd7', 'hex'));
      return Buffer.concat([whole.subarray(0, 2), interval, whole.subarray(2)]);
    },
  ],
  ...[9, 90].flatMap((count): readonly (readonly [string, () => Buffer])[] => [
    [
      `a progressive JPEG of 100 MP with ${count} scans of long runs`,
      () => progressive(count, 0x00, longestRuns),
    ],
    [
      `a progressive JPEG of 100 MP with ${count} refinements of long runs`,
      () => progressive(count, 0x10, longestRuns),
    ],
    [
      `a progressive JPEG of 100 MP with ${count} scans without data`,
      () => progressive(count, 0x00, Buffer.alloc(0)),
    ],
  ]),
  ['an arithmetic-coded JPEG of 100 MP without data', () => arithmetic(0xc9, 0, [])],
  ['an arithmetic-coded JPEG of 100 MP with 90 scans without data', () => arithmetic(0xca, 90, [1, 63, 0])],
  [
    'an arithmetic-coded JPEG of 100 MP with 90 refinements without data',
    () => arithmetic(0xca, 90, [1, 63, 0x10]),
  ],
  [
    'an arithmetic-coded JPEG of 100 MP that restarts at every block',
    () => {
      const interval = jpegSegment(0xdd, Buffer.of(0, 1));
      const whole = arithmetic(0xca, 90, [1, 63, 0x10]);
      return Buffer.concat([whole.subarray(0, 2), interval, whole.subarray(2)]);
    },
  ],
  [
    'a JPEG with 16 MB of profile',
    () => {
      const segments = Array.from({ length: 255 }, (_, i) =>
        jpegSegment(
          0xe2,
          Buffer.concat([
            Buffer.from('ICC_PROFILE\0', 'latin1'),
            Buffer.of(i + 1, 255),
            Buffer.alloc(65_000),
          ]),
        ),
      );
      const bytes = copyOf('odd_17x13_420.jpg');
      return Buffer.concat([bytes.subarray(0, 2), ...segments, bytes.subarray(2)]);
    },
  ],
];
