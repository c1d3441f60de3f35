/** The PNG format: opens a file for the row decoder in this folder. */
import type { UndecodedImage } from '../../image/image.ts';
import { openBitmap } from '../../image/rows.ts';
import { orientationOf } from '../shared/orientation.ts';
import { readChunks } from './chunks.ts';
import { decodePngRows } from './decode-png.ts';
import { readPngHeader } from './header.ts';
import { metadataOf } from './metadata.ts';

/**
 * Equals Pillow: gamma, colour profiles and transparency are ignored; an animated PNG yields its default image.
 */
export function open(bytes: Uint8Array): UndecodedImage {
  const chunks = readChunks(bytes);
  const header = readPngHeader(chunks);
  const { width, height, isInterlaced } = header;
  return {
    width,
    height,
    orientation: orientationOf(metadataOf(chunks)),
    checksTime: true,
    // An interlaced image gathers its rows before passing them on.
    bytesPerPixel: isInterlaced ? 8 : 5,
    decode: async (checkTime) => {
      const { bitmap, reader } = openBitmap(width, height);
      await decodePngRows(bytes, chunks, header, reader, checkTime);
      return () => bitmap;
    },
    byRow: {
      bytesPerColumn: 100 + (isInterlaced ? 3 * height : 0),
      decode: (reader, checkTime) => decodePngRows(bytes, chunks, header, reader, checkTime),
    },
  };
}
