/** Reads the first directory (IFD) of a TIFF file or an EXIF block, which have the same structure. */
import type { Orientation } from '../../image/image.ts';
import { CorruptImage } from '../../image/rejections.ts';
import { textAt, viewOf } from './bytes.ts';

export interface Directory {
  readonly littleEndian: boolean;
  /**
   * The values of a tag of type BYTE, SHORT, LONG or UNDEFINED; empty if the tag is missing or of another type.
   *
   * @throws {RangeError | CorruptImage} the values lie outside the file, or are more than a million
   */
  numbers(tag: number): number[];
}

/**
 * @throws {CorruptImage} no TIFF header
 * @throws {RangeError} the directory lies outside the file
 */
export function readDirectory(tiff: Uint8Array): Directory {
  const view = viewOf(tiff);
  const byteOrder = textAt(tiff, 0, 2);
  const littleEndian = byteOrder === 'II';
  if (!littleEndian && byteOrder !== 'MM') throw new CorruptImage('the byte order is neither II nor MM');
  const start = view.getUint32(4, littleEndian);
  const entries = new Map<number, number>();
  for (let i = 0; i < view.getUint16(start, littleEndian); i++) {
    const entry = start + 2 + i * entryBytes;
    const tag = view.getUint16(entry, littleEndian);
    if (!entries.has(tag)) entries.set(tag, entry);
  }
  const numbers = (tag: number) => {
    const entry = entries.get(tag);
    if (entry === undefined) return [];
    const size = valueBytes[view.getUint16(entry + 2, littleEndian)];
    if (!size) return [];
    const count = view.getUint32(entry + 4, littleEndian);
    const inPlace = count * size <= 4;
    const first = inPlace ? entry + 8 : view.getUint32(entry + 8, littleEndian);
    // Check the count against the file before allocating: it may claim billions.
    if (first + count * size > tiff.length) throw new RangeError(`tag ${tag} lies outside the file`);
    if (count > maxValues) throw new CorruptImage(`tag ${tag} has ${count} values`);
    const read = { 1: view.getUint8, 2: view.getUint16, 4: view.getUint32 }[size];
    return Array.from({ length: count }, (_, i) => read.call(view, first + i * size, littleEndian));
  };
  return { littleEndian, numbers };
}

/** The orientation in an EXIF block, which starts with "II" or "MM"; 1 if there is none or the block is damaged. */
export function exifOrientation(exif: Uint8Array): Orientation {
  try {
    return orientationOf(readDirectory(exif));
  } catch {
    return 1; // A damaged EXIF block does not make the photo unreadable.
  }
}

/** The directory's orientation; 1 if it has none or an unknown one. */
export function orientationOf(directory: Directory): Orientation {
  const [value] = directory.numbers(orientationTag);
  return isOrientation(value) ? value : 1;
}

function isOrientation(value: number | undefined): value is Orientation {
  return value !== undefined && value >= 1 && value <= 8;
}

const orientationTag = 0x0112;
const entryBytes = 12;
/** More than the strips of one row or tiles of 16x16 pixels of the largest image. */
const maxValues = 2 ** 20;

/** Sizes of BYTE, SHORT, LONG and UNDEFINED. */
const valueBytes: { readonly [type: number]: 1 | 2 | 4 } = { 1: 1, 3: 2, 4: 4, 7: 1 };
