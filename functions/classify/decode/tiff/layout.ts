/** Reads the storage layout of a TIFF page and refuses layouts that are not supported. */
import { CorruptImage, UnsupportedFormat } from '../../image/rejections.ts';
import type { Directory } from '../shared/directory.ts';

export interface TiffLayout {
  readonly width: number;
  readonly height: number;
  readonly littleEndian: boolean;
  readonly compression: number;
  /** 0 white is zero, 1 black is zero, 2 RGB, 3 palette, 5 CMYK, 6 YCbCr (only as JPEG). */
  readonly photometric: number;
  readonly bitsPerSample: number;
  readonly samplesPerPixel: number;
  readonly isFloat: boolean;
  /** Samples are stored as differences from the pixel on the left. */
  readonly isDifferenced: boolean;
  /** RGB is multiplied by alpha. */
  readonly isPremultiplied: boolean;
  /** All reds, then all greens, then all blues, 16 bits each; empty without a palette. */
  readonly palette: readonly number[];
  readonly tiled: boolean;
  /** A block is a tile, or a strip of whole rows. */
  readonly blockWidth: number;
  readonly blockHeight: number;
  readonly offsets: readonly number[];
  readonly byteCounts: readonly number[];
}

export const compressions = { none: 1, lzw: 5, jpeg: 7, deflate: 8, packBits: 32773, oldDeflate: 32946 };

/** The compressions for which libtiff reads the predictor tag. */
const predictable: readonly number[] = [compressions.lzw, compressions.deflate, compressions.oldDeflate];

/**
 * @throws {UnsupportedFormat} a kind of TIFF that is not decoded; says which
 * @throws {CorruptImage} contradictory tags
 */
export function readLayout({ numbers, littleEndian }: Directory): TiffLayout {
  const first = (tag: number, missing: number) => numbers(tag)[0] ?? missing;
  const width = first(256, 0);
  const height = first(257, 0);
  const compression = first(259, compressions.none);
  const photometric = first(262, 0);
  const samplesPerPixel = first(277, 1);
  const bits = numbers(258).slice(0, samplesPerPixel);
  const bitsPerSample = bits[0] ?? 1;
  const isFloat = first(339, 1) === 3;
  const predictor = predictable.includes(compression) ? first(317, 1) : 1;
  const tiled = numbers(322).length > 0;
  const colours = minSamples[photometric] ?? 0;

  refuseIf(photometric > 6 || !colours, `TIFF of the colour space ${photometric}`);
  refuseIf(!Object.values(compressions).includes(compression), `TIFF of ${compressionName(compression)}`);
  refuseIf(photometric === 6 && compression !== compressions.jpeg, 'TIFF of YCbCr samples');
  refuseIf(first(284, 1) !== 1 && samplesPerPixel > 1, 'TIFF with its colours in separate planes');
  refuseIf(first(266, 1) !== 1, 'TIFF with reversed bits');
  refuseIf(![1, 2].includes(predictor), `TIFF with the predictor ${predictor}`);
  const isKnownDepth = isFloat
    ? bitsPerSample === 32 && photometric <= 1 && samplesPerPixel === 1
    : depths[photometric]?.includes(bitsPerSample) && (bitsPerSample >= 8 || samplesPerPixel === 1);
  const kind = `${samplesPerPixel} samples of ${bits} bits${isFloat ? ' (float)' : ''}`;
  refuseIf(!isKnownDepth || bits.some((value) => value !== bitsPerSample), `TIFF of ${kind}`);
  refuseIf(predictor === 2 && bitsPerSample !== 8 && bitsPerSample !== 16, `TIFF of differences of ${kind}`);
  if (samplesPerPixel < colours || samplesPerPixel > 6)
    throw new CorruptImage(`${samplesPerPixel} samples a pixel`);

  const blockWidth = tiled ? first(322, 0) : width;
  const blockHeight = tiled ? first(323, 0) : Math.min(first(278, height), height);
  const isEmpty = width > 0 && height > 0 && (blockWidth === 0 || blockHeight === 0);
  if (isEmpty || blockWidth * blockHeight > Math.max(width * height, maxSpareTilePixels)) {
    throw new CorruptImage(`blocks of ${blockWidth}x${blockHeight} in a page of ${width}x${height}`);
  }
  return {
    width,
    height,
    littleEndian,
    compression,
    photometric,
    bitsPerSample,
    samplesPerPixel,
    isFloat,
    isDifferenced: predictor === 2,
    isPremultiplied: first(338, 0) === 1,
    palette: photometric === 3 ? numbers(320) : [],
    tiled,
    blockWidth,
    blockHeight,
    offsets: numbers(tiled ? 324 : 273),
    byteCounts: numbers(tiled ? 325 : 279),
  };
}

function refuseIf(condition: boolean, kind: string) {
  if (condition) throw new UnsupportedFormat(`${kind}; save it as 8-bit RGB, or as PNG`);
}

function compressionName(compression: number) {
  return (
    {
      2: 'fax-compressed pages',
      3: 'fax-compressed pages',
      4: 'fax-compressed pages',
      6: 'old-style JPEG',
      34925: 'LZMA-compressed pixels',
      50000: 'Zstandard-compressed pixels',
      50001: 'WebP-compressed pixels',
    }[compression] ?? `the compression ${compression}`
  );
}

/** Samples per colour, by photometric interpretation. */
const minSamples: { readonly [photometric: number]: number } = { 0: 1, 1: 1, 2: 3, 3: 1, 5: 4, 6: 1 };

const depths: { readonly [photometric: number]: readonly number[] } = {
  0: [1, 2, 4, 8, 16],
  1: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  5: [8, 16],
  6: [8],
};

/** A tile may be larger than the page, up to this size. */
const maxSpareTilePixels = 4096 * 4096;
