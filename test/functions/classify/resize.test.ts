import { describe, expect, it } from 'vitest';
import { type PixelView, upright, viewOf } from '../../../functions/classify/pixel-view.ts';
import { nearestIndices, resize } from '../../../functions/classify/resize.ts';
import { answersOf, digest, noise } from './fixtures/keras-pillow.ts';

const packed = ({ data, width, height, offset, strideX, strideY }: PixelView): Uint8Array =>
  Uint8Array.from({ length: 3 * width * height }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return data[offset + (pixel % width) * strideX + Math.floor(pixel / width) * strideY + (i % 3)];
  });

const whole = ({ width, height }: { width: number; height: number }) => ({ left: 0, top: 0, width, height });

describe('resize', () => {
  it.each(answersOf('resize'))(
    'gives the pixels of Pillow: $interpolation of $width x $height, box $box, to $target',
    (answer) => {
      // Prepare
      const view = viewOf(noise(answer));
      const [left, top, width, height] = answer.box;

      // Act
      const resized = resize(view, ...answer.target, answer.interpolation, { left, top, width, height });

      // Assess
      expect(digest(packed(resized))).toBe(answer.sha256);
    },
  );

  it.each(['nearest', 'bilinear', 'bicubic', 'box', 'hamming', 'lanczos'] as const)(
    'leaves a picture of the wanted size as it is: %s',
    (interpolation) => {
      // Prepare
      const view = viewOf(noise({ seed: 1, width: 31, height: 17, block: 1 }));

      // Act
      const resized = resize(view, 31, 17, interpolation, whole(view));

      // Assess
      expect(packed(resized)).toEqual(packed(view));
    },
  );
});

describe('nearestIndices', () => {
  it.each(answersOf('nearest'))(
    'takes the pixels that Pillow takes, from 1 to $most, for $count',
    ({ count, most, sha256 }) => {
      // Act
      const indices = Array.from({ length: most }, (_, i) => nearestIndices(0, i + 1, count));

      // Assess
      const bytes = indices.map(({ buffer }) => Buffer.from(buffer));
      expect(digest(Buffer.concat(bytes))).toBe(sha256);
    },
  );
});

describe('upright', () => {
  it.each(answersOf('orientation'))('turns orientation $orientation as Pillow does', (answer) => {
    // Act
    const turned = upright(viewOf(noise(answer)), answer.orientation);

    // Assess
    expect(digest(packed(turned))).toBe(answer.sha256);
  });
});
