/** Draws a small picture with terminal characters: each `▀` is two pixels, its colour above its background. */
import type { WriteStream } from 'node:tty';

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
  // Loaded only for terminals that show pictures: it takes a quarter of a second.
  const { openPicture } = await import('../../jimp/jimp.ts');
  const picture = (await openPicture(bytes)).cover({ w: size, h: size });
  const colour = (x: number, y: number) => {
    const at = picture.getPixelIndex(x, y);
    return picture.bitmap.data.subarray(at, at + 3).join(';');
  };
  const line = (y: number) =>
    Array.from({ length: size }, (_, x) => `\x1b[38;2;${colour(x, y)}m\x1b[48;2;${colour(x, y + 1)}m▀`);
  return Array.from({ length: size / 2 }, (_, row) => `${line(2 * row).join('')}\x1b[0m`).join('\n');
}

/** In pixels. Each character is two pixels high and twice as high as wide, so that the picture is square. */
const size = 24;
