/** Reads the storage layout of a TIFF page. */
import { CorruptImage } from '../../image/rejections.ts';
import type { Directory } from '../shared/directory.ts';

export interface TiffLayout {
  readonly width: number;
  readonly height: number;
  readonly littleEndian: boolean;
  readonly compression: number;
  /** 0 white is zero, 1 black is zero, 2 RGB, 3 palette, 5 CMYK, 6 YCbCr, 8 CIE L*a*b*. */
  readonly photometric: number;
  readonly bitsPerSample: number;
  readonly samplesPerPixel: number;
  readonly sampleFormat: number;
  /** 1: none; 2: differences from the pixel on the left; 3: the same on the bytes of floats, high bytes first. */
  readonly predictor: number;
  /** Each sample of a pixel is stored in blocks of its own. */
  readonly isPlanar: boolean;
  /** Bytes are stored with their bits in reverse order. */
  readonly isReversed: boolean;
  /** RGB is multiplied by alpha. */
  readonly isPremultiplied: boolean;
  /** The meanings of samples beyond the colours: 0 unknown, 1 premultiplied alpha, 2 alpha. */
  readonly extraSamples: readonly number[];
  /** All reds, then all greens, then all blues, 16 bits each; empty without a palette. */
  readonly palette: readonly number[];
  /** Pixels across and down that share a pair of chroma samples. */
  readonly subsampling: readonly [across: number, down: number];
  readonly isSubsamplingStated: boolean;
  readonly tiled: boolean;
  /** A block is a tile, or a strip of whole rows. */
  readonly blockWidth: number;
  readonly blockHeight: number;
  readonly blocksAcross: number;
  readonly blocksDown: number;
  /** Positions of the blocks, row by row, one plane after the other. */
  readonly offsets: readonly number[];
  /** May be missing, or 0. */
  readonly byteCounts: readonly number[];
}

export const compressions = {
  none: 1,
  fax1d: 2,
  fax3: 3,
  fax4: 4,
  lzw: 5,
  oldJpeg: 6,
  jpeg: 7,
  deflate: 8,
  packBits: 32773,
  oldDeflate: 32946,
  lzma: 34925,
  zstd: 50000,
};

export const sampleFormats = { unsigned: 1, signed: 2, float: 3 };

/** True for YCbCr whose pixels are stored in groups that share their chroma samples. */
export function isGrouped({ photometric, compression, isPlanar }: TiffLayout): boolean {
  const isJpeg = compression === compressions.jpeg || compression === compressions.oldJpeg;
  return photometric === 6 && !isJpeg && !isPlanar;
}

/** The compressions for which libtiff reads the predictor tag. */
const predictable: readonly number[] = [
  compressions.lzw,
  compressions.deflate,
  compressions.oldDeflate,
  compressions.lzma,
  compressions.zstd,
];

/** @throws {CorruptImage} contradictory tags */
export function readLayout({
  numbers,
  littleEndian,
}: Directory): TiffLayout & { readonly bits: readonly number[] } {
  const first = (tag: number, missing: number) => numbers(tag)[0] ?? missing;
  const width = first(256, 0);
  const height = first(257, 0);
  const compression = first(259, compressions.none);
  const isOldJpeg = compression === compressions.oldJpeg;
  const tag = first(262, missingPhotometric);
  // Like libtiff, takes old-style JPEG for YCbCr if the tag states nothing or RGB, as some programs did.
  const stated = isOldJpeg && (tag === missingPhotometric || tag === 2) ? 6 : tag;
  const isSeparate = first(284, 1) !== 1;
  const statedExtras = numbers(338);
  // Like Pillow, leaves out separate planes of unknown meaning.
  const leavesOut = isSeparate && statedExtras.every((meaning) => meaning === 0);
  const extraSamples = leavesOut ? [] : statedExtras;
  const samplesPerPixel = first(277, isOldJpeg ? 3 : 1) - (leavesOut ? statedExtras.length : 0);
  // Luma alone is a grey page.
  const photometric = stated === 6 && samplesPerPixel === 1 && !isOldJpeg ? 1 : stated;
  const isPlanar = isSeparate && samplesPerPixel > 1;
  const bits = numbers(258).slice(0, Math.max(samplesPerPixel, 1));
  const hasUnstatedAlpha =
    isPlanar &&
    compression !== compressions.none &&
    photometric === 2 &&
    samplesPerPixel === 4 &&
    statedExtras.length === 0;
  const tiled = numbers(322).length > 0;
  const blockWidth = tiled ? first(322, 0) : width;
  const blockHeight = tiled ? first(323, 0) : Math.min(first(278, height), height);
  const isEmpty = width > 0 && height > 0 && (blockWidth === 0 || blockHeight === 0);
  if (isEmpty || blockWidth * blockHeight > Math.max(width * height, maxSpareTilePixels)) {
    throw new CorruptImage(`blocks of ${blockWidth}x${blockHeight} in a page of ${width}x${height}`);
  }
  // Pillow expects no subsampling in uncompressed files that do not state it.
  const missing = compression === compressions.none ? 1 : 2;
  const subsampling = numbers(530);
  // libtiff ignores the tag unless it has two values.
  const isSubsamplingStated = subsampling.length === 2;
  const [across, down] = isSubsamplingStated ? subsampling : [missing, missing];
  return {
    width,
    height,
    littleEndian,
    compression,
    photometric,
    bits: bits.length > 0 ? bits : [1],
    bitsPerSample: bits[0] ?? 1,
    samplesPerPixel,
    sampleFormat: first(339, sampleFormats.unsigned),
    predictor: predictable.includes(compression) ? first(317, 1) : 1,
    isPlanar,
    isReversed: first(266, 1) === 2,
    // Pillow takes libtiff's word for it if nothing is stated.
    isPremultiplied: extraSamples[0] === 1 || hasUnstatedAlpha,
    extraSamples,
    palette: photometric === 3 ? numbers(320) : [],
    subsampling: [across, down],
    isSubsamplingStated,
    tiled,
    blockWidth,
    blockHeight,
    blocksAcross: Math.ceil(width / blockWidth),
    blocksDown: Math.ceil(height / blockHeight),
    offsets: tiled && numbers(324).length > 0 ? numbers(324) : numbers(273),
    byteCounts: tiled && numbers(325).length > 0 ? numbers(325) : numbers(279),
  };
}

/** Stands for a missing tag, which is refused: TIFF requires it. */
const missingPhotometric = -1;

/** A tile may be larger than the page, up to this size. */
const maxSpareTilePixels = 4096 * 4096;
