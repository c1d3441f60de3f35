/** Photoshop documents that are cut off, damaged, have headers that lie, or have many pixels or resources in a small file. */
import { psdFiles } from '../../../functions/classify/decode/psd/psd-files.ts';
import type { HostileFile } from '../hostile-file.ts';
import { cut, scribbleOver } from './damage.ts';
import { claims } from './sizes.ts';

const originals = psdFiles()
  .filter(({ name }) => !/^(cut off|a length of|layers of)/.test(name))
  .map(({ name, file }): [string, Buffer] => [name, Buffer.from(file)]);

const [channelsAt, heightAt, widthAt, bitsAt, modeAt, coloursAt] = [12, 14, 18, 22, 24, 26];

function patched([name, bytes]: readonly [string, Buffer], lie: string, patch: (copy: Buffer) => void) {
  return {
    name: `${name}, ${lie}`,
    make: () => {
      const copy = Buffer.from(bytes);
      patch(copy);
      return copy;
    },
  };
}

const fields: readonly (readonly [name: string, at: number, values: readonly number[]])[] = [
  ['channels', channelsAt, [0, 1, 2, 3, 4, 5, 6, 56, 57, 65_535]],
  ['bits', bitsAt, [0, 1, 8, 16, 32, 65_535]],
  ['colour mode', modeAt, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
];

function headerLies(original: readonly [string, Buffer]): HostileFile[] {
  return [
    ...claims.map(([width, height]) =>
      patched(original, `says ${width}x${height}`, (copy) => {
        copy.writeUInt32BE(height, heightAt);
        copy.writeUInt32BE(width, widthAt);
      }),
    ),
    ...fields.flatMap(([field, at, values]) =>
      values.map((value) =>
        patched(original, `${field} say ${value}`, (copy) => {
          copy.writeUInt16BE(value, at);
        }),
      ),
    ),
  ];
}

/** The positions of the lengths of palette, resources and layers (of a PSB, its lower four bytes), and of the compression. */
function positionsIn(bytes: Buffer) {
  const isLarge = bytes[5] === 2;
  const next = (at: number) => at + 4 + bytes.readUInt32BE(at);
  const resources = next(coloursAt);
  const layers = next(resources) + (isLarge ? 4 : 0);
  return { lengths: { palette: coloursAt, resources, layers }, compression: next(layers) };
}

function bodyLies(original: readonly [string, Buffer]): HostileFile[] {
  const [, bytes] = original;
  const { lengths, compression } = positionsIn(bytes);
  const lengthLies = Object.entries(lengths).flatMap(([section, at]) => {
    const length = bytes.readUInt32BE(at);
    const lies = new Set([0, 1, length - 1, length + 1, 0x7fffffff, 0xffffffff]);
    return [...lies]
      .filter((lie) => lie >= 0 && lie !== length)
      .map((lie) =>
        patched(original, `a length of the ${section} of ${lie}`, (copy) => {
          copy.writeUInt32BE(lie, at);
        }),
      );
  });
  const kinds = [0, 1, 2, 3, 65_535].map((kind) =>
    patched(original, `compression ${kind}`, (copy) => {
      copy.writeUInt16BE(kind, compression);
    }),
  );
  const rowLies = [0, 1, 65_535].map((length) =>
    patched(original, `a first row of ${length} bytes`, (copy) => {
      copy.writeUInt16BE(length, compression + 2);
    }),
  );
  return [...lengthLies, ...kinds, ...rowLies];
}

function section(content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
}

interface Black {
  readonly mode: number;
  readonly channels: number;
  readonly bits: number;
  readonly width: number;
  readonly height: number;
  readonly resources?: Buffer;
}

/** A document of zeros, whose rows are runs of 128 bytes. */
function black({ mode, channels, bits, width, height, resources = nothing }: Black): Buffer {
  const header = Buffer.alloc(coloursAt);
  header.write('8BPS\0\x01', 'latin1');
  header.writeUInt16BE(channels, channelsAt);
  header.writeUInt32BE(height, heightAt);
  header.writeUInt32BE(width, widthAt);
  header.writeUInt16BE(bits, bitsAt);
  header.writeUInt16BE(mode, modeAt);
  const row = Buffer.alloc(2 * Math.ceil((width * bits) / 8 / 128), Buffer.of(129, 0));
  const length = Buffer.of(row.length >> 8, row.length & 0xff);
  const rows = channels * height;
  const palette = section(Buffer.alloc(mode === 2 ? 768 : 0));
  const compression = Buffer.of(0, 1);
  const data = [Buffer.alloc(2 * rows, length), Buffer.alloc(rows * row.length, row)];
  return Buffer.concat([header, palette, section(resources), section(nothing), compression, ...data]);
}

const nothing = Buffer.alloc(0);
/** A resource without a name and content. */
const resource = Buffer.from('8BIM\x03\xed\0\0\0\0\0\0', 'latin1');

const kinds: readonly (readonly [kind: string, mode: number, channels: number, bits: number])[] = [
  ['a bitmap', 0, 1, 1],
  ['grey', 1, 1, 8],
  ['palette', 2, 1, 8],
  ['RGB', 3, 3, 8],
  ['16-bit RGB', 3, 3, 16],
  ['CMYK', 4, 4, 8],
  ['Lab', 9, 3, 8],
  ['RGB with 5 masks', 3, 8, 8],
];

const rgb = { mode: 3, channels: 3, bits: 8 };

const bombs: readonly HostileFile[] = [
  ...[5000, 7000, 10_000].flatMap((side) =>
    kinds.map(([kind, mode, channels, bits]) => ({
      name: `${side ** 2 / 1e6} MP of ${kind}`,
      make: () => black({ mode, channels, bits, width: side, height: side }),
    })),
  ),
  { name: '1 MP in a row', make: () => black({ ...rgb, width: 1_048_576, height: 1 }) },
  { name: '1 MP in a column', make: () => black({ ...rgb, width: 1, height: 1_048_576 }) },
  {
    name: '30 MB of resources',
    make: () => black({ ...rgb, width: 9, height: 9, resources: Buffer.alloc(30_000_000, resource) }),
  },
];

export const psds: readonly HostileFile[] = [
  ...originals.flatMap(cut),
  ...originals.flatMap(scribbleOver),
  ...originals.flatMap(headerLies),
  ...originals.flatMap(bodyLies),
  ...bombs,
];
