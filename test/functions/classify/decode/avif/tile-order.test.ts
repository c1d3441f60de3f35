import { describe, expect, it } from 'vitest';
import { inTileOrder } from '../../../../../functions/classify/decode/avif/tile-order.ts';
import { decode } from '../../../../../functions/classify/decode/decode.ts';
import {
  boxOf,
  listItems,
  readMeta,
  versionBytes,
} from '../../../../../functions/classify/decode/shared/heif.ts';
import { defaultLimits } from '../../../../../functions/classify/image/limits.ts';
import { readCase } from '../../../../goldens/goldens.ts';
import { first, gridOf, second, tileHeight, tileWidth } from './grids.ts';

/** The pixels of a grid's tiles, from left to right. */
async function tilesOf(file: Buffer): Promise<Buffer[]> {
  const { data, width } = await decode(file, defaultLimits);
  return Array.from({ length: width / tileWidth }, (_, tile) =>
    Buffer.concat(
      Array.from({ length: tileHeight }, (_, y) => {
        const from = 4 * (y * width + tile * tileWidth);
        return data.subarray(from, from + 4 * tileWidth);
      }),
    ),
  );
}

describe('decode, AVIF grids', () => {
  it.each([
    ['ids of 16 bits', {}],
    ['ids of 32 bits', { version: 2 }],
    ['positions relative to a base', { base: 100 }],
  ])('places tiles in the order of the references: %s', async (_, options) => {
    const [left, right] = await tilesOf(gridOf([2, 3], options));
    const reversed = await tilesOf(gridOf([3, 2], options));

    expect(left.equals(right)).toBe(false);
    expect(reversed[0].equals(right)).toBe(true);
    expect(reversed[1].equals(left)).toBe(true);
  });

  it('exchanges two of three tiles', async () => {
    const [left, right] = await tilesOf(gridOf([2, 3]));

    const tiles = await tilesOf(gridOf([2, 4, 3], { tiles: [first, second, first] }));

    expect(tiles.map((tile) => [tile.equals(left), tile.equals(right)])).toEqual([
      [true, false],
      [true, false],
      [false, true],
    ]);
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

  it('leaves items as they are to which another kind of reference refers', () => {
    const { boxes } = readMeta(gridOf([3, 2], { reference: 'cdsc' }));

    expect(inTileOrder(boxes)).toBe(boxes);
  });

  it('leaves items as they are if two have the id of a tile', () => {
    const boxes = readMeta(gridOf([3, 2])).boxes.map(({ type, data }) => {
      if (type !== 'iinf') return { type, data };
      const count = listItems([{ type, data }]).length;
      const twice = Buffer.concat([data, boxOf('infe', listItems([{ type, data }])[count - 1].entry)]);
      return { type, data: twice };
    });

    const reordered = inTileOrder(boxes);

    const iinf = boxes.findIndex(({ type }) => type === 'iinf');
    expect(reordered[iinf].data).toBe(boxes[iinf].data);
  });

  it('applies one reference after the other', () => {
    const { boxes } = readMeta(gridOf([3, 2]));
    const twice = boxes.map(({ type, data }) =>
      type === 'iref' ? { type, data: Buffer.concat([data, data.subarray(versionBytes)]) } : { type, data },
    );

    expect(inTileOrder(twice)).toEqual(
      inTileOrder(boxes).map((box) =>
        box.type === 'iref' ? twice.find(({ type }) => type === 'iref') : box,
      ),
    );
  });

  it('leaves a file without references as it is', () => {
    const { boxes } = readMeta(readCase('nopixi.avif'));

    expect(inTileOrder(boxes)).toBe(boxes);
  });
});
