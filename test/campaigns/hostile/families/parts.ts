/** Builders for the parts of files of each format. */
import { crc32 } from 'node:zlib';

export function jpegSegment(code: number, data: Uint8Array): Buffer {
  const head = Buffer.from([0xff, code, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([head, data]);
}

export const pngSignature = Buffer.from('89504e470d0a1a0a', 'hex');

export function pngChunk(type: string, data: Uint8Array): Buffer {
  const chunk = Buffer.alloc(12 + data.length);
  chunk.writeUInt32BE(data.length);
  chunk.write(type, 4, 'latin1');
  chunk.set(data, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + data.length)), 8 + data.length);
  return chunk;
}

/** A PNG header for 8 bits per sample. */
export function pngHeader(width: number, height: number, colourType: number, interlace = 0): Buffer {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width);
  data.writeUInt32BE(height, 4);
  data.set([8, colourType, 0, 0, interlace], 8);
  return pngChunk('IHDR', data);
}

export const pngEnd = pngChunk('IEND', Buffer.alloc(0));

export function riffChunk(type: string, data: Uint8Array): Buffer {
  const chunk = Buffer.alloc(8 + data.length + (data.length % 2));
  chunk.write(type, 'latin1');
  chunk.writeUInt32LE(data.length, 4);
  chunk.set(data, 8);
  return chunk;
}

export function webp(...chunks: readonly Uint8Array[]): Buffer {
  return riffChunk('RIFF', Buffer.concat([Buffer.from('WEBP'), ...chunks]));
}

/** A box of a HEIF file. */
export function box(type: string, data: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + data.length);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, data]);
}

/** A TIFF entry of type LONG; several values are an offset into the file. */
export type TiffEntry = readonly [tag: number, value: number, count?: number];

/** The smallest page: one grey pixel, in a strip at byte 8. */
export const onePixel: readonly TiffEntry[] = [
  [256, 1],
  [257, 1],
  [258, 8],
  [262, 1],
  [273, 8],
  [279, 1],
];

/** A directory of a little-endian file, with the offset of the next one. */
export function tiffDirectory(entries: readonly TiffEntry[], next = 0): Buffer {
  const directory = Buffer.alloc(2 + 12 * entries.length + 4);
  directory.writeUInt16LE(entries.length);
  entries.forEach(([tag, value, count = 1], i) => {
    directory.writeUInt16LE(tag, 2 + 12 * i);
    directory.writeUInt16LE(4, 4 + 12 * i);
    directory.writeUInt32LE(count, 6 + 12 * i);
    directory.writeUInt32LE(value, 10 + 12 * i);
  });
  directory.writeUInt32LE(next, directory.length - 4);
  return directory;
}

/** A TIFF of header, first directory and data. `entries` receives the offset of the data. */
export function tiff(entries: (restAt: number) => readonly TiffEntry[], rest: Uint8Array, next = 0): Buffer {
  const head = Buffer.from('49492a0008000000', 'hex');
  const restAt = head.length + tiffDirectory(entries(0)).length;
  return Buffer.concat([head, tiffDirectory(entries(restAt), next), rest]);
}
