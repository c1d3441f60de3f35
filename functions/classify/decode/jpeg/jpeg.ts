/** The JPEG format: opens a file for the exact, sampling decoder in this folder. */
import type { UndecodedImage } from '../../image/image.ts';
import { orientationOf } from '../shared/orientation.ts';
import { decodeJpeg, decodeJpegRows } from './decode-jpeg.ts';
import { readJpegHeader } from './syntax/header.ts';

/**
 * Equals Pillow with libjpeg-turbo.
 *
 * @param colours overrides the colour space of three components, for a JPEG stream in a TIFF whose tags state it
 */
export function open(bytes: Uint8Array, colours?: 'YCbCr' | 'RGB'): UndecodedImage {
  const header = readJpegHeader(bytes);
  const { width, height, components } = header;
  const colourSpace = colours && components.length === 3 ? colours : header.colourSpace;
  const stated = { ...header, colourSpace };
  return {
    width,
    height,
    orientation: orientationOf(header),
    bytesPerPixel: 6,
    decode: () => decodeJpeg(bytes, stated),
    byRow: {
      bytesPerColumn: 1000,
      decode: ({ selection, takeRow }) => decodeJpegRows(bytes, stated, selection, takeRow),
    },
  };
}
