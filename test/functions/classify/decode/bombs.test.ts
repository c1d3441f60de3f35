/** Small files that pass the header checks and would still take seconds or all memory to decode. */
import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decode } from '../../../../functions/classify/decode/decode.ts';
import { defaultLimits } from '../../../../functions/classify/image/limits.ts';
import { CorruptImage, UnsupportedFormat } from '../../../../functions/classify/image/rejections.ts';
import { readImage } from '../../../goldens/goldens.ts';

async function cpuMsOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

describe('decode, on bombs', () => {
  it("checks a PNG's first header against the limits, not a second one", async () => {
    const bytes = Buffer.from(readImage('rgb8.png'));
    const header = Buffer.from(bytes.subarray(8, 33));
    header.writeUInt32BE(10_000, 8);
    const bomb = Buffer.concat([bytes.subarray(0, 33), header, bytes.subarray(33)]);

    const answer = decode(bomb, defaultLimits);

    await expect(answer).rejects.toBeInstanceOf(CorruptImage);
    await expect(answer).rejects.toThrow('png: a second IHDR chunk');
  });

  it('does not decode a WebP frame larger than its canvas', async () => {
    const answer = decode(oversizedFrame, defaultLimits);

    await expect(answer).rejects.toThrow('webp: the first frame reaches beyond the canvas');
    expect(await cpuMsOf(() => decode(oversizedFrame, defaultLimits).catch(() => {}))).toBeLessThan(100);
  });

  it('rejects an animated WebP without an ANIM chunk, as Pillow does', async () => {
    const at = oversizedFrame.indexOf('ANIM');
    const without = Buffer.concat([oversizedFrame.subarray(0, at), oversizedFrame.subarray(at + 14)]);
    without.writeUInt32LE(without.length - 8, 4);

    await expect(decode(without, defaultLimits)).rejects.toThrow('webp: an animation without ANIM');
  });

  // Made with Pillow: a flat AVIF of 8000x8000 whose `ispe` box was set to 64x64 afterwards.
  it('rejects an AVIF that takes more memory than its header calls for', async () => {
    const bomb = readFileSync(new URL('avif/fixtures/says_64x64_is_8000x8000.avif', import.meta.url));
    const decoding = async () =>
      expect(decode(bomb, defaultLimits)).rejects.toMatchObject({
        name: 'ImageTooLarge',
        message: 'decoding takes more than 128 MB, which is more than the header calls for',
      });

    // Filling 1.5 GB takes more than 2 s.
    expect(await cpuMsOf(decoding)).toBeLessThan(1000);
  });

  it('rejects an arithmetic-coded JPEG of many scans without data, after some of them', async () => {
    const scan = Buffer.from('ffda0008010100013f10', 'hex');
    const bomb = Buffer.concat([
      Buffer.from(`ffd8ffdb004300${'01'.repeat(64)}ffca000b080fa00fa001011100`, 'hex'),
      Buffer.from('ffda0008010100000000', 'hex'),
      ...new Array<Buffer>(90).fill(scan),
      Buffer.from('ffd9', 'hex'),
    ]);

    const answer = decode(bomb, defaultLimits);

    await expect(answer).rejects.toBeInstanceOf(UnsupportedFormat);
    await expect(answer).rejects.toThrow(
      'arithmetic-coded JPEG of far more decisions than its bytes call for',
    );
  });

  it.each([
    ['in a million tiles', { width: 1024, height: 1000, tile: 1 }, 'in 1024000 strips or tiles'],
    [
      'in 65,000 equal strips of 1 MB',
      { width: 1, height: 65_000, padding: 1_000_000 },
      'bytes in a file of',
    ],
    [
      'in tiles far wider than the page',
      { width: 1, height: 1_000_000, tile: 4096 },
      'in tiles of 4096x4096',
    ],
  ])('rejects a TIFF %s', async (_, page, message) => {
    const bomb = tiff(page);

    const answer = decode(bomb, defaultLimits);

    await expect(answer).rejects.toBeInstanceOf(UnsupportedFormat);
    await expect(answer).rejects.toThrow(message);
  });

  it('decodes a TIFF that stores identical rows once', async () => {
    expect(await decode(tiff({ width: 1, height: 65_000 }), defaultLimits)).toMatchObject({ height: 65_000 });
  });
});

/** 81 MP of one colour, in a canvas of one pixel. */
const oversizedFrame = Buffer.from(
  '524946465600000057454250565038580a00000002000000000000000000414e494d06000000000000000000414e4d462a000000000000000000000000000000000000005650384c110000002f27e3c90807508a2ad4a3ff8188e87f0000',
  'hex',
);

interface Page {
  readonly width: number;
  readonly height: number;
  /** Width and height of a tile. Without it, each row is a strip. */
  readonly tile?: number;
  /** Bytes of empty deflate blocks before the pixels of each strip or tile. */
  readonly padding?: number;
}

/** A deflated grey page whose strips or tiles are all the same bytes of the file. */
function tiff({ width, height, tile, padding = 0 }: Page): Buffer {
  const blocks = tile ? Math.ceil(width / tile) * Math.ceil(height / tile) : height;
  const packed = deflateSync(Buffer.alloc(tile ? tile * tile : width));
  const block = Buffer.concat([
    packed.subarray(0, 2),
    Buffer.alloc(padding, '000000ffff', 'hex'),
    packed.subarray(2),
  ]);
  const list = (value: number) => Buffer.from(new Uint32Array(blocks).fill(value).buffer);
  const directoryAt = 8 + block.length + 8 * blocks;
  const listAt = (index: number) => 8 + block.length + 4 * blocks * index;
  const entries: readonly (readonly [tag: number, count: number, value: number])[] = [
    [256, 1, width],
    [257, 1, height],
    [258, 1, 8],
    [259, 1, 8],
    [262, 1, 1],
    [tile ? 324 : 273, blocks, listAt(0)],
    [tile ? 325 : 279, blocks, listAt(1)],
    ...(tile
      ? ([
          [322, 1, tile],
          [323, 1, tile],
        ] as const)
      : ([[278, 1, 1]] as const)),
  ];
  const head = Buffer.from('49492a0000000000', 'hex');
  head.writeUInt32LE(directoryAt, 4);
  const directory = Buffer.alloc(2 + 12 * entries.length);
  directory.writeUInt16LE(entries.length);
  entries.forEach(([tag, count, value], i) => {
    directory.writeUInt16LE(tag, 2 + 12 * i);
    directory.writeUInt16LE(4, 4 + 12 * i);
    directory.writeUInt32LE(count, 6 + 12 * i);
    directory.writeUInt32LE(value, 10 + 12 * i);
  });
  return Buffer.concat([head, block, list(8), list(block.length), directory]);
}
