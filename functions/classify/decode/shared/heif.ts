/** Reads the metadata of a HEIF file, the container of AVIF and HEIC: boxes, items and their properties. */
import { CorruptImage } from '../../image/rejections.ts';
import { checkCount, slice, textAt, viewOf } from './bytes.ts';

export interface PrimaryItem {
  /** As coded, before its transformations. */
  readonly width: number;
  readonly height: number;
  /** A code of four characters such as `av01` or `grid`; undefined if it is not stated. */
  readonly coding: string | undefined;
  /** In the order in which the file lists them, which is the order of the transformations. */
  readonly properties: readonly Box[];
}

/** @throws {CorruptImage | RangeError} a box is missing or damaged */
export function readPrimaryItem(file: Uint8Array): PrimaryItem {
  const { boxes, primaryId, properties, items } = readMeta(file);
  const own = (items.find(({ id }) => id === primaryId)?.properties ?? []).flatMap(
    ({ index }) => properties[index - 1] ?? [],
  );
  const size = viewOf(childOf(own, 'ispe').data);
  return {
    width: size.getUint32(versionBytes),
    height: size.getUint32(versionBytes + 4),
    coding: codingOf(boxes, primaryId),
    properties: own,
  };
}

/** The anti-clockwise quarter turns of an `irot` property, 0 to 3. */
export function quarterTurnsOf({ data }: Box): number {
  return viewOf(data).getUint8(0) & 3;
}

function codingOf(boxes: readonly Box[], id: number): string | undefined {
  const entry = listItems(boxes).find((item) => item.id === id)?.entry;
  return entry && textAt(entry, versionBytes + (entry[0] > 2 ? 4 : 2) + 2, 4);
}

/** The `infe` boxes with the ids of their items; empty without an `iinf` box. */
export function listItems(boxes: readonly Box[]): { readonly id: number; readonly entry: Uint8Array }[] {
  const list = boxes.find(({ type }) => type === 'iinf')?.data;
  if (!list) return [];
  return readBoxes(list.subarray(itemListHeadBytes(list))).map(({ data: entry }) => ({
    id: entry[0] > 2 ? viewOf(entry).getUint32(versionBytes) : viewOf(entry).getUint16(versionBytes),
    entry,
  }));
}

/** Bytes in an `iinf` box before its entries. */
export function itemListHeadBytes(list: Uint8Array): number {
  return versionBytes + (list[0] > 0 ? 4 : 2);
}

export interface Meta {
  readonly primaryId: number;
  /** The boxes in the `meta` box. */
  readonly boxes: readonly Box[];
  readonly properties: readonly Box[];
  readonly items: readonly Item[];
}

export interface Item {
  readonly id: number;
  readonly properties: readonly Association[];
}

export interface Association {
  /** Counted from 1. */
  readonly index: number;
  /** A reader that does not know the property must not show the item. */
  readonly isEssential: boolean;
}

export interface Box {
  readonly type: string;
  readonly data: Uint8Array;
}

/** @throws {CorruptImage | RangeError} a box is missing or damaged */
export function readMeta(file: Uint8Array): Meta {
  const boxes = readBoxes(childOf(readBoxes(file), 'meta').data.subarray(versionBytes));
  const primary = childOf(boxes, 'pitm').data;
  const hasWideId = primary[0] > 0;
  const itemProperties = readBoxes(childOf(boxes, 'iprp').data);
  return {
    boxes,
    primaryId: hasWideId ? viewOf(primary).getUint32(versionBytes) : viewOf(primary).getUint16(versionBytes),
    properties: readBoxes(childOf(itemProperties, 'ipco').data),
    items: readAssociations(childOf(itemProperties, 'ipma').data),
  };
}

/** Reads consecutive boxes; a truncated last one is included. */
export function readBoxes(bytes: Uint8Array): Box[] {
  const view = viewOf(bytes);
  const boxes: Box[] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const size = view.getUint32(at);
    const headerBytes = size === 1 ? 16 : 8;
    const length = size === 1 ? Number(view.getBigUint64(at + 8)) : size || bytes.length - at;
    if (length < headerBytes) throw new CorruptImage(`a box of ${length} bytes`);
    boxes.push({ type: textAt(bytes, at + 4, 4), data: bytes.subarray(at + headerBytes, at + length) });
    checkCount(boxes);
    at += length;
  }
  return boxes;
}

export function childOf(boxes: readonly Box[], type: string): Box {
  const found = boxes.find((box) => box.type === type);
  if (!found) throw new CorruptImage(`there is no '${type}' box`);
  return found;
}

function readAssociations(box: Uint8Array): Item[] {
  const view = viewOf(box);
  const wideIds = view.getUint8(0) > 0;
  const wideIndices = (view.getUint8(3) & 1) > 0;
  const indexBytes = wideIndices ? 2 : 1;
  const items: Item[] = [];
  let at = versionBytes + 4;
  for (let count = view.getUint32(versionBytes); count > 0; count--) {
    const id = wideIds ? view.getUint32(at) : view.getUint16(at);
    at += wideIds ? 4 : 2;
    const stored = slice(box, at + 1, view.getUint8(at) * indexBytes);
    const properties = Array.from({ length: stored.length / indexBytes }, (_, i) => {
      const value = wideIndices ? viewOf(stored).getUint16(i * 2) : stored[i] << 8;
      return { index: wideIndices ? value & 0x7fff : (value >> 8) & 0x7f, isEssential: value > 0x7fff };
    });
    items.push({ id, properties });
    checkCount(items);
    at += 1 + stored.length;
  }
  return items;
}

/** Writes a box. */
export function boxOf(type: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(parts.reduce((sum, { length }) => sum + length, 8));
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, ...parts]);
}

/** Version and flags at the start of a full box. */
export const versionBytes = 4;
