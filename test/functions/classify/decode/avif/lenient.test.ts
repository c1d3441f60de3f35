import { describe, expect, it } from 'vitest';
import { asDecoderExpects } from '../../../../../functions/classify/decode/avif/lenient.ts';
import { decode } from '../../../../../functions/classify/decode/decode.ts';
import { readMeta } from '../../../../../functions/classify/decode/shared/heif.ts';
import { defaultLimits } from '../../../../../functions/classify/image/limits.ts';
import { UnsupportedFormat } from '../../../../../functions/classify/image/rejections.ts';
import { readCase, readImage } from '../../../../goldens/goldens.ts';
import { clap, gridOf, uint32, wholeTile } from './grids.ts';

// In place of `pixi`, the file has a `free` box with the same content.
const withoutPixi = Buffer.from(readCase('nopixi.avif'));
const freeBox = withoutPixi.indexOf('free');

function changed(bytes: Uint8Array, at: number, value: string | number): Buffer {
  const result = Buffer.from(bytes);
  if (typeof value === 'string') result.write(value, at, 'latin1');
  else result.writeUInt32BE(value, at);
  return result;
}

/** The properties of an item, the first one by default. */
function propertiesOf(file: Uint8Array, item = 0) {
  const { items, properties } = readMeta(file);
  return items[item].properties.map(({ index }) => properties[index - 1]);
}

/** The file with a 64-bit length in the header of a top-level box before its pixels. */
function withLongHeader(file: Buffer, type: 'meta' | 'mdat'): Buffer {
  const header = file.indexOf(type) - 4;
  const length = file.readUInt32BE(header) + 8;
  const result = Buffer.concat([
    file.subarray(0, header),
    uint32(1),
    Buffer.from(type),
    uint32(0),
    uint32(length),
    file.subarray(header + 8),
  ]);
  const position = result.indexOf('iloc') + 18;
  result.writeUInt32BE(result.readUInt32BE(position) + 8, position);
  return result;
}

describe('decode, AVIF that fails strict checks', () => {
  it('reads a file without pixi', async () => {
    const image = await decode(withoutPixi, defaultLimits);
    const expected = await decode(changed(withoutPixi, freeBox, 'pixi'), defaultLimits);

    expect(image.data).toEqual(expected.data);
    // Pillow's first pixel.
    expect([...image.data.subarray(0, 3)]).toEqual([149, 205, 132]);
  });

  it('reads a file whose last box extends to its end', async () => {
    const mdat = withoutPixi.indexOf('mdat') - 4;

    const image = await decode(changed(withoutPixi, mdat, 0), defaultLimits);

    expect(image.data).toEqual((await decode(withoutPixi, defaultLimits)).data);
  });

  it.each(['meta', 'mdat'] as const)("reads a file whose box '%s' has a length of 64 bits", async (type) => {
    const image = await decode(withLongHeader(withoutPixi, type), defaultLimits);

    expect(image.data).toEqual((await decode(withoutPixi, defaultLimits)).data);
  });

  it('reads a grid with one tile without pixi and another with a crop', async () => {
    const [size, , ...others] = wholeTile;
    const grid = gridOf([2, 3], {
      tileProperties: [
        [size, ...others],
        [...wholeTile, clap],
      ],
    });

    const image = await decode(grid, defaultLimits);

    expect(image.data).toEqual((await decode(gridOf([2, 3]), defaultLimits)).data);
  });

  it('ignores a crop that is not whole pixels, as Pillow ignores all crops', async () => {
    const image = await decode(readCase('clap-frac.avif'), defaultLimits);

    expect(image).toMatchObject({ width: 128, height: 96 });
    expect([...image.data.subarray(0, 3)]).toEqual([152, 204, 122]);
  });
});

describe('decode, other codings in AVIF', () => {
  it.each([
    ['hvc1', 'AVIF with HEVC inside'],
    ['iovl', 'AVIF that overlays several images'],
    ['vvc1', "AVIF whose main image is coded as 'vvc1'"],
  ])('names %s', async (coding, kind) => {
    const bytes = changed(withoutPixi, withoutPixi.indexOf('av01', withoutPixi.indexOf('infe')), coding);

    const answer = decode(bytes, defaultLimits);

    await expect(answer).rejects.toBeInstanceOf(UnsupportedFormat);
    await expect(answer).rejects.toThrow(`${kind}; save it as a plain AVIF, or as PNG`);
  });
});

describe('asDecoderExpects', () => {
  it('returns a file that needs no change as it is', () => {
    const file = readImage('photo_420.avif');

    expect(asDecoderExpects(file)).toBe(file);
  });

  it.each([
    ['8 bits', 0x00, [3, 8, 8, 8]],
    ['10 bits', 0x40, [3, 10, 10, 10]],
    ['12 bits', 0x60, [3, 12, 12, 12]],
    ['8 bits, monochrome', 0x10, [1, 8]],
  ])('adds pixi for %s', (_, flags, depth) => {
    const file = Buffer.from(withoutPixi);
    file[file.indexOf('av1C') + 6] = flags;

    const properties = propertiesOf(asDecoderExpects(file));

    expect(properties.map(({ type }) => type)).toEqual(['ispe', 'free', 'av1C', 'colr', 'pixi']);
    expect([...properties[4].data]).toEqual([0, 0, 0, 0, ...depth]);
  });

  it.each([
    ['without pixi', [2, 4, 5]],
    ['with clap', [...wholeTile, clap]],
  ])('corrects the only tile %s', (_, properties) => {
    const grid = gridOf([2, 3], { tileProperties: [wholeTile, properties] });

    const types = propertiesOf(asDecoderExpects(grid), 2).map(({ type }) => type);

    expect(types.sort()).toEqual(['av1C', 'colr', 'ispe', 'pixi']);
  });

  it('leaves other properties and their marks as they are', () => {
    const [before] = readMeta(withoutPixi).items;
    const [after] = readMeta(asDecoderExpects(withoutPixi)).items;

    expect(after.properties.slice(0, -1)).toEqual(before.properties);
    expect(after.properties.at(-1)).toMatchObject({ isEssential: false });
    expect(before.properties.map(({ isEssential }) => isEssential)).toEqual([false, false, true, false]);
  });

  it('removes clap, even if it is essential', () => {
    const properties = propertiesOf(asDecoderExpects(readCase('clap-frac.avif')));

    expect(properties.map(({ type }) => type)).toEqual(['ispe', 'pixi', 'av1C', 'colr']);
  });
});
