/** Reads the header of a BMP file, of Windows or of OS/2. */
import { CorruptImage, UnsupportedFormat } from '../../image/rejections.ts';
import { slice, viewOf } from '../shared/bytes.ts';
import { withAllGreys } from '../shared/palette.ts';

export interface BmpHeader {
  readonly width: number;
  readonly height: number;
  readonly isTopDown: boolean;
  readonly bitsPerPixel: number;
  readonly isRunLength: boolean;
  /** Masks of red, green and blue in a pixel of 16 or 32 bits. */
  readonly masks: readonly number[];
  /** RGB triples; empty without a palette. */
  readonly palette: Uint8Array;
  readonly pixelsStart: number;
}

/**
 * @throws {UnsupportedFormat} any other compression than run lengths, or unusual depths or masks
 * @throws {CorruptImage | RangeError} the header is damaged or lies outside the file
 */
export function readBmpHeader(bytes: Uint8Array): BmpHeader {
  const view = viewOf(bytes);
  const infoBytes = view.getUint32(14, true);
  const info = infoBytes === coreBytes ? readCoreInfo(view) : readInfo(view);
  const { bitsPerPixel, compression, colours } = info;
  if (compression > bitFields) {
    throw refusal(unsupported[compression] ?? `with compression ${compression}`);
  }
  const isRunLength = compression === runLength8 || compression === runLength4;
  if (
    !bitDepths.includes(bitsPerPixel) ||
    (isRunLength && bitsPerPixel !== (compression === runLength8 ? 8 : 4))
  ) {
    throw refusal(`of ${bitsPerPixel} bits per pixel${isRunLength ? ', run-length encoded' : ''}`);
  }
  const masks =
    compression === bitFields ? readMasks(view, infoBytes, bitsPerPixel) : defaultMasks[bitsPerPixel];
  const tableStart = 14 + infoBytes + (compression === bitFields && infoBytes === 40 ? 12 : 0);
  const colourBytes = infoBytes === coreBytes ? 3 : 4;
  const paletteBytes = bitsPerPixel > 8 ? 0 : colours * colourBytes;
  return {
    ...info,
    isRunLength,
    masks: masks ?? [],
    palette: readPalette(bytes, tableStart, paletteBytes, colourBytes),
    pixelsStart: pixelsStartOf(view.getUint32(10, true), tableStart, paletteBytes),
  };
}

interface Info extends Pick<BmpHeader, 'width' | 'height' | 'isTopDown' | 'bitsPerPixel'> {
  readonly compression: number;
  readonly colours: number;
}

/** The header of OS/2 version 1. */
function readCoreInfo(view: DataView): Info {
  const bitsPerPixel = view.getUint16(24, true);
  return {
    width: view.getUint16(18, true),
    height: view.getUint16(20, true),
    isTopDown: false,
    bitsPerPixel,
    compression: uncompressed,
    colours: 1 << Math.min(bitsPerPixel, 8),
  };
}

function readInfo(view: DataView): Info {
  const height = view.getInt32(22, true);
  const bitsPerPixel = view.getUint16(28, true);
  const colours = view.getUint32(46, true) || 1 << Math.min(bitsPerPixel, 8);
  if (colours > maxColours && bitsPerPixel <= 8) throw new CorruptImage(`a palette of ${colours} colours`);
  return {
    width: view.getUint32(18, true),
    height: Math.abs(height),
    isTopDown: height < 0,
    bitsPerPixel,
    compression: view.getUint32(30, true),
    colours,
  };
}

function readMasks(view: DataView, infoBytes: number, bitsPerPixel: number): readonly number[] {
  const masks = [54, 58, 62].map((at) => view.getUint32(at, true));
  const alpha = infoBytes >= alphaInfoBytes ? view.getUint32(66, true) : 0;
  if (bitsPerPixel === 32 && [...masks, alpha].every((mask) => mask === 0)) return defaultMasks[32];
  const shown = [...masks, ...(bitsPerPixel === 32 ? [alpha] : [])]
    .map((mask) => mask.toString(16))
    .join(', ');
  if (!knownMasks[bitsPerPixel]?.includes(shown)) throw refusal(`with the colour masks ${shown}`);
  return masks;
}

function readPalette(bytes: Uint8Array, start: number, length: number, colourBytes: number): Uint8Array {
  const stored = slice(bytes, start, Math.min(length, bytes.length - start));
  const palette = new Uint8Array(3 * Math.floor(stored.length / colourBytes));
  for (let i = 0; i < palette.length; i += 3) {
    const from = (i / 3) * colourBytes;
    palette[i] = stored[from + 2];
    palette[i + 1] = stored[from + 1];
    palette[i + 2] = stored[from];
  }
  return stored.length > 2 * colourBytes ? withAllGreys(palette) : palette;
}

/** An offset of 0, or that of the palette itself, means directly after the palette, as in Pillow. */
function pixelsStartOf(stated: number, tableStart: number, paletteBytes: number): number {
  return stated === 0 || stated === tableStart ? tableStart + paletteBytes : stated;
}

function refusal(kind: string): UnsupportedFormat {
  return new UnsupportedFormat(`BMP ${kind}; save it with 24 bits per pixel, or as PNG`);
}

const coreBytes = 12;
const bitDepths: readonly number[] = [1, 4, 8, 16, 24, 32];
const [uncompressed, runLength8, runLength4, bitFields] = [0, 1, 2, 3];
const unsupported: { readonly [compression: number]: string } = {
  4: 'with JPEG compression',
  5: 'with PNG compression',
  6: 'with masks of alpha (BI_ALPHABITFIELDS)',
};
const maxColours = 65_536;

/** Headers from this size on state a mask of alpha. */
const alphaInfoBytes = 56;

/** The layouts that Pillow reads, by bits per pixel: masks of red, green, blue and, with 32 bits, alpha. */
const knownMasks: { readonly [bitsPerPixel: number]: readonly string[] } = {
  16: ['7c00, 3e0, 1f', 'f800, 7e0, 1f'],
  24: ['ff0000, ff00, ff'],
  32: [
    'ff0000, ff00, ff, 0',
    'ff000000, ff0000, ff00, 0',
    'ff000000, ff00, ff, 0',
    'ff000000, ff0000, ff00, ff',
    'ff, ff00, ff0000, ff000000',
    'ff0000, ff00, ff, ff000000',
    'ff000000, ff00, ff, ff0000',
  ],
};

const defaultMasks: { readonly [bitsPerPixel: number]: readonly number[] } = {
  16: [0x7c00, 0x3e0, 0x1f],
  24: [0xff0000, 0xff00, 0xff],
  32: [0xff0000, 0xff00, 0xff],
};
