/** Writes AVIF grids: pictures of equal tiles side by side. */
import { boxOf, childOf, readMeta } from '../../../../../functions/classify/decode/shared/heif.ts';
import { readCase } from '../../../../goldens/goldens.ts';

export const [tileWidth, tileHeight] = [131, 97];

/** The coded pictures of two files of the same size and configuration. */
export const [first, second] = ['nopixi.avif', 'aea-premul.avif'].map((file) => {
  const bytes = Buffer.from(readCase(file));
  const location = Buffer.from(childOf(readMeta(bytes).boxes, 'iloc').data).subarray(14);
  const start = location.readUInt32BE();
  return bytes.subarray(start, start + location.readUInt32BE(4));
});

interface GridOptions {
  /** Versions above 0 have wide ids. */
  readonly version?: number;
  /** The coded pictures of the items 2, 3 and so on. */
  readonly tiles?: readonly Buffer[];
  /** Indices of the properties of each tile; those that are left out have `wholeTile`. */
  readonly tileProperties?: readonly (readonly number[])[];
  readonly reference?: string;
  /** Positions are relative to this one. */
  readonly base?: number;
}

/** The indices of a tile's size, depth, configuration and colours. */
export const wholeTile = [2, 3, 4, 5];
/** The index of a property `clap`, which no tile has unless a test says so. */
export const clap = 6;

/** A grid of tiles side by side, whose items it refers to in this order. */
export function gridOf(order: readonly number[], options: GridOptions = {}): Buffer {
  const { version = 0, tiles = [first, second], reference = 'dimg', base } = options;
  const id = version > 0 ? uint32 : uint16;
  const columns = order.length;
  const short = Buffer.concat([
    Buffer.of(0, 0, 0, columns - 1),
    uint16(columns * tileWidth),
    uint16(tileHeight),
  ]);
  const contents = [short, ...tiles];
  const properties = tiles.map((_, i) => options.tileProperties?.[i] ?? wholeTile);
  const associations = [[1, 3, 5], ...properties].flatMap((indices, i) => [
    id(i + 1),
    Buffer.of(indices.length, ...indices.map((index) => (index === 4 ? 0x84 : index))),
  ]);
  const names = ['grid', ...tiles.map(() => 'av01')].map((type, i) =>
    fullBox('infe', version > 0 ? 3 : 2, id(i + 1), uint16(0), Buffer.from(`${type}\0`)),
  );
  const metaFor = (start: number) => {
    const locations = contents.flatMap(({ length }, i) => [
      id(i + 1),
      uint16(0),
      ...(version > 0 ? [uint16(0)] : []),
      ...(base === undefined ? [] : [uint32(base)]),
      uint16(1),
      uint32(contents.slice(0, i).reduce((sum, before) => sum + before.length, start) - (base ?? 0)),
      uint32(length),
    ]);
    const widths = Buffer.of(0x44, base === undefined ? 0 : 0x40);
    const count = contents.length;
    return fullBox(
      'meta',
      0,
      fullBox('hdlr', 0, Buffer.from(`\0\0\0\0pict${'\0'.repeat(13)}`)),
      fullBox('pitm', version > 0 ? 1 : 0, id(1)),
      fullBox('iloc', version > 0 ? 2 : 0, widths, id(count), ...locations),
      fullBox('iinf', version > 0 ? 1 : 0, id(count), ...names),
      fullBox('iref', version > 0 ? 1 : 0, boxOf(reference, id(1), uint16(columns), ...order.map(id))),
      boxOf(
        'iprp',
        propertiesFor(columns),
        fullBox('ipma', version > 0 ? 1 : 0, uint32(count), ...associations),
      ),
    );
  };
  const type = boxOf('ftyp', Buffer.from('avif\0\0\0\0avifmif1miafMA1B'));
  const start = type.length + metaFor(0).length + 8;
  return Buffer.concat([type, metaFor(start), boxOf('mdat', ...contents)]);
}

function propertiesFor(columns: number): Uint8Array {
  const { properties } = readMeta(readCase('nopixi.avif'));
  const size = (width: number) => fullBox('ispe', 0, uint32(width), uint32(tileHeight));
  return boxOf(
    'ipco',
    size(columns * tileWidth),
    size(tileWidth),
    fullBox('pixi', 0, Buffer.of(3, 8, 8, 8)),
    ...['av1C', 'colr'].map((type) => boxOf(type, childOf(properties, type).data)),
    boxOf('clap', ...[64, 1, 64, 1, 0, 1, 0, 1].map(uint32)),
  );
}

/** A box with a version and flags of 0. */
export function fullBox(type: string, version: number, ...parts: Uint8Array[]): Buffer {
  return Buffer.from(boxOf(type, Buffer.of(version, 0, 0, 0), ...parts));
}

export function uint16(value: number) {
  return Buffer.of(value >> 8, value & 255);
}

export function uint32(value: number) {
  return Buffer.concat([uint16(value >>> 16), uint16(value & 0xffff)]);
}
