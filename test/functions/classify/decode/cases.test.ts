import { describe, expect, it } from 'vitest';
import { decode } from '../../../../functions/classify/decode/decode.ts';
import { defaultLimits } from '../../../../functions/classify/image/limits.ts';
import { cases, readCase } from '../../../goldens/goldens.ts';
import { sha256Of } from './pillow-answers.ts';
import { rgbOf } from './rgb.ts';

describe('decode, files as other programs write them', () => {
  it.each(cases)("equals Pillow's pixels for $file", async ({ file, width, height, orientation, sha256 }) => {
    const image = await decode(readCase(file), defaultLimits);

    expect(image).toMatchObject({ width, height, orientation });
    expect(sha256Of(rgbOf(image))).toBe(sha256);
  });
});
