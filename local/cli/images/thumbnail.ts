/** A small picture of a terminal's own characters: each `▀` is two pixels, the upper its colour, the lower its background. */
import type { WriteStream } from 'node:tty';
import { defaultLimits } from '../../../functions/classify/image/limits.ts';
import type { InputShape, Preprocessing } from '../../../functions/classify/tensor/preprocess.ts';
import { readImage } from '../../../functions/classify/tensor/read-image.ts';

/** Whether this is a terminal, and one that shows all colours. */
export function showsThumbnails(stream: Pick<WriteStream, 'isTTY' | 'getColorDepth'>): boolean {
  return stream.isTTY && stream.getColorDepth() === 24;
}

/**
 * Draws the middle square of an image, upright.
 *
 * @returns Lines of text with colours, without a line break at the end.
 * @throws ImageRejection as `decode` does.
 */
export async function drawThumbnail(bytes: Uint8Array): Promise<string> {
  const { toTensor } = await readImage(bytes, defaultLimits, { input: square, preprocess: asIs });
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

// Characters are twice as high as wide, so that this looks like a square.
const square: InputShape = { layout: 'NHWC', width: 24, height: 24 };

const asIs: Preprocessing = {
  mode: { order: 'RGB', scale: 1, mean: [0, 0, 0], std: [1, 1, 1] },
  interpolation: 'box',
  policy: 'fit',
  orientation: 'exif',
};
