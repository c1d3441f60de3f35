import { describe, expect, it } from 'vitest';
import { decode } from '../../../../../functions/classify/decode/decode.ts';
import { defaultLimits } from '../../../../../functions/classify/image/limits.ts';
import { CorruptImage } from '../../../../../functions/classify/image/rejections.ts';

function uint16(value: number) {
  return Buffer.of(value & 0xff, value >> 8);
}

/** Packs codes of `bits` bits, lowest bits first, into blocks of at most `blockBytes`. */
function blocksOf(codes: readonly number[], bits: number, blockBytes = 255): Buffer {
  const packed = Buffer.alloc(Math.ceil((codes.length * bits) / 8));
  codes.forEach((code, i) => {
    for (let bit = 0; bit < bits; bit++) {
      const at = i * bits + bit;
      packed[at >> 3] |= ((code >> bit) & 1) << (at & 7);
    }
  });
  const blocks = Array.from({ length: Math.ceil(packed.length / blockBytes) }, (_, i) =>
    packed.subarray(i * blockBytes, (i + 1) * blockBytes),
  );
  return Buffer.concat([...blocks.flatMap((block) => [Buffer.of(block.length), block]), Buffer.of(0)]);
}

/** LZW data with one literal per pixel that clears the table before codes get longer. */
function pixelData(indices: readonly number[], literalBits = 3, blockBytes = 255): Buffer {
  const clear = 1 << literalBits;
  const codes = indices.flatMap((index, i) => (i % (clear - 2) === 0 ? [clear, index] : [index]));
  return Buffer.concat([
    Buffer.of(literalBits),
    blocksOf([...codes, clear + 1], literalBits + 1, blockBytes),
  ]);
}

/** A palette of greys, `step` apart. */
function palette(step: number) {
  return Buffer.from(Array.from({ length: 8 }, (_, i) => [i * step, i * step, i * step]).flat());
}
const withPalette = 0x82;
const interlaced = 0x40;

interface Frame {
  readonly box: readonly [left: number, top: number, width: number, height: number];
  readonly data: Buffer;
  readonly flags?: number;
  readonly ownPalette?: Buffer;
}

function frame({ box, data, flags = 0, ownPalette }: Frame) {
  return Buffer.concat([
    Buffer.of(0x2c),
    ...box.map(uint16),
    Buffer.of(flags | (ownPalette ? withPalette : 0)),
    ownPalette ?? Buffer.alloc(0),
    data,
  ]);
}

function gif([width, height]: readonly [number, number], blocks: readonly Buffer[], shared?: Buffer) {
  return Buffer.concat([
    Buffer.from('GIF89a'),
    uint16(width),
    uint16(height),
    Buffer.of(shared ? withPalette : 0, 0, 0),
    shared ?? Buffer.alloc(0),
    ...blocks,
    Buffer.of(0x3b),
  ]);
}

function graphicControl(flags: number, transparentIndex: number) {
  return Buffer.of(0x21, 0xf9, 4, flags, 0, 0, transparentIndex, 0);
}
const comment = Buffer.concat([Buffer.of(0x21, 0xfe, 3), Buffer.from(',;!'), Buffer.of(1, 0x2c, 0)]);

const readsLikeControl = Buffer.of(0x21, 0xfe, 4, 1, 0, 0, 3, 0);

const row = frame({ box: [0, 0, 4, 1], data: pixelData([0, 1, 2, 3]) });
async function levelsOf(bytes: Buffer) {
  const { data } = await decode(bytes, defaultLimits);
  return [...data.filter((_, i) => i % 4 === 0)];
}

