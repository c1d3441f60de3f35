import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decode } from '../../../../../functions/classify/decode/decode.ts';
import { decodeJpeg } from '../../../../../functions/classify/decode/jpeg/decode-jpeg.ts';
import { readJpegHeader } from '../../../../../functions/classify/decode/jpeg/syntax/header.ts';
import { open } from '../../../../../functions/classify/decode/tiff/tiff.ts';
import { defaultLimits } from '../../../../../functions/classify/image/limits.ts';
import { CorruptImage, UnsupportedFormat } from '../../../../../functions/classify/image/rejections.ts';
import { readImage } from '../../../../goldens/goldens.ts';
import { smallJpegs } from '../jpeg/fixtures/fixtures.ts';
import { rgbOf } from '../rgb.ts';

const types = { byte: 1, short: 3, long: 4, rational: 5 } as const;
const bytesOf = { 1: 1, 3: 2, 4: 4, 5: 8 } as const;

interface Page {
  /** Values by tag, in any order. */
  readonly tags: Readonly<Record<number, readonly number[]>>;
  readonly blocks: readonly Uint8Array[];
  readonly byteOrder?: 'II' | 'MM';
  readonly type?: keyof typeof types;
  readonly tiled?: boolean;
}

/** A file of one page. */
function tiff({ tags, blocks, byteOrder = 'II', type = 'long', tiled = false }: Page): Buffer {
  const write = (value: number, size: 1 | 2 | 4 | 8): Buffer => {
    const bytes = Buffer.alloc(size);
    if (byteOrder === 'II') bytes.writeUIntLE(value, 0, Math.min(size, 6));
    else bytes.writeUIntBE(value, Math.max(size - 6, 0), Math.min(size, 6));
    return bytes;
  };
  const starts = blocks.map((_, i) => 8 + Buffer.concat(blocks.slice(0, i)).length);
  const all: [tag: number, values: readonly number[], type: keyof typeof types][] = [
    ...Object.entries(tags).map(([tag, values]): (typeof all)[number] => [Number(tag), values, type]),
    [tiled ? 324 : 273, starts, 'long'],
    [tiled ? 325 : 279, blocks.map(({ length }) => length), 'long'],
  ];
  const directory = 8 + Buffer.concat(blocks).length;
  let overflowAt = directory + 2 + 12 * all.length + 4;
  const overflow: Buffer[] = [];
  const entries = all.map(([tag, values, type]) => {
    const size = bytesOf[types[type]];
    const data = Buffer.concat(values.map((value) => write(value, size)));
    const head = [write(tag, 2), write(types[type], 2), write(values.length, 4)];
    if (data.length <= 4) return Buffer.concat([...head, data, Buffer.alloc(4 - data.length)]);
    overflow.push(data);
    overflowAt += data.length;
    return Buffer.concat([...head, write(overflowAt - data.length, 4)]);
  });
  const header = [Buffer.from(byteOrder), write(42, 2), write(directory, 4)];
  return Buffer.concat([...header, ...blocks, write(all.length, 2), ...entries, write(0, 4), ...overflow]);
}

const [width, height, bits, compression, photometric, samples] = [256, 257, 258, 259, 262, 277];
const [rowsPerStrip, planes, predictor, tileWidth, tileHeight, extraSamples] = [278, 284, 317, 322, 323, 338];
const [sampleFormat, orientation, subsampling] = [339, 274, 530];

/** 2x1 pixels in RGB. */
const rgbTags = { [width]: [2], [height]: [1], [bits]: [8, 8, 8], [photometric]: [2], [samples]: [3] };
const twoPixels = Buffer.of(1, 2, 3, 250, 251, 252);
function greyTags(columns: number, bitsPerSample: number) {
  return {
    [width]: [columns],
    [height]: [1],
    [bits]: [bitsPerSample],
    [photometric]: [1],
  };
}

function decodeTiff(page: Page) {
  return decode(tiff(page), defaultLimits);
}
/** The red channel, for grey pictures. */
function levelsOf({ data }: { data: Uint8Array }) {
  return [...data.filter((_, i) => i % 4 === 0)];
}

