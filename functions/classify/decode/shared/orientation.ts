/** Reads an image's orientation from its EXIF or XMP data. */
import type { Orientation } from '../../image/image.ts';
import { type Directory, readDirectory } from './directory.ts';

export interface OrientationData {
  /** An EXIF block, which starts with "II" or "MM". */
  readonly exif?: Uint8Array | undefined;
  /** An XMP packet. */
  readonly xmp?: Uint8Array | undefined;
}

/**
 * The stated orientation, as Pillow reads it: EXIF's and, if that has none, XMP's. 1 if there is none, it does not exist, or
 * the data are damaged, which does not make the photo unreadable.
 */
export function orientationOf({ exif, xmp }: OrientationData): Orientation {
  return toOrientation((exif && exifOrientation(exif)) ?? (xmp && xmpOrientation(xmp)));
}

/** The orientation of a TIFF page, under the same conditions. */
export function pageOrientation({ numbers, first }: Directory): Orientation {
  return toOrientation(first(orientationTag) ?? xmpOrientation(Uint8Array.from(numbers(xmpTag))));
}

function exifOrientation(exif: Uint8Array): number | undefined {
  try {
    return readDirectory(exif).first(orientationTag);
  } catch {
    return undefined;
  }
}

function xmpOrientation(xmp: Uint8Array): number | undefined {
  const text = Buffer.from(xmp.buffer, xmp.byteOffset, xmp.length).toString('latin1');
  const [, digit] = /tiff:Orientation(?:="|>)(\d)/.exec(text) ?? [];
  return digit === undefined ? undefined : Number(digit);
}

function toOrientation(value: number | undefined): Orientation {
  return value !== undefined && [2, 3, 4, 5, 6, 7, 8].includes(value) ? (value as Orientation) : 1;
}

const orientationTag = 0x0112;
const xmpTag = 700;
