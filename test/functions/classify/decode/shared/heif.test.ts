import { describe, expect, it } from 'vitest';
import { quarterTurnsOf, readPrimaryItem } from '../../../../../functions/classify/decode/shared/heif.ts';
import { CorruptImage } from '../../../../../functions/classify/image/rejections.ts';
import { uint16, uint32 } from '../avif/grids.ts';

function box(type: string, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([uint32(8 + body.length), Buffer.from(type), body]);
}
/** A box with a version and flags. */
function fullBox(type: string, version: number, flags: number, ...content: Buffer[]): Buffer {
  return box(type, Buffer.of(version, 0, 0, flags), ...content);
}

function size(width: number, height: number) {
  return fullBox('ispe', 0, 0, uint32(width), uint32(height));
}
function turn(quarters: number) {
  return box('irot', Buffer.of(quarters));
}
function mirror(axis: number) {
  return box('imir', Buffer.of(axis));
}
const colours = box('colr', Buffer.alloc(7));

interface Item {
  readonly id: number;
  /** 1-based indices of properties. */
  readonly properties: readonly number[];
}

/** A file with these properties and items. Writers choose the width of ids and indices. */
function fileOf(
  properties: readonly Buffer[],
  items: readonly Item[],
  {
    primary = 1,
    wideIds = false,
    wideIndices = false,
    widePrimary = false,
    list = Buffer.of() as Buffer,
  } = {},
): Buffer {
  const associations = items.flatMap(({ id, properties }) => [
    wideIds ? uint32(id) : uint16(id),
    Buffer.of(properties.length),
    // The first bit marks the property as essential.
    ...properties.map((index) => (wideIndices ? uint16(0x8000 | index) : Buffer.of(0x80 | index))),
  ]);
  return Buffer.concat([
    box('ftyp', Buffer.from('avif')),
    fullBox(
      'meta',
      0,
      0,
      fullBox('pitm', widePrimary ? 1 : 0, 0, widePrimary ? uint32(primary) : uint16(primary)),
      list,
      box(
        'iprp',
        box('ipco', ...properties),
        fullBox('ipma', wideIds ? 1 : 0, wideIndices ? 1 : 0, uint32(items.length), ...associations),
      ),
    ),
  ]);
}

/** The list of the items 1, 2 and so on with these codings. */
function listOf(codings: readonly string[]): Buffer {
  const entries = codings.map((coding, i) =>
    fullBox('infe', 2, 0, uint16(i + 1), uint16(0), Buffer.from(`${coding}\0`)),
  );
  return fullBox('iinf', 0, 0, uint16(codings.length), ...entries);
}
function wideListOf(codings: readonly string[]): Buffer {
  const entries = codings.map((coding, i) =>
    fullBox('infe', 3, 0, uint32(i + 1), uint16(0), Buffer.from(`${coding}\0`)),
  );
  return fullBox('iinf', 1, 0, uint32(codings.length), ...entries);
}

describe('readPrimaryItem', () => {
  it("returns the primary item's own size and transformations", () => {
    const file = fileOf(
      [size(160, 90), turn(1), size(4000, 3000), colours, turn(7), mirror(1)],
      [
        { id: 1, properties: [1, 2] },
        { id: 2, properties: [4, 3, 5, 6] },
        { id: 3, properties: [1] },
      ],
      { primary: 2 },
    );

    const { properties, ...item } = readPrimaryItem(file);

    expect(item).toEqual({ width: 4000, height: 3000, coding: undefined });
    expect(properties.map(({ type }) => type)).toEqual(['colr', 'ispe', 'irot', 'imir']);
    expect(quarterTurnsOf(properties[2])).toBe(3);
    expect(properties[3].data).toEqual(Buffer.of(1));
  });

  it.each([
    { wideIds: true },
    { wideIndices: true },
    { widePrimary: true },
    { wideIds: true, wideIndices: true, widePrimary: true },
  ])('reads ids and indices of any width: %j', (widths) => {
    const items = [
      { id: 1, properties: [1, 3] },
      { id: 2, properties: [2, 4] },
    ];
    const file = fileOf([size(1, 2), size(640, 480), turn(2), mirror(0)], items, { primary: 2, ...widths });

    expect(readPrimaryItem(file)).toMatchObject({
      width: 640,
      height: 480,
      properties: [{}, { type: 'imir' }],
    });
  });

  it('reads more than 255 properties and ids beyond 65,535', () => {
    const properties = [...Array<Buffer>(299).fill(colours), size(640, 480)];
    const wide = { primary: 70_000, wideIds: true, wideIndices: true, widePrimary: true };
    const file = fileOf(properties, [{ id: 70_000, properties: [300] }], wide);

    expect(readPrimaryItem(file)).toMatchObject({ width: 640, height: 480, properties: [{ type: 'ispe' }] });
  });

  it('ignores indices of missing properties', () => {
    const file = fileOf([size(640, 480)], [{ id: 1, properties: [9, 0, 1] }]);

    expect(readPrimaryItem(file)).toMatchObject({ width: 640, height: 480, properties: [{ type: 'ispe' }] });
  });

  it.each([
    ['ids of 16 bits', listOf],
    ['ids of 32 bits', wideListOf],
  ])('reads the coding of the primary item, which is not the first: %s', (_, toList) => {
    const items = [1, 2].map((id) => ({ id, properties: [1] }));
    const fileWith = (codings: readonly string[]) =>
      fileOf([size(640, 480)], items, { primary: 2, list: toList(codings) });

    expect(readPrimaryItem(fileWith(['hvc1', 'av01'])).coding).toBe('av01');
    expect(readPrimaryItem(fileWith(['av01', 'hvc1'])).coding).toBe('hvc1');
  });

  it('reads boxes that extend to the end and boxes with 64-bit lengths', () => {
    const file = fileOf([size(640, 480)], [{ id: 1, properties: [1] }]);
    const [start, meta] = [file.subarray(0, 12), file.subarray(12)];
    const toTheEnd = Buffer.concat([start, uint32(0), meta.subarray(4)]);
    const long = Buffer.concat([
      start,
      uint32(1),
      Buffer.from('meta'),
      uint32(0),
      uint32(meta.length + 8),
      meta.subarray(8),
    ]);

    for (const variant of [toTheEnd, long, Buffer.concat([long, box('mdat')])]) {
      expect(readPrimaryItem(variant)).toMatchObject({
        width: 640,
        height: 480,
        properties: [{ type: 'ispe' }],
      });
    }
  });

  it.each([
    ['no meta box', box('ftyp', Buffer.from('avif')), "there is no 'meta' box"],
    ['no primary item', box('meta', uint32(0)), "there is no 'pitm' box"],
    [
      'a primary item without a size',
      fileOf([colours], [{ id: 1, properties: [1] }]),
      "there is no 'ispe' box",
    ],
    [
      'a primary item without properties',
      fileOf([size(1, 1)], [{ id: 2, properties: [1] }]),
      "there is no 'ispe' box",
    ],
    ['a box shorter than its header', Buffer.concat([uint32(7), Buffer.from('ftyp')]), 'a box of 7 bytes'],
    [
      'a box with a 64-bit length shorter than its header',
      Buffer.concat([uint32(1), Buffer.from('ftyp'), uint32(0), uint32(15)]),
      'a box of 15 bytes',
    ],
  ])('names the fault: %s', (_, file, message) => {
    expect(() => readPrimaryItem(file)).toThrow(CorruptImage);
    expect(() => readPrimaryItem(file)).toThrow(message);
  });
});
