import { describe, expect, it } from 'vitest';
import { decode } from '../../../../../functions/classify/decode/decode.ts';
import { defaultLimits } from '../../../../../functions/classify/image/limits.ts';
import { CorruptImage, UnsupportedFormat } from '../../../../../functions/classify/image/rejections.ts';
import { rgbOf } from '../rgb.ts';

const [bitFields, jpegCompression, pngCompression, alphaBitFields, cmyk] = [3, 4, 5, 6, 11];

interface Bmp {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly compression?: number;
  readonly masks?: readonly number[];
  /** Greys. */
  readonly palette?: readonly number[];
  readonly pixels: readonly number[];
}

function bmp({ width, height, bits, compression = 0, masks = [], palette = [], pixels }: Bmp): Buffer {
  const header = Buffer.alloc(54 + 4 * masks.length);
  header.write('BM');
  header.writeUInt32LE(header.length + 4 * palette.length, 10);
  header.writeUInt32LE(40, 14);
  header.writeInt32LE(width, 18);
  header.writeInt32LE(height, 22);
  header.writeUInt16LE(1, 26);
  header.writeUInt16LE(bits, 28);
  header.writeUInt32LE(compression, 30);
  header.writeUInt32LE(palette.length, 46);
  for (const [i, mask] of masks.entries()) header.writeUInt32LE(mask, 54 + 4 * i);
  const colours = palette.flatMap((grey) => [grey, grey, grey, 0]);
  return Buffer.concat([header, Buffer.from([...colours, ...pixels])]);
}

function decodeBmp(file: Bmp) {
  return decode(bmp(file), defaultLimits);
}

async function levelsOf(file: Bmp) {
  return [...rgbOf(await decodeBmp(file))].filter((_, i) => i % 3 === 0);
}

describe('decode, run-length encoded BMP', () => {
  const four = { width: 4, height: 2, palette: [10, 20, 30, 40] };
  const rle8 = { ...four, bits: 8, compression: 1 };
  const rle4 = { ...four, bits: 4, compression: 2 };

  it('reads runs, literals and the end of rows, from the bottom up', async () => {
    const pixels = [3, 1, 1, 2, 0, 0, 0, 3, 1, 2, 3, 0, 1, 0, 0, 1];

    expect(await levelsOf({ ...rle8, pixels })).toEqual([20, 30, 40, 10, 20, 20, 20, 30]);
  });

  it('reads alternating runs and literals of 4 bits', async () => {
    const pixels = [4, 0x12, 0, 0, 0, 3, 0x12, 0x30, 1, 0x20, 0, 1];

    expect(await levelsOf({ ...rle4, pixels })).toEqual([20, 30, 40, 30, 20, 30, 20, 30]);
  });

  it('leaves skipped pixels and unfinished rows at index 0', async () => {
    expect(await levelsOf({ ...rle8, pixels: [1, 1, 0, 2, 1, 1, 2, 3, 0, 1] })).toEqual([
      10, 10, 40, 40, 20, 10, 10, 10,
    ]);
    expect(await levelsOf({ ...rle8, pixels: [0, 0, 4, 2, 0, 1] })).toEqual([30, 30, 30, 30, 10, 10, 10, 10]);
  });

  it('leaves everything after an early end mark at index 0', async () => {
    expect(await levelsOf({ ...rle8, pixels: [2, 1, 0, 1, 4, 3] })).toEqual([10, 10, 10, 10, 20, 20, 10, 10]);
  });

  it('clips runs at the end of a row', async () => {
    expect(await levelsOf({ ...rle8, pixels: [9, 1, 0, 0, 9, 2] })).toEqual([30, 30, 30, 30, 20, 20, 20, 20]);
  });

  it('rejects data that end without an end mark', async () => {
    const answer = decodeBmp({ ...rle8, pixels: [4, 1, 0, 0, 3, 2] });

    await expect(answer).rejects.toBeInstanceOf(CorruptImage);
    await expect(answer).rejects.toThrow('bmp: truncated in row 2 of 2');
  });

  it('rejects data that end within a literal run or a skip', async () => {
    const inRun = decodeBmp({ ...rle8, pixels: [4, 1, 0, 0, 0, 4, 1, 2, 3] });
    const inSkip = decodeBmp({ ...rle8, pixels: [4, 1, 0, 0, 0, 2, 1] });

    await expect(inRun).rejects.toThrow('bmp: truncated in row 2 of 2');
    await expect(inSkip).rejects.toThrow('bmp: truncated in row 2 of 2');
  });

  it('reads a literal run whose bytes beyond the last row are missing', async () => {
    expect(await levelsOf({ ...rle8, pixels: [4, 1, 0, 0, 0, 9, 1, 1, 1, 2] })).toEqual([
      20, 20, 20, 30, 20, 20, 20, 20,
    ]);
  });
});