describe('decode, GIF', () => {
  it.each([
    ['comments', [comment, comment]],
    ['a graphic control', [graphicControl(0, 2)]],
    ['bytes that are no block', [Buffer.of(0, 1, 0xff)]],
  ])('finds the first frame after %s', async (_, blocks) => {
    expect(await levelsOf(gif([4, 1], [...blocks, row, row], palette(10)))).toEqual([0, 10, 20, 30]);
  });

  it("uses the frame's palette, else the global one, else greys", async () => {
    const own = frame({ box: [0, 0, 4, 1], data: pixelData([0, 1, 2, 3]), ownPalette: palette(30) });

    expect(await levelsOf(gif([4, 1], [own], palette(10)))).toEqual([0, 30, 60, 90]);
    expect(await levelsOf(gif([4, 1], [row], palette(10)))).toEqual([0, 10, 20, 30]);
    expect(await levelsOf(gif([4, 1], [row]))).toEqual([0, 1, 2, 3]);
  });

  it('paints indices beyond the palette black', async () => {
    const wide = frame({ box: [0, 0, 3, 1], data: pixelData([7, 8, 200], 8) });

    expect(await levelsOf(gif([3, 1], [wide], palette(10)))).toEqual([70, 0, 0]);
  });

  it('shows indices as greys if the palette is the first of them', async () => {
    const wide = { box: [0, 0, 3, 1], data: pixelData([7, 8, 200], 8) } as const;

    expect(await levelsOf(gif([3, 1], [frame(wide)], palette(1)))).toEqual([7, 8, 200]);
    expect(await levelsOf(gif([3, 1], [frame({ ...wide, ownPalette: palette(1) })], palette(10)))).toEqual([
      7, 8, 200,
    ]);
  });

  it.each([
    ['the transparent colour', [graphicControl(1, 3)], 30],
    ['the last of two transparent colours', [graphicControl(1, 5), graphicControl(1, 3)], 30],
    ['the first colour if none is transparent', [graphicControl(0, 3)], 0],
    ['the first colour if only a comment reads like a transparent one', [readsLikeControl], 0],
  ])('fills the canvas around the frame with %s', async (_, blocks, around) => {
    const inside = frame({ box: [1, 1, 2, 1], data: pixelData([1, 2]) });

    const levels = await levelsOf(gif([4, 3], [...blocks, inside], palette(10)));

    const edge = Array(4).fill(around);
    expect(levels).toEqual([...edge, around, 10, 20, around, ...edge]);
  });

  it('enlarges the canvas to a frame that exceeds it', async () => {
    const beyond = frame({ box: [3, 2, 2, 1], data: pixelData([1, 2]) });

    expect(await decode(gif([4, 1], [beyond]), defaultLimits)).toMatchObject({ width: 5, height: 3 });
    expect(await decode(gif([9, 8], [beyond]), defaultLimits)).toMatchObject({ width: 9, height: 8 });
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 17])('reads an interlaced frame of %i rows', async (height) => {
    const rows = Array.from({ length: height }, (_, y) => y);
    const passes = [
      rows.filter((y) => y % 8 === 0),
      rows.filter((y) => y % 8 === 4),
      rows.filter((y) => y % 4 === 2),
      rows.filter((y) => y % 2 === 1),
    ].flat();
    const data = pixelData(passes, 5);

    const levels = await levelsOf(
      gif([1, height], [frame({ box: [0, 0, 1, height], data, flags: interlaced })]),
    );

    expect(levels).toEqual(rows);
  });

  it.each([1, 2, 3, 7])('reads data in blocks of %i bytes', async (blockBytes) => {
    const indices = Array.from({ length: 40 }, (_, i) => i % 8);
    const data = pixelData(indices, 3, blockBytes);

    expect(await levelsOf(gif([40, 1], [frame({ box: [0, 0, 40, 1], data })]))).toEqual(indices);
  });

  it('accepts data without an end code once all pixels are there', async () => {
    const endless = Buffer.concat([Buffer.of(3), blocksOf([8, 1, 2, 3], 4)]);
    const surplus = Buffer.concat([Buffer.of(3), blocksOf([8, 1, 2, 3, 4, 5, 6], 4)]);

    for (const data of [endless, surplus]) {
      expect(await levelsOf(gif([3, 1], [frame({ box: [0, 0, 3, 1], data })]))).toEqual([1, 2, 3]);
    }
  });
});

describe('decode, unusual code sizes of GIF', () => {
  const shownAs = (literalBits: number, codes: readonly number[]) =>
    levelsOf(
      gif(
        [4, 1],
        [
          frame({
            box: [0, 0, 4, 1],
            data: Buffer.concat([Buffer.of(literalBits), blocksOf(codes, literalBits + 1)]),
            ownPalette: palette(10),
          }),
        ],
      ),
    );

  it('reads literals of 0 bits, as Pillow does', async () => {
    expect(await shownAs(0, [1, 0, 0, 0, 0])).toEqual([0, 0, 0, 0]);
  });

  it.each([9, 11, 12])('reads literals of %i bits, as Pillow does', async (bits) => {
    expect(await shownAs(bits, [1 << bits, 1, 2, 3, 4, (1 << bits) + 1])).toEqual([10, 20, 30, 40]);
  });
});

describe('decode, damaged GIF', () => {
  const withoutEnd = Buffer.concat([Buffer.of(3), blocksOf([8, 1, 2, 3], 4)]);

  it.each([
    ['a file without an image', gif([4, 1], [comment]), 'there is no image in the file'],
    [
      '13 bits per pixel',
      gif([4, 1], [frame({ box: [0, 0, 4, 1], data: Buffer.of(13, 0) })]),
      '13 bits per pixel',
    ],
    [
      'a frame without pixels',
      gif([4, 1], [frame({ box: [0, 0, 4, 0], data: pixelData([]) })]),
      'the first frame has no pixels',
    ],
    [
      'data that end early',
      gif([9, 1], [frame({ box: [0, 0, 9, 1], data: pixelData([1, 2]) })]),
      'truncated after 2 of 9 pixels',
    ],
    [
      'data that end early, before another frame',
      gif([9, 1], [frame({ box: [0, 0, 9, 1], data: withoutEnd }), row, row]),
      'truncated after 3 of 9 pixels',
    ],
    [
      'a file that ends one byte before its last block does',
      gif([4, 1], [row]).subarray(0, -3),
      'truncated after 0 of 4 pixels',
    ],
    [
      'a code that is not defined yet',
      gif(
        [4, 1],
        [frame({ box: [0, 0, 4, 1], data: Buffer.concat([Buffer.of(3), blocksOf([8, 1, 12], 4)]) })],
      ),
      'LZW code 12 where the table ends at 10',
    ],
    [
      'a first code that is not defined yet',
      gif([4, 1], [frame({ box: [0, 0, 4, 1], data: Buffer.concat([Buffer.of(3), blocksOf([8, 10], 4)]) })]),
      'LZW code 10 where the table ends at 9',
    ],
  ])('rejects %s', async (_, bytes, message) => {
    const answer = decode(bytes, defaultLimits);

    await expect(answer).rejects.toBeInstanceOf(CorruptImage);
    await expect(answer).rejects.toThrow(`gif: ${message}`);
  });
});
