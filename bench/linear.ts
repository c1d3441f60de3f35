/**
 * npm run linear: checks that reading an image takes time in proportion to its bytes. Reads files of n, 2n, 4n and 8n bytes of
 * each kind; exit code 1 if a byte of the longest takes much more than a byte of the shortest.
 */
import { readFileSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';
import { defaultLimits } from '../functions/classify/image/limits.ts';
import { ImageRejection } from '../functions/classify/image/rejections.ts';
import { readImage } from '../functions/classify/tensor/read-image.ts';
import { createCommand } from '../local/cli/command.ts';
import { randomFrom } from '../test/support/random.ts';
import { describeMachine, measurementPage, table, writeTables } from './page.ts';

/** Above the noise of the measurement, and far below 8, the factor of a time that grows with the square. */
const tolerated = 1.6;
const sizes = [1, 2, 4, 8];
const rounds = 5;

async function main(): Promise<void> {
  const { docs } = createCommand('npm run linear --')
    .description('Checks that reading an image takes time in proportion to its bytes; exit code 1 if not.')
    .option('--docs', 'also writes docs/measurements/linear.md')
    .parse()
    .opts<{ docs?: true }>();

  const rows: string[][] = [];
  for (const [name, make] of Object.entries(kinds)) {
    const files = sizes.map(make);
    const figures = (await fastestOf(files)).map((ms, i) => (ms * 1e6) / files[i]!.length);
    const isLinear = figures.at(-1)! < tolerated * figures[0]!;
    if (!isLinear) {
      console.error(`${name}: NOT LINEAR`);
      process.exitCode = 1;
    }
    const size = `${(files[0]!.length / 1e6).toPrecision(2)} MB`;
    rows.push([name, size, ...figures.map((figure) => figure.toFixed(1))]);
  }
  const report = [
    describeMachine(process.version),
    table(['nanoseconds of CPU per byte', 'n', ...sizes.map((size) => `${size}n`)], rows),
  ].join('\n\n');
  console.log(report);
  if (docs) writeTables(measurementPage('linear.md'), 'npm run linear', report);
}

/** CPU milliseconds: the minimum of several rounds, as other programs can only add to them. */
async function fastestOf(files: readonly Uint8Array[]): Promise<number[]> {
  const fastest = files.map(() => Number.POSITIVE_INFINITY);
  // The first round warms up the code.
  for (let round = 0; round <= rounds; round++) {
    for (const [i, file] of files.entries()) {
      const before = process.cpuUsage();
      await read(file);
      const { user, system } = process.cpuUsage(before);
      if (round > 0) fastest[i] = Math.min(fastest[i]!, (user + system) / 1000);
    }
  }
  return fastest;
}

/** Also measures files that are rejected. */
function read(file: Uint8Array): Promise<unknown> {
  return readImage(file, defaultLimits, {
    input: { layout: 'NHWC', width: 224, height: 224 },
    preprocess: { mode: 'tf', interpolation: 'nearest', policy: 'stretch', orientation: 'exif' },
  }).catch((error: unknown) => {
    if (!(error instanceof ImageRejection)) throw error;
  });
}

function golden(file: string): Buffer {
  return readFileSync(new URL(`../test/goldens/${file}`, import.meta.url));
}
function hex(digits: string): Buffer {
  return Buffer.from(digits, 'hex');
}
function repeat(count: number, part: Uint8Array): Buffer {
  return Buffer.alloc(count * part.length, part);
}
function insert(into: Buffer, at: number, part: Uint8Array): Buffer {
  return Buffer.concat([into.subarray(0, at), part, into.subarray(at)]);
}

const jpeg = golden('images/odd_17x13_420.jpg');
const progressive = golden('images/coffee_prog_420.jpg');
const lastScan = progressive.subarray(progressive.lastIndexOf(hex('ffda')), -2);
const gif = golden('variants/16_colours.gif');
const gifBlocksAt = 13 + (3 << ((gif[10]! & 7) + 1));
const png = golden('variants/grey.png');
const pngChunksAt = 33;

/** A photo of 263 x 350 blocks with a restart marker after each row, so that rows can be added. */
function rowsOfJpeg(count: number): Buffer {
  const photo = readFileSync(
    new URL('../test/functions/classify/decode/jpeg/fixtures/large_restarts.jpg', import.meta.url),
  );
  const scanAt = photo.indexOf(hex('ffda'));
  const dataAt = scanAt + 2 + photo.readUInt16BE(scanAt + 2);
  const head = Buffer.from(photo.subarray(0, dataAt));
  head.writeUInt16BE(8 * count, head.indexOf(hex('ffc0')) + 5);
  const rows = photo
    .subarray(dataAt, -2)
    .toString('latin1')
    .split(/\xff[\xd0-\xd7]/);
  const data = Array.from(
    { length: count },
    (_, i) => `${rows[i % rows.length]}\xff${String.fromCharCode(0xd0 + (i % 8))}`,
  );
  return Buffer.concat([head, Buffer.from(data.join('').slice(0, -2), 'latin1'), hex('ffd9')]);
}

function pngChunk(type: string, data: Uint8Array): Buffer {
  const chunk = Buffer.concat([Buffer.alloc(4), Buffer.from(type), data, Buffer.alloc(4)]);
  chunk.writeUInt32BE(data.length);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, -4)), 8 + data.length);
  return chunk;
}

/** Grey noise, 1024 pixels wide, in chunks of 8 KB. */
function rowsOfPng(count: number): Buffer {
  const random = randomFrom(1);
  const rows = Buffer.from(
    Array.from({ length: 1025 * count }, (_, i) => (i % 1025 === 0 ? 1 : 64 * random())),
  );
  const packed = deflateSync(rows);
  const header = hex('00000400000000000800000000');
  header.writeUInt32BE(count, 4);
  const chunks = Array.from({ length: Math.ceil(packed.length / 8192) }, (_, i) =>
    pngChunk('IDAT', packed.subarray(8192 * i, 8192 * (i + 1))),
  );
  return Buffer.concat([
    png.subarray(0, 8),
    pngChunk('IHDR', header),
    ...chunks,
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

const kinds: Readonly<Record<string, (size: number) => Buffer>> = {
  'JPEG: rows of a photo': (size) => rowsOfJpeg(400 * size),
  'JPEG: fill bytes': (size) => insert(jpeg, 2, Buffer.alloc(1_000_000 * size, 0xff)),
  'JPEG: empty comments': (size) => insert(jpeg, 2, repeat(100_000 * size, hex('fffe0002'))),
  'JPEG: restart markers': (size) => insert(jpeg, jpeg.length - 2, repeat(200_000 * size, hex('ffd0'))),
  'JPEG: progressive scans': (size) =>
    insert(progressive, progressive.length - 2, repeat(10 * size, lastScan)),
  'PNG: rows of noise': (size) => rowsOfPng(500 * size),
  'PNG: empty chunks': (size) =>
    insert(png, pngChunksAt, repeat(20_000 * size, pngChunk('tEXt', Buffer.alloc(0)))),
  'GIF: empty extensions': (size) => insert(gif, gifBlocksAt, repeat(100_000 * size, hex('21fe00'))),
  'GIF: an extension in blocks of a byte': (size) =>
    insert(gif, gifBlocksAt, Buffer.concat([hex('21fe'), repeat(200_000 * size, hex('0141')), hex('00')])),
};

await main();
