/** Photoshop documents that are cut off, damaged, have headers that lie, or have many pixels or resources in a small file. */
import { psdFiles } from '../../../functions/classify/decode/psd/psd-files.ts';
import type { HostileFile } from '../hostile-file.ts';
import { cut, scribbleOver } from './damage.ts';
import { claims } from './sizes.ts';

const originals = psdFiles()
  .filter(({ name }) => !/^(cut off|a length of)/.test(name))
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

/** The positions of the lengths of palette, resources and layers, and of the compression. */
function positionsIn(bytes: Buffer) {
  const next = (at: number) => at + 4 + bytes.readUInt32BE(at);
  const resources = next(coloursAt);
  const layers = next(resources);
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

/** A black document whose rows are runs of 128 bytes. */
function bomb(mode: number, channels: number, width: number, height: number, resources: Buffer): Buffer {
  const header = Buffer.alloc(coloursAt);
  header.write('8BPS\0\x01', 'latin1');
  header.writeUInt16BE(channels, channelsAt);
  header.writeUInt32BE(height, heightAt);
  header.writeUInt32BE(width, widthAt);
  header.writeUInt16BE(8, bitsAt);
  header.writeUInt16BE(mode, modeAt);
  const row = Buffer.alloc(2 * Math.ceil(width / 128), Buffer.of(129, 0));
  const length = Buffer.of(row.length >> 8, row.length & 0xff);
  const rows = channels * height;
  const palette = section(Buffer.alloc(mode === 2 ? 768 : 0));
  const compression = Buffer.of(0, 1);
  const data = [Buffer.alloc(2 * rows, length), Buffer.alloc(rows * row.length, row)];
  return Buffer.concat([header, palette, section(resources), section(Buffer.alloc(0)), compression, ...data]);
}

const nothing = Buffer.alloc(0);
/** A resource without a name and content. */
const resource = Buffer.from('8BIM\x03\xed\0\0\0\0\0\0', 'latin1');

const kinds: readonly (readonly [kind: string, mode: number, channels: number])[] = [
  ['grey', 1, 1],
  ['palette', 2, 1],
  ['RGB', 3, 3],
  ['CMYK', 4, 4],
  ['Lab', 9, 3],
  ['RGB with 5 masks', 3, 8],
];

const bombs: readonly HostileFile[] = [
  ...[5000, 7000, 10_000].flatMap((side) =>
    kinds.map(([kind, mode, channels]) => ({
      name: `${side ** 2 / 1e6} MP of ${kind}`,
      make: () => bomb(mode, channels, side, side, nothing),
    })),
  ),
  { name: '1 MP in a row', make: () => bomb(3, 3, 1_048_576, 1, nothing) },
  { name: '1 MP in a column', make: () => bomb(3, 3, 1, 1_048_576, nothing) },
  { name: '30 MB of resources', make: () => bomb(3, 3, 9, 9, Buffer.alloc(30_000_000, resource)) },
];

export const psds: readonly HostileFile[] = [
  ...originals.flatMap(cut),
  ...originals.flatMap(scribbleOver),
  ...originals.flatMap(headerLies),
  ...originals.flatMap(bodyLies),
  ...bombs,
];
