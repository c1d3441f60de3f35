/** TIFF files in old-style JPEG that are cut off, damaged, or whose tags or streams lie. */
import { oldJpegFiles } from '../../../functions/classify/decode/tiff/old-jpeg-files.ts';
import type { HostileFile } from '../hostile-file.ts';
import { cut, scribbleOver } from './damage.ts';
import { oldJpegBombs } from './old-jpeg-bombs.ts';
import { claims } from './sizes.ts';

const originals = oldJpegFiles().map(({ name, file }): [string, Buffer] => [name, Buffer.from(file)]);

/** One file for each way to store a page, all of them little-endian. */
const layouts = originals.filter(([name]) =>
  [
    'interchange format, 4:2:0',
    'tables, 4:2:0',
    'tables and strips, 4:2:0',
    'header and strips, 4:2:0',
    'strips in the stream',
    'the stream in the strip',
    'restart markers, tables',
    'a column of tiles',
  ].includes(name),
);

/** Values and counts for every tag: small, at the ends of ranges, and behind the end of the file. */
const tagLies: readonly HostileFile[] = layouts.flatMap(([name, bytes]) =>
  entriesOf(bytes).flatMap(({ tag, at }) => [
    ...[0, 1, 2, 3, 8, 100, 2000, bytes.length, 0xffff, 0x10000, 0x7fffffff, 0xffffffff].map((value) =>
      lie(`${name} whose tag ${tag} says ${value}`, bytes, (lying) => {
        lying.writeUInt16LE(4, at + 2);
        lying.writeUInt32LE(1, at + 4);
        lying.writeUInt32LE(value, at + 8);
      }),
    ),
    ...[0, 2, 3, 200, 0xffffffff].map((count) =>
      lie(`${name} whose tag ${tag} has ${count} values`, bytes, (lying) =>
        lying.writeUInt32LE(count, at + 4),
      ),
    ),
    lie(`${name} without tag ${tag}`, bytes, (lying) => lying.writeUInt16LE(0xfffe, at)),
  ]),
);

/** The size of the page, of the stream, and of both. */
const sizeLies: readonly HostileFile[] = layouts.flatMap(([name, bytes]) =>
  claims.flatMap(([width, height]) => [
    lie(`${name} whose page says ${width}x${height}`, bytes, (lying) => writePageSize(lying, width, height)),
    ...(frameOf(bytes) < 0
      ? []
      : [
          lie(`${name} whose stream says ${width}x${height}`, bytes, (lying) =>
            writeStreamSize(lying, width, height),
          ),
          lie(`${name} that says ${width}x${height} twice`, bytes, (lying) => {
            writePageSize(lying, width, height);
            writeStreamSize(lying, width, height);
          }),
        ]),
  ]),
);

/** Sampling factors and table numbers of each sample of the stream, and numbers of samples. */
const frameLies: readonly HostileFile[] = layouts
  .filter(([, bytes]) => frameOf(bytes) >= 0)
  .flatMap(([name, bytes]) =>
    [2, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18].flatMap((place) =>
      [0, 1, 2, 3, 0x11, 0x14, 0x41, 0x44, 0xff].map((value) =>
        lie(`${name} with ${value} at byte ${place} of its frame`, bytes, (lying) => {
          lying[frameOf(bytes) + place] = value;
        }),
      ),
    ),
  );

function lie(name: string, bytes: Buffer, change: (lying: Buffer) => void): HostileFile {
  return {
    name,
    make: () => {
      const lying = Buffer.from(bytes);
      change(lying);
      return lying;
    },
  };
}

function entriesOf(bytes: Buffer): readonly { readonly tag: number; readonly at: number }[] {
  const directory = bytes.readUInt32LE(4);
  return Array.from({ length: bytes.readUInt16LE(directory) }, (_, i) => {
    const at = directory + 2 + 12 * i;
    return { tag: bytes.readUInt16LE(at), at };
  });
}

function writePageSize(lying: Buffer, width: number, height: number): void {
  for (const { tag, at } of entriesOf(lying)) {
    if (tag === 256) lying.writeUInt32LE(width, at + 8);
    if (tag === 257) lying.writeUInt32LE(height, at + 8);
  }
}

/** The position of the stream's frame header, or -1. */
function frameOf(bytes: Buffer): number {
  return bytes.indexOf(Buffer.of(0xff, 0xc0, 0, 17, 8));
}

function writeStreamSize(lying: Buffer, width: number, height: number): void {
  const frame = frameOf(lying);
  lying.writeUInt16BE(height % 65_536, frame + 5);
  lying.writeUInt16BE(width % 65_536, frame + 7);
}

export const oldJpegs: readonly HostileFile[] = [
  ...layouts.flatMap(cut),
  ...originals.flatMap(scribbleOver),
  ...tagLies,
  ...sizeLies,
  ...frameLies,
  ...oldJpegBombs.map(([name, make]) => ({ name, make })),
].map((file) => ({ ...file, variant: 'old-style JPEG' }));
