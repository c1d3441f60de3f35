/**
 * The BMP format of Windows and OS/2. Has its own decoder, because jimp's (bmp-ts) ignores the position of the pixels, does not
 * read run-length encoding correctly, and scales 16-bit colours differently.
 */
import type { Bitmap, UndecodedImage } from '../../image/image.ts';
import { slice, viewOf } from '../shared/bytes.ts';
import { paint } from '../shared/palette.ts';
import { type BmpHeader, readBmpHeader } from './header.ts';
import { decodeRunLength } from './run-length.ts';

/** Equals Pillow, which scales 5 and 6 bits by 255/31 and 255/63, truncated, and ignores alpha in `convert('RGB')`. */
export function open(bytes: Uint8Array): UndecodedImage {
  const header = readBmpHeader(bytes);
  const { width, height } = header;
  return { width, height, orientation: 1, bytesPerPixel: 9, decode: () => decode(bytes, header) };
}

function decode(bytes: Uint8Array, header: BmpHeader): Bitmap {
  const { width, height, bitsPerPixel, isRunLength, pixelsStart } = header;
  const rowBytes = isRunLength ? width : Math.ceil((width * bitsPerPixel) / 32) * 4;
  const rows = isRunLength
    ? decodeRunLength(bytes.subarray(pixelsStart), width, height, bitsPerPixel)
    : slice(bytes, pixelsStart, rowBytes * height);
  const rowOf = (y: number) => {
    const stored = header.isTopDown ? y : height - 1 - y;
    return rows.subarray(stored * rowBytes, (stored + 1) * rowBytes);
  };
  const data = bitsPerPixel <= 8 ? paintIndices(header, rowOf) : paintColours(header, rowOf);
  return { width, height, data };
}

type RowOf = (y: number) => Uint8Array;

function paintIndices(
  { width, height, bitsPerPixel, isRunLength, palette }: BmpHeader,
  rowOf: RowOf,
): Uint8Array {
  const bits = isRunLength ? 8 : bitsPerPixel;
  const indices = new Uint8Array(width * height);
  const mask = (1 << bits) - 1;
  for (let y = 0, to = 0; y < height; y++) {
    const row = rowOf(y);
    for (let x = 0; x < width; x++, to++) {
      indices[to] = (row[(x * bits) >> 3] >> (8 - bits - ((x * bits) & 7))) & mask;
    }
  }
  return paint(indices, palette);
}

function paintColours({ width, height, bitsPerPixel, masks }: BmpHeader, rowOf: RowOf): Uint8Array {
  const data = new Uint8Array(4 * width * height).fill(255);
  const channels = bitsPerPixel === 16 ? masks.map(scaledChannel) : masks.map(byteChannel);
  const step = bitsPerPixel / 8;
  for (let y = 0, to = 0; y < height; y++) {
    const view = viewOf(rowOf(y));
    for (let x = 0; x < width; x++, to += 4) {
      for (let channel = 0; channel < 3; channel++) data[to + channel] = channels[channel](view, x * step);
    }
  }
  return data;
}

type Channel = (row: DataView, at: number) => number;

function byteChannel(mask: number): Channel {
  const offset = (31 - Math.clz32(mask)) >> 3;
  return (row, at) => row.getUint8(at + offset);
}

function scaledChannel(mask: number): Channel {
  const shift = 31 - Math.clz32(mask & -mask);
  const max = mask >> shift;
  const levels = Uint8Array.from({ length: max + 1 }, (_, level) => Math.trunc((level * 255) / max));
  return (row, at) => levels[(row.getUint16(at, true) & mask) >> shift];
}
