import { describe, expect, it } from 'vitest';
import type { Bitmap, Orientation } from '../../../../functions/classify/image/image.ts';
import { forEachRow } from '../../../../functions/classify/image/rows.ts';
import { interpolations, policies } from '../../../../functions/classify/tensor/names.ts';
import type { PixelView } from '../../../../functions/classify/tensor/pixel-view.ts';
import { openScaler, type Scaling } from '../../../../functions/classify/tensor/scaler.ts';
import { answersOf, digest, noise } from './fixtures/keras-pillow.ts';

function packed({ data, width, height, offset, strideX, strideY }: PixelView): Uint8Array {
  return Uint8Array.from({ length: 3 * width * height }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return data[offset + (pixel % width) * strideX + Math.floor(pixel / width) * strideY + (i % 3)];
  });
}

type Size = readonly [width: number, height: number];

function scale(
  bitmap: Bitmap,
  orientation: Orientation,
  [width, height]: Size,
  scaling: Partial<Scaling>,
): Uint8Array {
  const { selection, takeRow, picture } = openScaler(
    { ...bitmap, orientation },
    { width, height },
    { interpolation: 'nearest', policy: 'stretch', orientation: 'exif', ...scaling },
  );
  forEachRow(bitmap, selection, takeRow);
  return packed(picture);
}

/** An upright copy. */
function turned(bitmap: Bitmap, orientation: Orientation): Bitmap {
  const [width, height] = orientation < 5 ? [bitmap.width, bitmap.height] : [bitmap.height, bitmap.width];
  const rgb = scale(bitmap, orientation, [width, height], {});
  return {
    width,
    height,
    data: Uint8Array.from({ length: 4 * width * height }, (_, i) => rgb[3 * (i >> 2) + (i % 4)]),
  };
}

const orientations = [1, 2, 3, 4, 5, 6, 7, 8] as const;

describe('openScaler', () => {
  it.each(answersOf('orientation'))('turns orientation $orientation as Pillow does', (answer) => {
    const bitmap = noise(answer);
    const size: Size = answer.orientation < 5 ? [7, 5] : [5, 7];

    expect(digest(scale(bitmap, answer.orientation, size, {}))).toBe(answer.sha256);
  });

  describe.each(orientations)('of an image stored in orientation %i', (orientation) => {
    // Wide and tall ones: Pillow mixes the rows of tall images first, however they are stored.
    const pictures = [
      { seed: 1, width: 97, height: 41, block: 3 },
      { seed: 2, width: 23, height: 211, block: 1 },
      { seed: 3, width: 5, height: 4, block: 1 },
    ];
    it.each(interpolations)('equals scaling the upright copy: %s', (interpolation) => {
      for (const bitmap of pictures.map(noise)) {
        const upright = turned(bitmap, orientation);
        for (const policy of policies) {
          const scaling = { interpolation, policy, cropFraction: 0.7, resizeTo: 24 };

          expect(scale(bitmap, orientation, [19, 31], scaling)).toEqual(scale(upright, 1, [19, 31], scaling));
        }
      }
    });
  });

  it('takes an image as stored when its orientation is ignored', () => {
    const bitmap = noise({ seed: 1, width: 7, height: 5, block: 1 });

    expect(scale(bitmap, 6, [7, 5], { orientation: 'ignore' })).toEqual(scale(bitmap, 1, [7, 5], {}));
  });

  it.each([
    ['nearest', 20],
    ['tf-bilinear', 40],
    // 14 source pixels a scaled one, and half of that more on both sides.
    ['bilinear', 294],
  ] as const)('reads only what a resize-crop keeps: %s', (interpolation, columns) => {
    const { selection } = openScaler(
      { width: 840, height: 280, orientation: 1 },
      { width: 20, height: 20 },
      { interpolation, policy: 'resize-crop', resizeTo: 20, orientation: 'exif' },
    );

    expect(selection.columns.length).toBe(columns);
    expect(selection.columns[0]).toBeGreaterThanOrEqual(273);
    expect(selection.columns.at(-1)).toBeLessThanOrEqual(566);
  });

  it('pads a scaled image that is smaller than the input with black', () => {
    const white = { width: 2, height: 1, data: new Uint8Array(8).fill(255) };

    const pixels = scale(white, 1, [5, 4], { policy: 'resize-crop', resizeTo: 1 });

    const red = Array.from({ length: 20 }, (_, i) => pixels[3 * i]);
    expect(red).toEqual([0, 0, 0, 0, 0, 0, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('reads nothing outside the cropped square', () => {
    const { selection } = openScaler(
      { width: 400, height: 300, orientation: 6 },
      { width: 20, height: 20 },
      { interpolation: 'lanczos', policy: 'crop', cropFraction: 0.5, orientation: 'exif' },
    );

    expect([selection.columns[0], selection.columns.at(-1)]).toEqual([125, 274]);
    expect([selection.rows[0], selection.rows.at(-1)]).toEqual([75, 224]);
  });

  it.each([
    ['wide', 400, 300],
    ['tall', 300, 400],
  ])('reads beyond the fitted box as far as the filter reaches: %s image', (_, width, height) => {
    const { selection } = openScaler(
      { width, height, orientation: 1 },
      { width: 20, height: 20 },
      { interpolation: 'bilinear', policy: 'fit', orientation: 'exif' },
    );
    const [longer, shorter] =
      width > height ? [selection.columns, selection.rows] : [selection.rows, selection.columns];

    // 15 source pixels make one output, and the filter reaches half an output (7.5 pixels, 7 whole ones) beyond the box.
    expect([longer[0], longer.at(-1)]).toEqual([43, 357]);
    expect([shorter[0], shorter.at(-1)]).toEqual([0, 299]);
  });
});
