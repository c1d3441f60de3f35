/** JPEG, through our own decoder. */
import type { UndecodedImage } from '../decode.ts';
import { decodeJpeg, decodeJpegRows } from '../jpeg/decode-jpeg.ts';
import { readJpegHeader } from '../jpeg/header.ts';
import { exifOrientation } from './ifd.ts';

/**
 * Equals Pillow with libjpeg-turbo.
 *
 * @param colours overrides what the file says of three components (a TIFF knows better)
 */
export const open = (bytes: Uint8Array, colours?: 'YCbCr' | 'RGB'): UndecodedImage => {
  const header = readJpegHeader(bytes);
  const { width, height, components, exif } = header;
  const colourSpace = colours && components.length === 3 ? colours : header.colourSpace;
  const stated = { ...header, colourSpace };
  return {
    width,
    height,
    orientation: exif ? exifOrientation(exif) : 1,
    bytesPerPixel: 6,
    decode: () => decodeJpeg(bytes, stated),
    byRow: {
      bytesPerColumn: 1000,
      decode: ({ selection, takeRow }) => decodeJpegRows(bytes, stated, selection, takeRow),
    },
  };
};
