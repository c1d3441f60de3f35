import { describe, expect, it } from 'vitest';
import type { Directory } from '../../../../../functions/classify/decode/shared/directory.ts';
import { pixelPainter } from '../../../../../functions/classify/decode/tiff/colours.ts';
import { compressions, type TiffLayout } from '../../../../../functions/classify/decode/tiff/layout.ts';
import { expandGroups } from '../../../../../functions/classify/decode/tiff/ycbcr.ts';
import { sha256Of } from '../pillow-answers.ts';

const [coefficients, referenceBlackWhite] = [529, 532];

const steps = Array.from({ length: 18 }, (_, i) => 15 * i);
const samples = Uint8Array.from(
  steps.flatMap((y) => steps.flatMap((cb) => steps.flatMap((cr) => [y, cb, cr]))),
);

function rgbOf(compression: number, rationals: Readonly<Record<number, readonly number[]>>): Uint8Array {
  const layout = { photometric: 6, compression, samplesPerPixel: 3 } as TiffLayout;
  const directory: Directory = {
    littleEndian: true,
    numbers: () => [],
    first: () => undefined,
    rationals: (tag) => [...(rationals[tag] ?? [])],
  };
  const paint = pixelPainter(layout, directory);
  const rgba = new Uint8Array((samples.length / 3) * 4);
  for (let s = 0, o = 0; s < samples.length; s += 3, o += 4) paint(samples, s, rgba, o);
  return rgba.filter((_, i) => i % 4 < 3);
}

/** The digests are printed by fixtures/ycbcr.py. */
describe('pixelPainter of YCbCr', () => {
  it("equals Pillow's own conversion of uncompressed pages", () => {
    expect(sha256Of(rgbOf(compressions.none, {}))).toBe(
      'fc115a19c8a695275b4b64054ec86b1c723c83f561e1d795354508b7000405d8',
    );
  });

  it.each<[string, Record<number, readonly number[]>, string]>([
    ['nothing', {}, '878db6874523aa0a4eb30c791454ee3dad63b2e36e8b4b830c54d1f82498bc18'],
    [
      'the coefficients of BT.709',
      { [coefficients]: [0.2126, 0.7152, 0.0722] },
      '65644c2b9d1bbb8ec837cb33326355d7704522046436e23d980b357069321f6c',
    ],
    [
      'coefficients that leave no green',
      { [coefficients]: [0.5, 0.001, 0.499] },
      '822eef32c51162c798990ce3ced0758346736339d92b14222d1eac851f36d31d',
    ],
    [
      'video levels',
      { [referenceBlackWhite]: [16, 235, 128, 240, 128, 240] },
      '9c7754c2a7124838b85dd4f58d1e4af7bd2ab8bca81c2a16a24861b3728df7fc',
    ],
    [
      'levels without a range',
      { [referenceBlackWhite]: [10, 10, 20, 20, 30, 30] },
      '4fea84e3118c15387ede2703d837f4c329e3e7c3b27a441ec7bf36b7ca0dd6ea',
    ],
    [
      'levels upside down',
      { [referenceBlackWhite]: [255, 0, 255, 128, 255, 128] },
      'e71d8a8f6d60fbe1042606580f93ba27a741c77077c13aef3790da8d3c0b5861',
    ],
    [
      'a range of one level',
      { [referenceBlackWhite]: [100, 101, 128, 129, 128, 129] },
      '9cb40140c7a41940e9908791dc5cf9841108190771ce362211ef12bbf1d70364',
    ],
  ])("equals libtiff's conversion of compressed pages that state %s", (_, rationals, digest) => {
    expect(sha256Of(rgbOf(compressions.packBits, rationals))).toBe(digest);
  });
});

/** Samples that tell their place: Y of a pixel, Cb and Cr of a group. */
function lumaAt(x: number, y: number): number {
  return 10 * y + x;
}
function cbAt(groupX: number, groupY: number): number {
  return 100 + 10 * groupY + groupX;
}
function crAt(groupX: number, groupY: number): number {
  return 200 + 10 * groupY + groupX;
}

describe('expandGroups', () => {
  it.each([
    [1, 1],
    [2, 1],
    [1, 2],
    [2, 2],
    [4, 2],
  ])('gives each of %i x %i pixels the colour of its group', (across, down) => {
    const [blockWidth, rows] = [7, 5];
    const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);
    const stored = upTo(Math.ceil(rows / down)).flatMap((groupY) =>
      upTo(Math.ceil(blockWidth / across)).flatMap((groupX) => [
        ...upTo(down).flatMap((dy) =>
          upTo(across).map((dx) => lumaAt(groupX * across + dx, groupY * down + dy)),
        ),
        cbAt(groupX, groupY),
        crAt(groupX, groupY),
      ]),
    );
    const layout = { blockWidth, subsampling: [across, down] } as unknown as TiffLayout;

    const expanded = expandGroups(Uint8Array.from(stored), layout, rows);

    expect([...expanded.subarray(0, 3 * blockWidth * rows)]).toEqual(
      upTo(rows).flatMap((y) =>
        upTo(blockWidth).flatMap((x) => {
          const [groupX, groupY] = [Math.floor(x / across), Math.floor(y / down)];
          return [lumaAt(x, y), cbAt(groupX, groupY), crAt(groupX, groupY)];
        }),
      ),
    );
  });
});