describe('decode, tags of a TIFF', () => {
  it.each([
    ['II', 'byte'],
    ['II', 'short'],
    ['II', 'long'],
    ['MM', 'byte'],
    ['MM', 'short'],
    ['MM', 'long'],
  ] as const)('reads tags in both byte orders and all widths: %s, %s', async (byteOrder, type) => {
    const image = await decodeTiff({ tags: rgbTags, blocks: [twoPixels], byteOrder, type });

    expect(image).toMatchObject({ width: 2, height: 1, orientation: 1 });
    expect([...rgbOf(image)]).toEqual([...twoPixels]);
  });

  it('ignores tags of another type', async () => {
    const bytes = tiff({ tags: { ...rgbTags, [orientation]: [6] }, blocks: [twoPixels] });
    const entry = bytes.indexOf(Buffer.from(Uint16Array.of(orientation, types.long).buffer));
    expect(await decode(bytes, defaultLimits)).toMatchObject({ width: 1, height: 2 });

    bytes.writeUInt16LE(types.rational, entry + 2);

    expect(await decode(bytes, defaultLimits)).toMatchObject({ width: 2, height: 1 });
  });

  it('uses the first of two equal tags', async () => {
    const bytes = tiff({ tags: { ...rgbTags, 60000: [9] }, blocks: [twoPixels] });
    const entry = bytes.indexOf(Buffer.from(Uint16Array.of(60_000, types.long).buffer));
    bytes.writeUInt16LE(width, entry);

    expect(await decode(bytes, defaultLimits)).toMatchObject({ width: 2, height: 1 });
  });
});