describe('decode, colours of BMP', () => {
  const onePixel = { width: 1, height: 1, bits: 32, compression: bitFields, pixels: [1, 2, 3, 4] };

  it.each([
    [
      [0xff0000, 0xff00, 0xff],
      [3, 2, 1],
    ],
    [
      [0xff000000, 0xff0000, 0xff00],
      [4, 3, 2],
    ],
    [
      [0xff000000, 0xff00, 0xff],
      [4, 2, 1],
    ],
    [
      [0, 0, 0],
      [3, 2, 1],
    ],
  ])("reads colours in Pillow's orders of bytes: %j", async (masks, rgb) => {
    expect([...rgbOf(await decodeBmp({ ...onePixel, masks }))]).toEqual(rgb);
  });

  it('reads red in the lowest byte only if alpha is in the highest', async () => {
    const masks = [0xff, 0xff00, 0xff0000, 0xff000000];
    const bytes = bmp({ ...onePixel, masks });
    await expect(decode(bytes, defaultLimits)).rejects.toThrow(
      'BMP with the colour masks ff, ff00, ff0000, 0; save it with 24 bits per pixel, or as PNG',
    );

    bytes.writeUInt32LE(56, 14);

    expect([...rgbOf(await decode(bytes, defaultLimits))]).toEqual([1, 2, 3]);
  });

  it.each<[string, Partial<Bmp>]>([
    ['with the colour masks f00, f0, f', { bits: 16, compression: bitFields, masks: [0xf00, 0xf0, 0xf] }],
    ['with the colour masks 0, 0, 0', { bits: 16, compression: bitFields, masks: [0, 0, 0] }],
    ['with the colour masks 1, 2, 3', { bits: 8, compression: bitFields, masks: [1, 2, 3] }],
    ['with JPEG compression', { compression: jpegCompression }],
    ['with PNG compression', { compression: pngCompression }],
    ['with masks of alpha (BI_ALPHABITFIELDS)', { compression: alphaBitFields }],
    ['with compression 11', { compression: cmyk }],
    ['with compression 4294967295', { compression: 2 ** 32 - 1 }],
    ['of 2 bits per pixel', { bits: 2 }],
    ['of 24 bits per pixel, run-length encoded', { compression: 1 }],
  ])('rejects a file by name: %s', async (kind, changes) => {
    const answer = decodeBmp({ width: 1, height: 1, bits: 24, pixels: [1, 2, 3, 0], ...changes });

    await expect(answer).rejects.toBeInstanceOf(UnsupportedFormat);
    await expect(answer).rejects.toThrow(`BMP ${kind}; save it with 24 bits per pixel, or as PNG`);
  });

  it('rejects a file without all of its rows', async () => {
    await expect(decodeBmp({ width: 1, height: 2, bits: 24, pixels: [1, 2, 3, 0] })).rejects.toBeInstanceOf(
      CorruptImage,
    );
  });

  it.each([
    ['as greys if the palette is the first three or more of them', [0, 1, 2], [1, 3, 200]],
    ['as black if the palette has other greys', [0, 1, 3], [1, 0, 0]],
    ['as black if the palette is the first two greys', [0, 1], [1, 0, 0]],
  ])('shows indices beyond the palette %s', async (_, palette, levels) => {
    const pixels = [1, 3, 200, 0];

    expect(await levelsOf({ width: 3, height: 1, bits: 8, palette, pixels })).toEqual(levels);
  });

  it('rejects a palette that no file needs', async () => {
    const bytes = bmp({ width: 1, height: 1, bits: 8, palette: [1, 2], pixels: [0, 0, 0, 0] });
    bytes.writeUInt32LE(70_000, 46);

    await expect(decode(bytes, defaultLimits)).rejects.toThrow('bmp: a palette of 70000 colours');
  });

  it('ignores the number of colours of a file without a palette', async () => {
    const bytes = bmp({ width: 1, height: 1, bits: 24, pixels: [1, 2, 3, 0] });
    bytes.writeUInt32LE(70_000, 46);

    expect([...rgbOf(await decode(bytes, defaultLimits))]).toEqual([3, 2, 1]);
  });
});

