import { describe, expect, it } from 'vitest';
import { decode } from '../../../../functions/classify/decode/decode.ts';
import { defaultLimits } from '../../../../functions/classify/image/limits.ts';
import { CorruptImage } from '../../../../functions/classify/image/rejections.ts';
import { cases, readCase } from '../../../goldens/goldens.ts';
import { sha256Of } from './pillow-answers.ts';
import { rgbOf } from './rgb.ts';

describe('decode, files as other programs write them', () => {
  it.each(cases)("equals Pillow's pixels for $file", async ({ file, width, height, orientation, sha256 }) => {
    const image = await decode(readCase(file), defaultLimits);

    expect(image).toMatchObject({ width, height, orientation });
    expect(sha256Of(rgbOf(image))).toBe(sha256);
  });

  it.each([
    ['an unknown marker between progressive scans', '4-203.jpg', 'unknown marker ff56'],
    ['an unknown marker behind the last scan', '13-118.jpg', 'unknown marker ff17'],
    ['TEM before the first scan', '6-209.jpg', 'unknown marker ff01'],
    ['a Huffman table at place 49', '7-182.jpg', 'a broken Huffman table'],
  ])('rejects a damaged JPEG with %s, as Pillow does', async (_, file, damage) => {
    const answer = decode(readCase(file), defaultLimits);

    await expect(answer).rejects.toBeInstanceOf(CorruptImage);
    await expect(answer).rejects.toThrow(`jpeg: ${damage}`);
  });
});
