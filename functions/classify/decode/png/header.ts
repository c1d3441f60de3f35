/** Reads the header of a PNG file: size, layout and palette (PNG specification, 11.2). */

import { CorruptImage, UnsupportedFormat } from '../../image/rejections.ts';
import { viewOf } from '../shared/bytes.ts';
import type { Chunks } from './chunks.ts';

export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits per sample: 1, 2, 4, 8 or 16. */
  readonly depth: number;
  readonly colourType: ColourType;
  readonly samplesPerPixel: number;
  readonly isInterlaced: boolean;
  /** RGB triples; empty if there is none. */
  readonly palette: Uint8Array;
}

export type ColourType = (typeof colourTypes)[keyof typeof colourTypes];

export const colourTypes = { grey: 0, rgb: 2, palette: 3, greyAlpha: 4, rgba: 6 } as const;

/**
 * @throws {CorruptImage} no IHDR or several, a layout that does not exist, or a palette that is too long
 * @throws {UnsupportedFormat} the variant that Apple's tools put into apps
 */
export function readPngHeader({ beforeData }: Chunks): PngHeader {
  const [first] = beforeData;
  if (first?.type === 'CgBI') {
    throw new UnsupportedFormat("PNG in Apple's CgBI variant; save it as a standard PNG");
  }
  if (first?.type !== 'IHDR') throw new CorruptImage('no IHDR chunk');
  if (beforeData.findLast(({ type }) => type === 'IHDR') !== first)
    throw new CorruptImage('a second IHDR chunk');
  const view = viewOf(first.data);
  const depth = view.getUint8(8);
  const colourType = view.getUint8(9);
  if (!isColourType(colourType) || !depths[colourType].includes(depth)) {
    throw new CorruptImage(`${depth} bits per sample of the colour type ${colourType} do not exist`);
  }
  if (view.getUint8(11) !== 0)
    throw new CorruptImage(`the filter method ${view.getUint8(11)} does not exist`);
  const palette = beforeData.findLast(({ type }) => type === 'PLTE')?.data ?? new Uint8Array();
  const colours = Math.floor(palette.length / 3);
  if (colourType === colourTypes.palette && colours > 256) {
    throw new CorruptImage(`a palette of ${colours} colours`);
  }
  return {
    width: view.getUint32(0),
    height: view.getUint32(4),
    depth,
    colourType,
    samplesPerPixel: samplesPerPixel[colourType],
    isInterlaced: view.getUint8(12) !== 0,
    palette: palette.subarray(0, 3 * colours),
  };
}

/** The minimum length of a tRNS chunk: one transparent sample per colour. */
export function colourKeyBytesOf({ colourType }: PngHeader): number {
  return colourType === colourTypes.rgb ? 6 : colourType === colourTypes.grey ? 2 : 0;
}

function isColourType(value: number): value is ColourType {
  return value in depths;
}

const depths: { readonly [type in ColourType]: readonly number[] } = {
  [colourTypes.grey]: [1, 2, 4, 8, 16],
  [colourTypes.rgb]: [8, 16],
  [colourTypes.palette]: [1, 2, 4, 8],
  [colourTypes.greyAlpha]: [8, 16],
  [colourTypes.rgba]: [8, 16],
};

const samplesPerPixel: { readonly [type in ColourType]: number } = {
  [colourTypes.grey]: 1,
  [colourTypes.rgb]: 3,
  [colourTypes.palette]: 1,
  [colourTypes.greyAlpha]: 2,
  [colourTypes.rgba]: 4,
};
