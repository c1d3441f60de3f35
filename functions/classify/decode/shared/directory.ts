/** Reads the first directory (IFD) of a TIFF, BigTIFF or EXIF block, which have the same structure. */
import { CorruptImage } from '../../image/rejections.ts';
import { textAt, viewOf } from './bytes.ts';

export interface Directory {
  readonly littleEndian: boolean;
  /**
   * The values of a tag of type BYTE, SHORT, LONG, UNDEFINED or LONG8; empty if the tag is missing or of another type.
   *
   * @throws {RangeError | CorruptImage} the values lie outside the file, or are more than a million
   */
  numbers(tag: number): number[];
  /** The values of a tag of type RATIONAL, under the same conditions. */
  rationals(tag: number): number[];
  /**
   * The first value of a tag of any type of number, as Pillow reads it; NaN if its values are bytes or text, undefined if it is
   * missing, empty or of an unknown type.
   *
   * @throws {RangeError | CorruptImage} as `numbers` does
   */
  first(tag: number): number | undefined;
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
  const isBig = view.getUint16(2, littleEndian) === bigTiffVersion;
  const uint64 = (at: number) => Number(view.getBigUint64(at, littleEndian));
  const uint32 = (at: number) => view.getUint32(at, littleEndian);
  const offset = isBig ? uint64 : uint32;
  const offsetBytes = isBig ? 8 : 4;
  const start = offset(isBig ? 8 : 4);
  const count = isBig ? uint64(start) : view.getUint16(start, littleEndian);
  const entries = new Map<number, number>();
  for (let i = 0; i < count; i++) {
    const entry = start + (isBig ? 8 : 2) + i * (4 + 2 * offsetBytes);
    const tag = view.getUint16(entry, littleEndian);
    if (!entries.has(tag)) entries.set(tag, entry);
  }
  const typeOf = (entry: number) => view.getUint16(entry + 2, littleEndian);
  const positions = (tag: number, sizes: { readonly [type: number]: number }) => {
    const entry = entries.get(tag);
    const size = entry === undefined ? undefined : sizes[typeOf(entry)];
    if (entry === undefined || !size) return { size: 1, first: 0, count: 0 };
    const count = offset(entry + 4);
    const value = entry + 4 + offsetBytes;
    const first = count * size <= offsetBytes ? value : offset(value);
    // Check the count against the file before allocating: it may claim billions.
    if (first + count * size > tiff.length) throw new RangeError(`tag ${tag} lies outside the file`);
    if (count > maxValues) throw new CorruptImage(`tag ${tag} has ${count} values`);
    return { size, first, count };
  };
  const readers: { readonly [size: number]: (at: number) => number } = {
    1: (at) => view.getUint8(at),
    2: (at) => view.getUint16(at, littleEndian),
    4: uint32,
    8: uint64,
  };
  return {
    littleEndian,
    numbers: (tag) => {
      const { size, first, count } = positions(tag, integerBytes);
      return Array.from({ length: count }, (_, i) => readers[size](first + i * size));
    },
    rationals: (tag) => {
      const { first, count } = positions(tag, rationalBytes);
      return Array.from({ length: count }, (_, i) => uint32(first + 8 * i) / uint32(first + 8 * i + 4));
    },
    first: (tag) => {
      const entry = entries.get(tag);
      const { first, count } = positions(tag, valueBytes);
      if (entry === undefined || count === 0) return undefined;
      return values[typeOf(entry)][1](view, first, littleEndian);
    },
  };
}

const bigTiffVersion = 43;
/** More than the strips of one row or tiles of 16x16 pixels of the largest image. */
const maxValues = 2 ** 20;

/** Sizes of BYTE, SHORT, LONG, UNDEFINED and LONG8. */
const integerBytes: { readonly [type: number]: number } = { 1: 1, 3: 2, 4: 4, 7: 1, 16: 8 };
const rationalBytes: { readonly [type: number]: number } = { 5: 8 };

type ReadNumber = (view: DataView, at: number, littleEndian: boolean) => number;
const notANumber: ReadNumber = () => Number.NaN;
const readLong: ReadNumber = (view, at, littleEndian) => view.getUint32(at, littleEndian);

/** By type: the size of a value, and how to read one. */
const values: { readonly [type: number]: readonly [bytes: number, read: ReadNumber] } = {
  1: [1, notANumber],
  2: [1, notANumber],
  3: [2, (view, at, littleEndian) => view.getUint16(at, littleEndian)],
  4: [4, readLong],
  5: [8, (view, at, littleEndian) => view.getUint32(at, littleEndian) / view.getUint32(at + 4, littleEndian)],
  6: [1, (view, at) => view.getInt8(at)],
  7: [1, notANumber],
  8: [2, (view, at, littleEndian) => view.getInt16(at, littleEndian)],
  9: [4, (view, at, littleEndian) => view.getInt32(at, littleEndian)],
  10: [8, (view, at, littleEndian) => view.getInt32(at, littleEndian) / view.getInt32(at + 4, littleEndian)],
  11: [4, (view, at, littleEndian) => view.getFloat32(at, littleEndian)],
  12: [8, (view, at, littleEndian) => view.getFloat64(at, littleEndian)],
  13: [4, readLong],
  16: [8, (view, at, littleEndian) => Number(view.getBigUint64(at, littleEndian))],
};

const valueBytes: { readonly [type: number]: number } = Object.fromEntries(
  Object.entries(values).map(([type, [bytes]]) => [type, bytes]),
);
