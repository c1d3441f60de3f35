import { describe, expect, it } from 'vitest';
import { boxOf, childOf, readMeta } from '../../../../../functions/classify/decode/avif/heif.ts';
import { inTileOrder } from '../../../../../functions/classify/decode/avif/tile-order.ts';
import { decode } from '../../../../../functions/classify/decode/decode.ts';
import { defaultLimits } from '../../../../../functions/classify/image/limits.ts';
import { readCase } from '../../../../goldens/goldens.ts';

const [tileWidth, tileHeight] = [131, 97];
/** The coded pictures of two files of the same size and configuration. */
const [first, second] = ['nopixi.avif', 'aea-premul.avif'].map((file) => {
  const bytes = Buffer.from(readCase(file));
  const location = Buffer.from(childOf(readMeta(bytes).boxes, 'iloc').data).subarray(14);
  const start = location.readUInt32BE();
  return bytes.subarray(start, start + location.readUInt32BE(4));
});

function uint16(value: number) {
  return Buffer.of(value >> 8, value & 255);
}
function uint32(value: number) {
  return Buffer.concat([uint16(value >>> 16), uint16(value & 0xffff)]);
}
/** A box with a version and flags of 0. */
function fullBox(type: string, version: number, ...parts: Uint8Array[]) {
  return boxOf(type, Buffer.of(version, 0, 0, 0), ...parts);
}

/** A grid of two tiles side by side, whose items 2 and 3 it refers to in this order. Versions above 0 have wide ids. */
function gridOf(order: readonly number[], version = 0): Buffer {
  const { properties } = readMeta(readCase('nopixi.avif'));
  const id = version > 0 ? uint32 : uint16;
  const short = Buffer.concat([Buffer.of(0, 0, 0, 1), uint16(2 * tileWidth), uint16(tileHeight)]);
  const contents = [short, first, second];
  const size = (width: number) => fullBox('ispe', 0, uint32(width), uint32(tileHeight));
  const stored = ['av1C', 'colr'].map((type) => boxOf(type, childOf(properties, type).data));
  const container = boxOf(
    'ipco',
    size(2 * tileWidth),
    size(tileWidth),
    fullBox('pixi', 0, Buffer.of(3, 8, 8, 8)),
    ...stored,
  );
  const tile = Buffer.of(4, 2, 3, 0x84, 5);
  const associations = [Buffer.of(3, 1, 3, 5), tile, tile].flatMap((entry, i) => [id(i + 1), entry]);
  const names = ['grid', 'av01', 'av01'].map((type, i) =>
    fullBox('infe', version > 0 ? 3 : 2, id(i + 1), uint16(0), Buffer.from(`${type}\0`)),
  );
  const metaFor = (start: number) => {
    const locations = contents.flatMap(({ length }, i) => [
      id(i + 1),
      uint16(0),
      ...(version > 0 ? [uint16(0)] : []),
      uint16(1),
      uint32(contents.slice(0, i).reduce((sum, before) => sum + before.length, start)),
      uint32(length),
    ]);
    return fullBox(
      'meta',
      0,
      fullBox('hdlr', 0, Buffer.from(`\0\0\0\0pict${'\0'.repeat(13)}`)),
      fullBox('pitm', version > 0 ? 1 : 0, id(1)),
      fullBox('iloc', version > 0 ? 2 : 0, Buffer.of(0x44, 0), id(3), ...locations),
      fullBox('iinf', version > 0 ? 1 : 0, id(3), ...names),
      fullBox('iref', version > 0 ? 1 : 0, boxOf('dimg', id(1), uint16(order.length), ...order.map(id))),
      boxOf('iprp', container, fullBox('ipma', version > 0 ? 1 : 0, uint32(3), ...associations)),
    );
  };
  const type = boxOf('ftyp', Buffer.from('avif\0\0\0\0avifmif1miafMA1B'));
  const start = type.length + metaFor(0).length + 8;
  return Buffer.concat([type, metaFor(start), boxOf('mdat', ...contents)]);
}

/** The left and the right tile. */
function tilesOf({ data, width }: { readonly data: Uint8Array; readonly width: number }) {
  const columns = (from: number) =>
    Buffer.concat(
      Array.from({ length: tileHeight }, (_, y) =>
        data.subarray(4 * (y * width + from), 4 * (y * width + from + tileWidth)),
      ),
    );
  return [columns(0), columns(tileWidth)];
}

describe('decode, AVIF grids', () => {
  it.each([0, 2])('places tiles in the order of the references, version %i', async (version) => {
    const [left, right] = tilesOf(await decode(gridOf([2, 3], version), defaultLimits));
    const reversed = tilesOf(await decode(gridOf([3, 2], version), defaultLimits));

    expect(left.equals(right)).toBe(false);
    expect(reversed[0].equals(right)).toBe(true);
    expect(reversed[1].equals(left)).toBe(true);
  });
});

describe('inTileOrder', () => {
  it.each([
    ['in order', [2, 3]],
    ['that names one item twice', [3, 3]],
    ['that names a missing item', [3, 9]],
  ])('leaves a grid %s as it is', (_, order) => {
    const { boxes } = readMeta(gridOf(order));

    expect(inTileOrder(boxes)).toBe(boxes);
  });

  it('leaves a file without references as it is', () => {
    const { boxes } = readMeta(readCase('nopixi.avif'));

    expect(inTileOrder(boxes)).toBe(boxes);
  });
});
