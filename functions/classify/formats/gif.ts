/** GIF: the first frame, through jimp's decoder (omggif), on a canvas of the size that Pillow gives it. */
import { type Frame, GifReader } from 'omggif';
import type { UndecodedImage } from '../decode.ts';
import { CorruptImage } from '../rejections.ts';
import { viewOf } from './bytes.ts';

/**
 * Equals Pillow: transparent pixels keep the colour of their palette entry; what a frame leaves of the canvas has the
 * transparent colour if there is one, else palette entry 0 (never the background's); a frame that is larger than the
 * canvas widens it.
 */
export const open = (bytes: Uint8Array): UndecodedImage => {
  const { reader, frame } = readFirstFrame(bytes);
  const width = Math.max(reader.width, frame.x + frame.width);
  const height = Math.max(reader.height, frame.y + frame.height);
  const decode = () => {
    const data = canvasOf(bytes, width, height, frame);
    const widened = readFirstFrame(withCanvas(bytes, width, height));
    // No palette index is 256: every pixel is painted.
    widened.frame.transparent_index = 256;
    widened.reader.decodeAndBlitFrameRGBA(0, data);
    return { width, height, data };
  };
  return { width, height, orientation: 1, decode };
};

const readFirstFrame = (bytes: Uint8Array): { reader: GifReader; frame: Frame } => {
  const reader = new GifReader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  if (reader.numFrames() === 0) throw new CorruptImage('there is no image in the file');
  const frame = reader.frameInfo(0);
  const literalBits = bytes[frame.data_offset];
  // omggif would loop on others.
  if (literalBits < 1 || literalBits > 8)
    throw new CorruptImage(`${literalBits} bits a pixel; GIF has 1 to 8`);
  if (frame.palette_offset === null) throw new CorruptImage('there is no palette');
  return { reader, frame };
};

const withCanvas = (bytes: Uint8Array, width: number, height: number): Uint8Array => {
  const copy = bytes.slice();
  viewOf(copy).setUint16(6, width, true);
  viewOf(copy).setUint16(8, height, true);
  return copy;
};

const canvasOf = (bytes: Uint8Array, width: number, height: number, frame: Frame): Buffer => {
  const colour = frame.palette_offset! + 3 * (frame.transparent_index ?? 0);
  return Buffer.alloc(width * height * 4, Buffer.of(...bytes.subarray(colour, colour + 3), 255));
};
