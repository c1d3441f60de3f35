import { describe, expect, it } from 'vitest';
import type { Bitmap } from '../../../../functions/classify/image/image.ts';
import { forEachRow } from '../../../../functions/classify/image/rows.ts';
import type { AxisPlan, Resampler } from '../../../../functions/classify/tensor/axis.ts';
import { nearestResampler } from '../../../../functions/classify/tensor/nearest.ts';
import type { PixelView } from '../../../../functions/classify/tensor/pixel-view.ts';
import { filterResampler, startsWithRows } from '../../../../functions/classify/tensor/resize.ts';
import { rgbOf } from '../decode/rgb.ts';
import { answersOf, digest, noise } from './fixtures/keras-pillow.ts';

function packed({ data, width, height, offset, strideX, strideY }: PixelView): Uint8Array {
  return Uint8Array.from({ length: 3 * width * height }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return data[offset + (pixel % width) * strideX + Math.floor(pixel / width) * strideY + (i % 3)];
  });
}

function allOf(count: number) {
  return { count, first: 0, kept: count };
}

type Box = readonly [left: number, top: number, width: number, height: number];

/** Pillow's `resize((width, height), resample, box)`. */
function resize(
  bitmap: Bitmap,
  [width, height]: readonly [number, number],
  interpolation: (typeof filters)[number],
  box: Box,
): Uint8Array {
  return interpolation === 'nearest'
    ? resizeWith(nearestResampler, bitmap, [width, height], box)
    : resizeWith(filterResampler(interpolation), bitmap, [width, height], box);
}

function resizeWith<Plan extends AxisPlan>(
  resampler: Resampler<Plan>,
  bitmap: Bitmap,
  [width, height]: readonly [number, number],
  box: Box,
): Uint8Array {
  const across = resampler.planAxis({ length: bitmap.width, from: box[0], size: box[2] }, allOf(width));
  const down = resampler.planAxis({ length: bitmap.height, from: box[1], size: box[3] }, allOf(height));
  const picture = resampler.emptyView(width, height);
  const { takeRow } = resampler.open(across, down, startsWithRows(bitmap, { width, height }), picture);
  forEachRow(bitmap, { columns: across.read, rows: down.read }, takeRow);
  return packed(picture);
}

const filters = ['nearest', 'bilinear', 'bicubic', 'box', 'hamming', 'lanczos'] as const;

describe('a resampler', () => {
  it.each(answersOf('resize'))(
    'matches Pillow: $interpolation of $width x $height, box $box, to $target',
    (answer) => {
      const resized = resize(noise(answer), answer.target, answer.interpolation, answer.box);

      expect(digest(resized)).toBe(answer.sha256);
    },
  );

  it('scales repeated rows like single ones', () => {
    const [a, b] = [1, 2].map((seed) => noise({ seed, width: 31, height: 1, block: 1 }));
    const rows = [a, a, b, b, b, a];
    const bitmap = { width: 31, height: rows.length, data: Buffer.concat(rows.map(({ data }) => data)) };

    const resized = resize(bitmap, [10, rows.length], 'bicubic', [0, 0, 31, rows.length]);

    const alone = rows.map((row) => resize(row, [10, 1], 'bicubic', [0, 0, 31, 1]));
    expect(Buffer.from(resized)).toEqual(Buffer.concat(alone));
  });

  it.each(filters)('keeps an image that already has the target size: %s', (interpolation) => {
    const bitmap = noise({ seed: 1, width: 31, height: 17, block: 1 });

    const resized = resize(bitmap, [31, 17], interpolation, [0, 0, 31, 17]);

    expect(resized).toEqual(rgbOf(bitmap));
  });
});
