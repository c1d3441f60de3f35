/** PNG, through jimp's decoder (pngjs), which is handed only the chunks that make pixels. */
import { inflateSync } from 'node:zlib';
import type jimpPng from '@jimp/js-png';
import type { Orientation, UndecodedImage } from '../decode.ts';
import { CorruptImage } from '../rejections.ts';
import { checkCount, slice, textAt, viewOf } from './bytes.ts';
import { exifOrientation } from './ifd.ts';

export const load = async (): Promise<void> => {
  decoder ??= (await import('@jimp/js-png')).default();
};

let decoder: ReturnType<typeof jimpPng> | undefined;

/**
 * Equals Pillow: of 16 bits the high byte, but 16-bit grey is clipped at 255; a colour key (tRNS) keeps its colour;
 * gamma and colour profiles are ignored; of an animated PNG the default image counts.
 */
export const open = (bytes: Uint8Array): UndecodedImage => {
  const chunks = readChunks(bytes);
  const [header] = chunks;
  if (header?.type !== 'IHDR' || header.data.length !== 13) throw new CorruptImage('no IHDR chunk');
  // The decoder would take its size from the last.
  if (chunks.findLast(({ type }) => type === 'IHDR') !== header)
    throw new CorruptImage('a second IHDR chunk');
  const view = viewOf(header.data);
  const [width, height, depth, colourType] = [
    view.getUint32(0),
    view.getUint32(4),
    view.getUint8(8),
    view.getUint8(9),
  ];
  const decode = () => {
    checkData(chunks, rawBytes(width, height, bitsPerPixel(depth, colourType), view.getUint8(12) > 0));
    const { data } = decoder!.decode(onlyPixels(chunks), { skipRescale: depth === 16 });
    return { width, height, data: depth === 16 ? toEightBits(data, colourType) : data };
  };
  return { width, height, orientation: orientationOf(chunks), bytesPerPixel: depth === 16 ? 44 : 19, decode };
};

interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
  /** With its length, type and checksum. */
  readonly whole: Uint8Array;
}

/** The chunks as far as the file goes: a missing end matters only if it had pixels. */
const readChunks = (bytes: Uint8Array): Chunk[] => {
  const view = viewOf(bytes);
  const chunks: Chunk[] = [];
  for (let at = signatureBytes; at + frameBytes <= bytes.length; ) {
    const length = view.getUint32(at);
    if (at + frameBytes + length > bytes.length) break;
    const type = textAt(bytes, at + 4, 4);
    chunks.push({ type, data: slice(bytes, at + 8, length), whole: slice(bytes, at, frameBytes + length) });
    checkCount(chunks);
    if (type === 'IEND') break;
    at += frameBytes + length;
  }
  return chunks;
};

const orientationOf = (chunks: readonly Chunk[]): Orientation => {
  const exif = chunks.find(({ type }) => type === 'eXIf');
  return exif ? exifOrientation(exif.data) : 1;
};

/** A colour key would be painted black, and what follows the end refused, so neither is passed on. */
const onlyPixels = (chunks: readonly Chunk[]) => {
  const kept = chunks.filter(({ type }) => ['IHDR', 'PLTE', 'IDAT'].includes(type));
  return Buffer.concat([signature, ...kept.map(({ whole }) => whole), endChunk]);
};

/**
 * pngjs paints truncated data with whatever is in memory, and inflates interlaced data to any length. So the length
 * is checked before, at the price of inflating twice.
 */
const checkData = (chunks: readonly Chunk[], expectedBytes: number) => {
  const packed = Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data));
  const { length } = inflateSync(packed, { maxOutputLength: expectedBytes });
  if (length < expectedBytes) throw new CorruptImage(`${length} of ${expectedBytes} bytes of pixels`);
};

const bitsPerPixel = (depth: number, colourType: number) => {
  const samples = samplesByColourType[colourType];
  if (!samples) throw new CorruptImage(`the colour type ${colourType} does not exist`);
  return samples * depth;
};

/** Each row, of the image or of each of its interlaced passes, begins with a byte for its filter. */
const rawBytes = (width: number, height: number, bits: number, isInterlaced: boolean) =>
  (isInterlaced ? adam7 : [wholeImage]).reduce((sum, [x, y, dx, dy]) => {
    const columns = Math.ceil((width - x) / dx);
    const rows = Math.ceil((height - y) / dy);
    return columns > 0 && rows > 0 ? sum + rows * (1 + Math.ceil((columns * bits) / 8)) : sum;
  }, 0);

/** Of each pass: the first column and row, and the steps to the next. */
const adam7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;
const wholeImage = [0, 0, 1, 1] as const;

const toEightBits = (samples: ArrayLike<number>, colourType: number) => {
  const bytes = new Uint8ClampedArray(samples.length);
  const shift = colourType === greyscale ? 0 : 8;
  for (let i = 0; i < bytes.length; i++) bytes[i] = samples[i] >> shift;
  return new Uint8Array(bytes.buffer);
};

const signature = Buffer.from('89504e470d0a1a0a', 'hex');
const signatureBytes = signature.length;
const endChunk = Buffer.from('0000000049454e44ae426082', 'hex');
/** Length, type and checksum. */
const frameBytes = 12;
const greyscale = 0;
const samplesByColourType: { readonly [colourType: number]: number } = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