describe('decode, BMP that misstates where its pixels are', () => {
  const greys = Array.from({ length: 256 }, (_, i) => 255 - i);
  const greyOf = async (file: Bmp, offset: number) => {
    const bytes = bmp(file);
    bytes.writeUInt32LE(offset, 10);
    return rgbOf(await decode(bytes, defaultLimits))[0];
  };

  it.each([
    ['nowhere', 0],
    ['at the palette', 54],
  ])('reads pixels after the palette if they are said to be %s', async (_, offset) => {
    for (const [bits, pixel] of [
      [8, 7],
      [4, 0x70],
    ]) {
      const palette = greys.slice(0, 1 << bits);

      expect(await greyOf({ width: 1, height: 1, bits, palette, pixels: [pixel, 0, 0, 0] }, offset)).toBe(
        248,
      );
    }
  });

  it('reads pixels after a palette whose length is not stated', async () => {
    const bytes = bmp({ width: 1, height: 1, bits: 4, palette: greys.slice(0, 16), pixels: [0x70, 0, 0, 0] });
    bytes.writeUInt32LE(0, 10);
    bytes.writeUInt32LE(0, 46);

    expect(rgbOf(await decode(bytes, defaultLimits))[0]).toBe(248);
  });

  it.each([
    ['no palette', { bits: 24, pixels: [0, 0, 9, 0] }],
    ['masks', { bits: 32, compression: bitFields, masks: [0xff0000, 0xff00, 0xff], pixels: [0, 0, 9, 0] }],
  ])('reads pixels after a header with %s', async (_, file) => {
    expect(await greyOf({ width: 1, height: 1, ...file }, 0)).toBe(9);
  });

  const pixelsOfOne = [
    [1, [0x80, 0, 0, 0]],
    [4, [0x10, 0, 0, 0]],
    [8, [0x01, 0, 0, 0]],
  ] as const;

  it.each(pixelsOfOne.flatMap(([bits, pixels]) => [0, 26].map((offset) => [bits, offset, pixels] as const)))(
    'reads pixels after the palette of an OS/2 file: %i bits, said to be at %i',
    async (bits, offset, pixels) => {
      const header = Buffer.alloc(26);
      header.write('BM');
      header.writeUInt32LE(offset, 10);
      header.writeUInt32LE(12, 14);
      for (const [i, value] of [1, 1, 1, bits].entries()) header.writeUInt16LE(value, 18 + 2 * i);
      const palette = greys.slice(0, 1 << bits).flatMap((grey) => [grey, grey, grey]);

      const image = await decode(
        Buffer.concat([header, Buffer.from([...palette, ...pixels])]),
        defaultLimits,
      );

      expect(rgbOf(image)[0]).toBe(254);
    },
  );
});
