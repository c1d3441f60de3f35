/** The JPEG format: opens a file for the exact, sampling decoder in this folder. */
import type { UndecodedImage } from '../../image/image.ts';
import { CorruptImage } from '../../image/rejections.ts';
import { orientationOf } from '../shared/orientation.ts';
import type { PlaneReader } from '../shared/plane-rows.ts';
import { decodeJpeg, decodeJpegRows } from './decode-jpeg.ts';
import { readJpegHeader } from './syntax/header.ts';

/** Equals Pillow with libjpeg-turbo. */
export function open(bytes: Uint8Array): UndecodedImage {
  const header = readJpegHeader(bytes);
  const { width, height, components } = header;
  if (components.length === 2) throw new CorruptImage('2 components; an image has 1, 3 or 4');
  return {
    width,
    height,
    orientation: orientationOf(header),
    bytesPerPixel: 6,
    decode: () => decodeJpeg(bytes, header),
    byRow: {
      bytesPerColumn: 1000,
      decode: (reader: PlaneReader) => decodeJpegRows(bytes, header, reader),
    },
  };
}
