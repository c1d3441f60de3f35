/** Compares whole photos, which take longer than the small files of `decode-jpeg.test.ts`. */
import { describe, expect, it } from 'vitest';
import { readJpegHeader } from '../../../../../functions/classify/decode/jpeg/syntax/header.ts';
import { nearestIndices } from '../../../../../functions/classify/tensor/nearest.ts';
import { decoded, goldens, readArray, readImage } from '../../../../goldens/goldens.ts';
import { sha256Of } from '../pillow-answers.ts';
import { decodeToRgb, largeJpegs, sampleToRgb } from './fixtures/fixtures.ts';

function isDecodable(file: string) {
  return file !== 'arithmetic.jpg' && readImage(file).subarray(0, 2).join() === '255,216';
}

function indices(size: number, count: number): Int32Array {
  return nearestIndices({ from: 0, size }, { count, first: 0, kept: count });
}

describe('decodeJpeg, of photos', () => {
  it.each(decoded.filter(({ file }) => isDecodable(file)))(
    "equals Pillow's pixels: $file",
    ({ file, sha256 }) => {
      expect(sha256Of(decodeToRgb(readImage(file)))).toBe(sha256);
    },
  );

  const sampled = goldens.filter(
    ({ file, array, interpolation, keepAspectRatio }) =>
      array && isDecodable(file) && interpolation === 'nearest' && !keepAspectRatio,
  );
  it.each(sampled)('returns the pixels that Keras selects: $file', (golden) => {
    // Prepare
    const columns = indices(golden.width, golden.target.width);
    const rows = indices(golden.height, golden.target.height);

    // Act
    const rgb = sampleToRgb(readImage(golden.file), columns, rows);

    // Assess
    expect(Buffer.from(rgb).equals(readArray(golden))).toBe(true);
  });

  describe.each(largeJpegs)('of $file', ({ bytes, sha256, nearest }) => {
    it("equals Pillow's pixels", () => {
      expect(sha256Of(decodeToRgb(bytes))).toBe(sha256);
    });

    it.each(nearest)('returns the pixels for $width x $height with most blocks skipped', (target) => {
      // Prepare
      const { width, height } = readJpegHeader(bytes);
      const columns = indices(width, target.width);
      const rows = indices(height, target.height);

      // Act
      const rgb = sampleToRgb(bytes, columns, rows);

      // Assess
      expect(sha256Of(rgb)).toBe(target.sha256);
    });
  });
});