describe('decode, strips and tiles of a TIFF', () => {
  it('reads strips, the last of which may be shorter', async () => {
    const strips = [Buffer.of(1, 2, 3, 4), Buffer.of(5, 6)];
    const tags = { ...greyTags(2, 8), [height]: [3], [rowsPerStrip]: [2] };

    expect(levelsOf(await decodeTiff({ tags, blocks: strips }))).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('clips tiles at the edges of the page', async () => {
    const tiles = [10, 20, 30, 40].map((level) => Buffer.alloc(256, level));
    const tags = { ...greyTags(18, 8), [height]: [17], [tileWidth]: [16], [tileHeight]: [16] };

    const image = await decodeTiff({ tags, blocks: tiles, tiled: true });

    expect(image).toMatchObject({ width: 18, height: 17 });
    const row = (left: number, right: number) => [...Array(16).fill(left), right, right];
    expect(levelsOf(image)).toEqual([...Array(16).fill(row(10, 20)).flat(), ...row(30, 40)]);
  });

  it.each([
    ['runs, literals and a no-op', [0xfe, 7, 0x80, 0x01, 8, 9], [7, 7, 7, 8, 9]],
    ['a run beyond the end', [0x81, 7], [7, 7, 7, 7, 7]],
    ['a literal beyond the end', [0x7f, 1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5]],
    ['a second literal beyond the end', [0x00, 9, 0x7f, 1, 2, 3, 4, 5, 6], [9, 1, 2, 3, 4]],
  ])('unpacks PackBits: %s', async (_, packed, levels) => {
    const tags = { ...greyTags(5, 8), [compression]: [32773] };

    expect(levelsOf(await decodeTiff({ tags, blocks: [Buffer.from(packed)] }))).toEqual(levels);
  });

  it('unpacks LZW with reversed bits, as written before 1992', async () => {
    // Clear, 7, 8, end: 9 bits each, the first in the lowest.
    const codes = 256 | (7 << 9) | (8 << 18);
    const block = Buffer.of(
      codes & 255,
      (codes >> 8) & 255,
      (codes >> 16) & 255,
      ((codes >> 24) & 7) | ((257 & 31) << 3),
      257 >> 5,
    );
    const tags = { ...greyTags(2, 8), [compression]: [5] };

    expect(levelsOf(await decodeTiff({ tags, blocks: [block] }))).toEqual([7, 8]);
  });

  it('reads the only strip to the end of the file if its size is missing', async () => {
    const bytes = tiff({ tags: { ...greyTags(2, 8), [compression]: [32773] }, blocks: [Buffer.of(1, 7, 8)] });
    const entry = bytes.indexOf(Buffer.from(Uint16Array.of(279, types.long).buffer));
    bytes.writeUInt16LE(60_000, entry);

    expect(levelsOf(await decode(bytes, defaultLimits))).toEqual([7, 8]);
  });

  it('rejects one of several compressed strips without a size', async () => {
    const tags = { ...greyTags(1, 8), [height]: [2], [rowsPerStrip]: [1], [compression]: [32773] };

    await expect(decodeTiff({ tags, blocks: [Buffer.of(0, 7), Buffer.alloc(0)] })).rejects.toThrow(
      'tiff: the size of strip or tile 2 is missing',
    );
  });

  it('rejects one of several planes without a size', async () => {
    const tags = { ...rgbTags, [planes]: [2], [compression]: [32773] };
    const blocks = [Buffer.of(1, 7, 8), Buffer.alloc(0), Buffer.of(1, 7, 8)];

    await expect(decodeTiff({ tags, blocks })).rejects.toThrow(
      'tiff: the size of strip or tile 2 is missing',
    );
  });

  it('accepts a large page in one strip', () => {
    const tags = { ...greyTags(5000, 8), [height]: [5000] };

    expect(open(tiff({ tags, blocks: [twoPixels] }))).toMatchObject({ width: 5000, height: 5000 });
  });

  it('reads the last of several strips that each hold the whole page, as Pillow does', async () => {
    const blocks = [Buffer.of(1, 2), Buffer.of(3, 4)];

    expect(levelsOf(await decodeTiff({ tags: greyTags(2, 8), blocks }))).toEqual([3, 4]);
  });

  it('reads the first of several compressed strips that each hold the whole page, as Pillow does', async () => {
    const blocks = [Buffer.of(1, 1, 2), Buffer.of(1, 3, 4)];
    const tags = { ...greyTags(2, 8), [compression]: [32773] };

    expect(levelsOf(await decodeTiff({ tags, blocks }))).toEqual([1, 2]);
  });

  it('reads a tile of up to 4096x4096 pixels in a small page', async () => {
    const tags = { ...greyTags(2, 8), [tileWidth]: [4096], [tileHeight]: [4096], [compression]: [8] };
    const tile = Buffer.alloc(4096 * 4096);
    tile.set([1, 2]);

    const page = { tags, blocks: [deflateSync(tile, { level: 1 })], tiled: true };

    expect(levelsOf(await decodeTiff(page))).toEqual([1, 2]);
  });

  it('accepts spare data after the pixels, within a limit', async () => {
    const tags = { ...greyTags(2, 8), [height]: [3], [rowsPerStrip]: [2], [compression]: [8] };
    const padded = [Buffer.of(1, 2, 3, 4, 99), Buffer.of(5, 6, 0, 0)].map((strip) => deflateSync(strip));
    const bomb = [padded[0]!, deflateSync(Buffer.alloc(1_000_000))];

    expect(levelsOf(await decodeTiff({ tags, blocks: padded }))).toEqual([1, 2, 3, 4, 5, 6]);
    await expect(decodeTiff({ tags, blocks: bomb })).rejects.toBeInstanceOf(CorruptImage);
  });

  it('rejects strips that lack pixels', async () => {
    const short = decodeTiff({
      tags: { ...greyTags(5, 8), [compression]: [32773] },
      blocks: [Buffer.of(0xfe, 7)],
    });
    const missing = decodeTiff({
      tags: { ...greyTags(2, 8), [height]: [2], [rowsPerStrip]: [1] },
      blocks: [Buffer.of(1, 2)],
    });

    await expect(short).rejects.toThrow('tiff: the data end too early or point outside the file');
    await expect(missing).rejects.toThrow('tiff: there is no strip or tile 2');
  });

  it('reads JPEGs as large as the block, or taller by the rest of an MCU', async () => {
    const jpeg = readImage('coffee_base_444.jpg');
    const tags = { ...rgbTags, [width]: [300], [height]: [200], [compression]: [7], [photometric]: [6] };
    const plain = await decode(jpeg, defaultLimits);

    expect((await decodeTiff({ tags, blocks: [jpeg] })).data).toEqual(plain.data);
    expect((await decodeTiff({ tags: { ...tags, [height]: [199] }, blocks: [jpeg] })).data).toEqual(
      plain.data.subarray(0, 300 * 199 * 4),
    );
    await expect(decodeTiff({ tags: { ...tags, [height]: [192] }, blocks: [jpeg] })).rejects.toThrow(
      'tiff: a JPEG of 300x200 in a block of 300x192',
    );
    await expect(decodeTiff({ tags: { ...tags, [width]: [299] }, blocks: [jpeg] })).rejects.toThrow(
      'tiff: a JPEG of 300x200 in a block of 299x200',
    );
  });
});

describe('decode, JPEG in a TIFF', () => {
  const bytes = readImage('coffee_base_444.jpg');
  const tags = { ...rgbTags, [width]: [300], [height]: [200], [compression]: [7] };

  it.each([
    ['RGB', 2],
    ['YCbCr', 6],
  ] as const)("uses the TIFF's colour space, not the JPEG's: %s", async (colourSpace, value) => {
    const image = await decodeTiff({ tags: { ...tags, [photometric]: [value] }, blocks: [bytes] });

    expect(image.data).toEqual(decodeJpeg(bytes, { ...readJpegHeader(bytes), colourSpace }).data);
  });

  it('reads lossless JPEG in RGB, and refuses it in YCbCr, like Pillow', async () => {
    const jpeg = smallJpegs.find(
      ({ kind, bytes }) =>
        kind === 'lossless, by libjpeg-turbo' && readJpegHeader(bytes).components.length === 3,
    )!.bytes;
    const header = readJpegHeader(jpeg);
    const lossless = { ...tags, [width]: [header.width], [height]: [header.height] };
    const decodeAs = (value: number) =>
      decodeTiff({ tags: { ...lossless, [photometric]: [value] }, blocks: [jpeg] });

    expect((await decodeAs(2)).data).toEqual(decodeJpeg(jpeg, header).data);
    await expect(decodeAs(6)).rejects.toThrow(
      'lossless JPEG in YCbCr; save it in greyscale, RGB or CMYK, or as PNG',
    );
  });
});

describe('decode, arithmetic-coded JPEG in a TIFF', () => {
  it('is refused by name', async () => {
    const jpeg = smallJpegs.find(({ kind, sha256 }) => kind === 'arithmetic' && sha256)!.bytes;
    const { width: columns, height: lines } = readJpegHeader(jpeg);
    const tags = { ...rgbTags, [width]: [columns], [height]: [lines], [compression]: [7] };

    await expect(decodeTiff({ tags, blocks: [jpeg] })).rejects.toThrow(
      'TIFF of arithmetic-coded JPEG; save it as 8-bit RGB, or as PNG',
    );
  });
});

describe('decode, samples of a TIFF', () => {
  it('reads grey samples of 12 bits', async () => {
    const block = Buffer.of(0x00, 0x70, 0xfe, 0xff, 0xf0);

    expect(levelsOf(await decodeTiff({ tags: greyTags(3, 12), blocks: [block] }))).toEqual([7, 254, 255]);
  });

  it('reverses differences of 32 bits', async () => {
    const block = deflateSync(Buffer.from(Int32Array.of(100, 27, -3).buffer));
    const tags = { ...greyTags(3, 32), [compression]: [8], [predictor]: [2] };

    expect(levelsOf(await decodeTiff({ tags, blocks: [block] }))).toEqual([100, 127, 124]);
  });

  it('reverses differences of floats', async () => {
    // The highest bytes of -3, 100.5 and 255.5, then the next ones, …, each less the byte before it.
    const bytes = [0xc0, 0x42, 0x43, 0x40, 0xc9, 0x7f, 0, 0, 0x80, 0, 0, 0];
    const block = deflateSync(Uint8Array.from(bytes, (byte, i) => byte - (bytes[i - 1] ?? 0)));
    const tags = { ...greyTags(3, 32), [sampleFormat]: [3], [compression]: [8], [predictor]: [3] };

    expect(levelsOf(await decodeTiff({ tags, blocks: [block] }))).toEqual([0, 100, 255]);
  });

  it('ignores the depths of samples that the page does not have', async () => {
    const tags = { ...greyTags(2, 8), [bits]: [8, 16] };

    expect(levelsOf(await decodeTiff({ tags, blocks: [Buffer.of(1, 2)] }))).toEqual([1, 2]);
  });

  it('reads RGB of 16 bits with alpha', async () => {
    const block = Buffer.from(Uint16Array.of(0x0100, 0x2000, 0xff00, 0x8000).buffer);
    const page = { ...rgbTags, [width]: [1], [bits]: Array(4).fill(16), [samples]: [4] };
    const tags = { ...page, [extraSamples]: [2] };

    expect([...rgbOf(await decodeTiff({ tags, blocks: [block] }))]).toEqual([1, 0x20, 255]);
  });

  it('reads planes of 16 bits', async () => {
    const blocks = [0x0100, 0x2000, 0xff00].map((value) => Buffer.from(Uint16Array.of(value).buffer));
    const tags = { ...rgbTags, [width]: [1], [bits]: [16, 16, 16], [planes]: [2] };

    expect([...rgbOf(await decodeTiff({ tags, blocks }))]).toEqual([1, 0x20, 255]);
  });

  it('repeats the chroma samples of a group', async () => {
    const tags = { ...rgbTags, [width]: [3], [height]: [2], [photometric]: [6], [subsampling]: [2, 2] };
    const block = Buffer.of(10, 20, 40, 50, 128, 128, 30, 0, 60, 0, 128, 128);

    expect(levelsOf(await decodeTiff({ tags, blocks: [block] }))).toEqual([10, 20, 30, 40, 50, 60]);
  });

  it.each([
    ['does not say how', {}],
    ['says so for one direction only', { [subsampling]: [2] }],
  ])('takes the colours of an uncompressed page for whole if it %s', async (_, stated) => {
    const tags = { ...rgbTags, [photometric]: [6], ...stated };

    const image = await decodeTiff({ tags, blocks: [Buffer.of(10, 128, 128, 20, 128, 128)] });

    expect(levelsOf(image)).toEqual([10, 20]);
  });

  it.each([
    ['does not say how', {}],
    ['says so for one direction only', { [subsampling]: [1] }],
  ])('takes the colours of a compressed page for halved both ways if it %s', async (_, stated) => {
    const tags = { ...rgbTags, [height]: [2], [photometric]: [6], [compression]: [32773], ...stated };
    const block = Buffer.of(5, 10, 20, 30, 40, 128, 128);

    expect(levelsOf(await decodeTiff({ tags, blocks: [block] }))).toEqual([10, 20, 30, 40]);
  });

  it.each([
    [1, [0b10100000], 3, [255, 0, 255]],
    [2, [0b00011011, 0b11000000], 5, [0, 85, 170, 255, 255]],
    [4, [0x0f, 0x70], 3, [0, 255, 119]],
    [8, [0, 127, 255], 3, [0, 127, 255]],
  ])('reads grey samples of %i bits, black or white as zero', async (depth, packed, columns, levels) => {
    const page = { tags: greyTags(columns, depth), blocks: [Buffer.from(packed)] };
    const dark = { ...page, tags: { ...page.tags, [photometric]: [0] } };

    expect(levelsOf(await decodeTiff(page))).toEqual(levels);
    expect(levelsOf(await decodeTiff(dark))).toEqual(levels.map((level) => 255 - level));
  });

  it.each(['II', 'MM'] as const)('clips 16-bit samples, as Pillow does: %s', async (byteOrder) => {
    const block = Buffer.from(
      [0, 254, 255, 256, 65_535].flatMap((value) =>
        byteOrder === 'II' ? [value & 255, value >> 8] : [value >> 8, value & 255],
      ),
    );
    const page = { tags: greyTags(5, 16), blocks: [block], byteOrder };

    expect(levelsOf(await decodeTiff(page))).toEqual([0, 254, 255, 255, 255]);
    expect(levelsOf(await decodeTiff({ ...page, tags: { ...page.tags, [photometric]: [0] } }))).toEqual([
      0, 254, 255, 255, 255,
    ]);
  });

  it('truncates and clips floats', async () => {
    const block = Buffer.from(Float32Array.of(-3, 0.9, 1.1, 254.9, 1e9).buffer);
    const tags = { ...greyTags(5, 32), [sampleFormat]: [3] };

    expect(levelsOf(await decodeTiff({ tags, blocks: [block] }))).toEqual([0, 0, 1, 254, 255]);
  });

  it('reverses horizontal differences per colour', async () => {
    const differences = deflateSync(Buffer.of(1, 2, 3, 249, 249, 249, 10, 0, 1));
    const tags = { ...rgbTags, [width]: [3], [compression]: [8], [predictor]: [2] };

    expect([...rgbOf(await decodeTiff({ tags, blocks: [differences] }))]).toEqual([
      1, 2, 3, 250, 251, 252, 4, 251, 253,
    ]);
  });

  it.each([1, 32773])('ignores the predictor with compression %i', async (method) => {
    const block = method === 1 ? twoPixels : Buffer.concat([Buffer.of(5), twoPixels]);
    const tags = { ...rgbTags, [compression]: [method], [predictor]: [2] };

    expect([...rgbOf(await decodeTiff({ tags, blocks: [block] }))]).toEqual([...twoPixels]);
  });

  it('divides premultiplied colours by alpha', async () => {
    const block = Buffer.of(10, 20, 30, 0, 10, 20, 30, 255, 10, 64, 200, 128);
    const tags = { ...rgbTags, [width]: [3], [bits]: [8, 8, 8, 8], [samples]: [4] };
    const premultiplied = { ...tags, [extraSamples]: [1] };

    expect([...rgbOf(await decodeTiff({ tags, blocks: [block] }))]).toEqual([
      10, 20, 30, 10, 20, 30, 10, 64, 200,
    ]);
    expect([...rgbOf(await decodeTiff({ tags: premultiplied, blocks: [block] }))]).toEqual([
      0, 0, 0, 10, 20, 30, 19, 127, 255,
    ]);
  });
});

describe('decode, further samples of a TIFF', () => {
  it.each([
    [2, [0, 0]],
    [2, [2, 0]],
    [2, [0, 0, 0]],
    [5, [0]],
  ])('skips them: colour space %i, extra samples %j', async (colours, extras) => {
    const count = (colours === 2 ? 3 : 4) + extras.length;
    const block = Buffer.of(10, 20, 30, ...Array(count - 3).fill(0));
    const page = { ...rgbTags, [width]: [1], [bits]: Array(count).fill(8), [photometric]: [colours] };
    const tags = { ...page, [samples]: [count], [extraSamples]: extras };

    const rgb = colours === 2 ? [10, 20, 30] : [245, 235, 225];
    expect([...rgbOf(await decodeTiff({ tags, blocks: [block] }))]).toEqual(rgb);
  });

  it("reads signed bytes as unsigned ones, like Pillow's mode L", async () => {
    const tags = { ...greyTags(2, 8), [sampleFormat]: [2] };

    expect(levelsOf(await decodeTiff({ tags, blocks: [Buffer.of(5, 200)] }))).toEqual([5, 200]);
  });
});

describe('decode, rejected TIFFs', () => {
  it.each<[string, Record<number, readonly number[]>]>([
    ['TIFF of ICC L*a*b* colours', { [photometric]: [9] }],
    ['TIFF of 3 samples of 16,16,16 bits', { [photometric]: [8], [bits]: [16, 16, 16] }],
    ['JPEG-compressed TIFF of 3 samples of 8,8,8 bits', { [photometric]: [8], [compression]: [7] }],
    ['TIFF of the colour space 4', { [photometric]: [4] }],
    ['RAW photo (colour filter array)', { [photometric]: [32803] }],
    ['fax-compressed TIFF of 3 samples of 8,8,8 bits', { [compression]: [2] }],
    ['fax-compressed TIFF of 3 samples of 8,8,8 bits', { [compression]: [3] }],
    ['fax-compressed TIFF of 3 samples of 8,8,8 bits', { [compression]: [4] }],
    [
      'fax-compressed TIFF of 1 sample of 8 bits',
      { [compression]: [3], [bits]: [8], [samples]: [1], [photometric]: [1] },
    ],
    ['TIFF of JBIG-compressed pages', { [compression]: [34661] }],
    ['TIFF of JPEG 2000-compressed pixels', { [compression]: [34712] }],
    ['TIFF of WebP-compressed pixels', { [compression]: [50001] }],
    ['TIFF of JPEG XL-compressed pixels', { [compression]: [52546] }],
    ['TIFF of the compression 999', { [compression]: [999] }],
    ['TIFF of 2 samples of 8,8 bits in a colour space of 3', { [bits]: [8, 8], [samples]: [2] }],
    [
      'TIFF of 7 samples of 8,8,8,8,8,8,8 bits',
      { [bits]: Array(7).fill(8), [samples]: [7], [extraSamples]: [2, 0, 0, 0] },
    ],
    [
      'TIFF of YCbCr in separate planes, uncompressed',
      { [photometric]: [6], [planes]: [2], [subsampling]: [1, 1] },
    ],
    [
      'TIFF of YCbCr in separate planes, subsampled 2:2',
      { [photometric]: [6], [planes]: [2], [compression]: [5] },
    ],
    ['TIFF of YCbCr subsampled 3:1', { [photometric]: [6], [subsampling]: [3, 1] }],
    ['TIFF of YCbCr subsampled 1:4', { [photometric]: [6], [subsampling]: [1, 4] }],
    [
      'TIFF of differences of YCbCr subsampled 2:1 of this width',
      { [photometric]: [6], [compression]: [5], [predictor]: [2], [subsampling]: [2, 1] },
    ],
    [
      'TIFF of differences of YCbCr subsampled 4:2 in tiles of this width',
      {
        ...{ [photometric]: [6], [compression]: [5], [predictor]: [2], [subsampling]: [4, 2] },
        ...{ [tileWidth]: [16], [tileHeight]: [16] },
      },
    ],
    ['TIFF with the predictor 9', { [compression]: [5], [predictor]: [9] }],
    ['TIFF of differences of 3 samples of 8,8,8 bits', { [compression]: [5], [predictor]: [3] }],
    [
      'TIFF of differences of 1 sample of 32 bits (float)',
      {
        [bits]: [32],
        [samples]: [1],
        [photometric]: [1],
        [sampleFormat]: [3],
        [compression]: [5],
        [predictor]: [2],
      },
    ],
    ['JPEG-compressed TIFF of 3 samples of 16,16,16 bits', { [bits]: [16, 16, 16], [compression]: [7] }],
    ['TIFF of 3 samples of 1 bits', { [bits]: [] }],
    ['TIFF of 3 samples of 8,8,8 bits (of no stated format)', { [sampleFormat]: [4] }],
    [
      'TIFF of 1 sample of 8 bits (signed)',
      { [bits]: [8], [samples]: [1], [photometric]: [0], [sampleFormat]: [2] },
    ],
    ...[[], [1], [2, 0]].map((extras): [string, Record<number, readonly number[]>] => [
      `TIFF of 2 samples of 8,8 bits with extra samples whose meaning is ${extras.length > 0 ? `stated as ${extras}` : 'not stated'}`,
      { [bits]: [8, 8], [samples]: [2], [photometric]: [1], [extraSamples]: extras },
    ]),
    [
      'TIFF of 3 samples of 8,8,8 bits with extra samples whose meaning is stated as 7,7,7,7,7,7,7,7,…',
      { [extraSamples]: Array(999).fill(7) },
    ],
    ['TIFF of 9 samples of 1,2,3,4,5,6,7,8,… bits', { [bits]: [1, 2, 3, 4, 5, 6, 7, 8, 9], [samples]: [9] }],
    ['TIFF of 8 samples of 1,2,3,4,5,6,7,8 bits', { [bits]: [1, 2, 3, 4, 5, 6, 7, 8], [samples]: [8] }],
    [
      'TIFF of 5 samples of 8,8,8,8,8 bits with extra samples whose meaning is not stated',
      { [bits]: Array(5).fill(8), [samples]: [5] },
    ],
    ['TIFF of 1 sample of 12 bits', { [bits]: [12], [samples]: [1], [photometric]: [3] }],
    [
      'TIFF of 2 samples of 4,4 bits',
      { [bits]: [4, 4], [samples]: [2], [photometric]: [3], [extraSamples]: [0] },
    ],
    [
      'TIFF of 1 sample of 4 bits (signed)',
      { [bits]: [4], [samples]: [1], [photometric]: [1], [sampleFormat]: [2] },
    ],
    [
      'TIFF of 3 samples of 8,8,8 bits with extra samples whose meaning is stated as 0',
      { [extraSamples]: [0] },
    ],
    [
      'TIFF of 5 samples of 8,8,8,8,8 bits with extra samples whose meaning is stated as 0,2',
      { [bits]: Array(5).fill(8), [samples]: [5], [extraSamples]: [0, 2] },
    ],
    [
      'TIFF of 5 samples of 8,8,8,8,8 bits with extra samples whose meaning is stated as 2',
      { [bits]: Array(5).fill(8), [samples]: [5], [photometric]: [5], [extraSamples]: [2] },
    ],
    [
      'TIFF of 4 samples of 8,8,8,8 bits with extra samples whose meaning is stated as 0',
      {
        [bits]: Array(4).fill(8),
        [samples]: [4],
        [photometric]: [6],
        [compression]: [7],
        [extraSamples]: [0],
      },
    ],
    [
      'TIFF of 5 samples of 16,16,16,16,16 bits',
      { [bits]: Array(5).fill(16), [samples]: [5], [extraSamples]: [0, 0] },
    ],
    ['TIFF of 3 samples of 8,8,8 bits (signed)', { [sampleFormat]: [2] }],
    ['TIFF of 3 samples of 8,8,8 bits that are greys', { [photometric]: [1] }],
    ['TIFF of 2 samples of 16,16 bits', { [bits]: [16, 16], [samples]: [2], [photometric]: [1] }],
    ['TIFF of 3 samples of 8,8,16 bits', { [bits]: [8, 8, 16] }],
    ['TIFF of 3 samples of 4,4,4 bits', { [bits]: [4, 4, 4] }],
    ['TIFF of 3 samples of 12,12,12 bits', { [bits]: [12, 12, 12] }],
    [
      'TIFF of 1 sample of 16 bits (float)',
      { [bits]: [16], [samples]: [1], [photometric]: [1], [sampleFormat]: [3] },
    ],
    [
      'TIFF of 2 samples of 32,32 bits (float)',
      { [bits]: [32, 32], [samples]: [2], [photometric]: [1], [sampleFormat]: [3] },
    ],
    ['TIFF of 3 samples of 32,32,32 bits (float)', { [bits]: [32, 32, 32], [sampleFormat]: [3] }],
    ['TIFF of 2 samples of 4,4 bits', { [bits]: [4, 4], [samples]: [2], [photometric]: [1] }],
    [
      'TIFF of differences of 1 sample of 4 bits',
      { [bits]: [4], [samples]: [1], [photometric]: [1], [compression]: [5], [predictor]: [2] },
    ],
  ])('names the variant: %s', async (kind, tags) => {
    const answer = decodeTiff({ tags: { ...rgbTags, ...tags }, blocks: [twoPixels] });

    await expect(answer).rejects.toBeInstanceOf(UnsupportedFormat);
    await expect(answer).rejects.toThrow(`${kind}; save it as 8-bit RGB, or as PNG`);
  });

  it.each([
    [
      'another number of components',
      'coffee_base_444.jpg',
      5,
      'TIFF whose tags state another number of samples than its JPEG has (4 and 3)',
    ],
    [
      'subsampled RGB',
      'coffee_base_420.jpg',
      2,
      'TIFF of the colour space 2 with a JPEG of subsampled colours',
    ],
    [
      'RGB subsampled across',
      'coffee_base_422.jpg',
      2,
      'TIFF of the colour space 2 with a JPEG of subsampled colours',
    ],
    [
      'RGB subsampled down',
      'samp_440.jpg',
      2,
      'TIFF of the colour space 2 with a JPEG of subsampled colours',
    ],
    [
      'other subsampling down than its page',
      'coffee_base_420.jpg',
      6,
      'TIFF of YCbCr subsampled 2:1 with a JPEG of 2:2',
    ],
    [
      'other subsampling across than its page',
      'coffee_base_444.jpg',
      6,
      'TIFF of YCbCr subsampled 2:1 with a JPEG of 1:1',
    ],
  ])('refuses a mislabelled page as Pillow does: a JPEG with %s', async (_, file, colours, fault) => {
    const count = colours === 5 ? 4 : 3;
    const page = {
      ...rgbTags,
      [width]: [300],
      [height]: [200],
      [compression]: [7],
      [photometric]: [colours],
      [subsampling]: [2, 1],
    };
    const tags = { ...page, [samples]: [count], [bits]: Array(count).fill(8) };

    const answer = decodeTiff({ tags, blocks: [readImage(file)] });

    await expect(answer).rejects.toBeInstanceOf(UnsupportedFormat);
    await expect(answer).rejects.toThrow(`${fault}; save it`);
  });

  it.each<[string, Record<number, readonly number[]>]>([
    ['blocks of 0x16 in a page of 2x1', { [tileWidth]: [0], [tileHeight]: [16] }],
    ['blocks of 16x0 in a page of 2x1', { [tileWidth]: [16] }],
    ['blocks of 2x0 in a page of 2x1', { [rowsPerStrip]: [0] }],
    ['blocks of 5000x5000 in a page of 2x1', { [tileWidth]: [5000], [tileHeight]: [5000] }],
  ])('names the damage: %s', async (fault, tags) => {
    const answer = decodeTiff({
      tags: { ...rgbTags, ...tags },
      blocks: [twoPixels],
      tiled: tileWidth in tags,
    });

    await expect(answer).rejects.toBeInstanceOf(CorruptImage);
    await expect(answer).rejects.toThrow(`tiff: ${fault}`);
  });

  it.each([
    [11, { [bits]: [8, 8, 8] }],
    [14, { [bits]: [16, 16, 16] }],
    [9, { [bits]: [1], [samples]: [1], [photometric]: [1] }],
  ])('counts %i bytes of memory a pixel', async (bytesPerPixel, tags) => {
    const page = { ...rgbTags, [width]: [1000], [height]: [1000], ...tags };
    const bytes = tiff({ tags: page, blocks: [twoPixels] });

    const answer = decode(bytes, { ...defaultLimits, memoryMegabytes: bytesPerPixel - 1 });

    await expect(answer).rejects.toThrow(
      `1000x1000 of this tiff takes ${bytesPerPixel} MB to decode; there are ${bytesPerPixel - 1} MB`,
    );
  });

  it('counts the memory of a tile that is larger than the page', async () => {
    const tags = { ...rgbTags, [tileWidth]: [4096], [tileHeight]: [4096] };
    const bytes = tiff({ tags, blocks: [twoPixels], tiled: true });

    const answer = decode(bytes, { ...defaultLimits, memoryMegabytes: 100 });

    await expect(answer).rejects.toThrow('2x1 of this tiff takes 118 MB to decode; there are 100 MB');
  });

  it.each([
    [0, 1],
    [1, 0],
  ])('rejects a page of %ix%i', async (columns, rows) => {
    const tags = { ...rgbTags, [width]: [columns], [height]: [rows] };

    await expect(decodeTiff({ tags, blocks: [twoPixels] })).rejects.toThrow(
      `tiff: ${columns}x${rows}: the image has no pixels`,
    );
  });

  it('accepts one plane of one colour', async () => {
    const tags = { ...greyTags(2, 8), [planes]: [2] };

    expect(levelsOf(await decodeTiff({ tags, blocks: [Buffer.of(1, 2)] }))).toEqual([1, 2]);
  });
});
