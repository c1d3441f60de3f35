/** YCbCr in TIFF without JPEG: the order of subsampled samples, and the conversions to RGB of Pillow and of libtiff. */
import type { Directory } from '../shared/directory.ts';
import type { TiffLayout } from './layout.ts';
import { sumBytes } from './samples.ts';

/** Bytes in a row of groups: each has the lumas of its pixels, then a Cb and a Cr. */
export function groupRowBytes({ blockWidth, subsampling: [across, down] }: TiffLayout): number {
  return Math.ceil(blockWidth / across) * (across * down + 2);
}

/**
 * Bytes in a row to which libtiff applies the predictor: in strips an equal part of a row of groups for each row of pixels, in
 * tiles what the row would take without subsampling.
 */
export function predictedRowBytes(layout: TiffLayout): number {
  return layout.tiled ? 3 * layout.blockWidth : groupRowBytes(layout) / layout.subsampling[1];
}

/** Adds to each byte the one three before it, as libtiff does whatever the subsampling. Works in place. */
export function sumGroups(stored: Uint8Array, layout: TiffLayout): Uint8Array {
  const rowBytes = predictedRowBytes(layout);
  for (let at = 0; at < stored.length; at += rowBytes) sumBytes(stored.subarray(at, at + rowBytes), 3);
  return stored;
}

/** Repeats chroma samples, so that each pixel has a Y, a Cb and a Cr. */
export function expandGroups(stored: Uint8Array, layout: TiffLayout, rows: number): Uint8Array {
  const {
    blockWidth,
    subsampling: [across, down],
  } = layout;
  if (across === 1 && down === 1) return stored;
  const samples = new Uint8Array(3 * blockWidth * rows);
  const rowBytes = groupRowBytes(layout);
  const groupBytes = across * down + 2;
  for (let y = 0, to = 0; y < rows; y++) {
    const row = Math.floor(y / down) * rowBytes;
    for (let x = 0; x < blockWidth; x++, to += 3) {
      const group = row + Math.floor(x / across) * groupBytes;
      samples[to] = stored[group + (y % down) * across + (x % across)];
      samples[to + 1] = stored[group + groupBytes - 2];
      samples[to + 2] = stored[group + groupBytes - 1];
    }
  }
  return samples;
}

/** Offsets to Y, before clipping to 0..255, by the value of a chroma sample. */
export interface YcbcrTables {
  readonly luma: Int32Array;
  readonly redOfCr: Int32Array;
  readonly greenOfCb: Int32Array;
  readonly greenOfCr: Int32Array;
  readonly blueOfCb: Int32Array;
  /** Fractional bits of the green offsets, which are added before they are rounded. */
  readonly greenBits: number;
}

/** Pillow's own conversion, which it uses for uncompressed files (ConvertYCbCr.c). */
export function pillowTables(): YcbcrTables {
  const scaled = (factor: number, shift: number) =>
    byLevel((level) => Math.trunc((level - 128) * factor * 64 + 0.5) >> shift);
  return {
    luma: byLevel((level) => level),
    redOfCr: scaled(1.402, 6),
    greenOfCb: scaled(-0.34414, 0),
    greenOfCr: scaled(-0.71414, 0),
    blueOfCb: scaled(1.772, 6),
    greenBits: 6,
  };
}

/** libtiff's conversion, which Pillow uses for compressed files (TIFFYCbCrToRGBInit). */
export function libtiffTables({ rationals }: Directory): YcbcrTables {
  const [red = 0.299, green = 0.587, blue = 0.114] = rationals(lumaCoefficientsTag).map(Math.fround);
  const stated = rationals(referenceBlackWhiteTag).map(Math.fround);
  const [y0, y1, b0, b1, r0, r1] = stated.length === 6 ? stated : [0, 255, 128, 255, 128, 255];
  const fixed = (value: number) => Math.trunc(Math.min(Math.max(value, 0), 2) * 65_536 + 0.5);
  const redFactor = Math.fround(2 - 2 * red);
  const blueFactor = Math.fround(2 - 2 * blue);
  const d1 = fixed(redFactor);
  const d2 = -fixed(Math.fround((red * redFactor) / green));
  const d3 = fixed(blueFactor);
  const d4 = -fixed(Math.fround((blue * blueFactor) / green));
  const code = (value: number, black: number, white: number, range: number) =>
    Math.trunc(Math.min(Math.max(((value - Math.trunc(black)) * range) / (white - black || 1), -4096), 4096));
  const cb = (level: number) => code(level - 128, b0 - 128, b1 - 128, 127);
  const cr = (level: number) => code(level - 128, r0 - 128, r1 - 128, 127);
  return {
    luma: byLevel((level) => code(level, y0, y1, 255)),
    redOfCr: byLevel((level) => (d1 * cr(level) + 32_768) >> 16),
    greenOfCb: byLevel((level) => d4 * cb(level) + 32_768),
    greenOfCr: byLevel((level) => d2 * cr(level)),
    blueOfCb: byLevel((level) => (d3 * cb(level) + 32_768) >> 16),
    greenBits: 16,
  };
}

function byLevel(entry: (level: number) => number): Int32Array {
  return Int32Array.from({ length: 256 }, (_, level) => entry(level));
}

const lumaCoefficientsTag = 529;
const referenceBlackWhiteTag = 532;
