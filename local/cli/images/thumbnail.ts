/** Draws a small picture with terminal characters: each `▀` is two pixels, its colour above its background. */
import type { WriteStream } from 'node:tty';
import { defaultLimits } from '../../../functions/classify/image/limits.ts';
import type { InputShape, Preprocessing } from '../../../functions/classify/tensor/preprocess.ts';
import { readImage } from '../../../functions/classify/tensor/read-image.ts';

/** True for a terminal with 24-bit colour. */
export function showsThumbnails(stream: Pick<WriteStream, 'isTTY' | 'getColorDepth'>): boolean {
  return stream.isTTY && stream.getColorDepth() === 24;
}

/**
 * Draws the central square of an image, upright.
 *
 * @returns Lines of coloured text, without a trailing line break.
 * @throws ImageRejection as `decode` does.
 */
export async function drawThumbnail(bytes: Uint8Array): Promise<string> {
  const { toTensor } = await readImage(bytes, defaultLimits, { input: square, preprocess: unchanged });
  const { data } = toTensor();
  const colour = (x: number, y: number) =>
    [0, 1, 2].map((c) => data[(y * square.width + x) * 3 + c]).join(';');
  const line = (y: number) =>
    Array.from(
      { length: square.width },
      (_, x) => `\x1b[38;2;${colour(x, y)}m\x1b[48;2;${colour(x, y + 1)}m▀`,
    );
  return Array.from({ length: square.height / 2 }, (_, row) => `${line(2 * row).join('')}\x1b[0m`).join('\n');
}

// Each character is two pixels high and twice as high as wide, so that the picture is square.
const square: InputShape = { layout: 'NHWC', width: 24, height: 24 };

const unchanged: Preprocessing = {
  mode: { order: 'RGB', scale: 1, mean: [0, 0, 0], std: [1, 1, 1] },
  interpolation: 'box',
  policy: 'fit',
  orientation: 'exif',
};
