/** Reads the metadata of a HEIF file, the container of AVIF: boxes, items and their properties. */
import { CorruptImage, UnsupportedFormat } from '../../image/rejections.ts';
import { checkCount, slice, textAt, viewOf } from '../shared/bytes.ts';

export interface PrimaryItem {
  /** As stored. */
  readonly width: number;
  readonly height: number;
  /** Anti-clockwise turns before mirroring, 0 to 3. */
  readonly quarterTurns: number;
  /** 0 exchanges top and bottom, 1 left and right. */
  readonly mirrorAxis: 0 | 1 | undefined;
}

/**
 * @throws {CorruptImage | RangeError} a box is missing or damaged
 * @throws {UnsupportedFormat} the image is neither AV1 nor a grid of AV1 tiles; names its coding
 */
export function readPrimaryItem(file: Uint8Array): PrimaryItem {
  const { boxes, primaryId, properties, items } = readMeta(file);
  checkCoding(codingOf(boxes, primaryId));
  const own = (items.find(({ id }) => id === primaryId)?.properties ?? []).flatMap(
    ({ index }) => properties[index - 1] ?? [],
  );
  const size = viewOf(childOf(own, 'ispe').data);
  const turn = own.find(({ type }) => type === 'irot');
  const mirror = own.find(({ type }) => type === 'imir');
  return {
    width: size.getUint32(versionBytes),
    height: size.getUint32(versionBytes + 4),
    quarterTurns: turn ? viewOf(turn.data).getUint8(0) & 3 : 0,
    mirrorAxis: mirror ? ((viewOf(mirror.data).getUint8(0) & 1) as 0 | 1) : undefined,
  };
}

function checkCoding(coding: string | undefined): void {
  if (coding === undefined || coding === 'av01' || coding === 'grid') return;
  const kind = refusedCodings[coding] ?? `whose main image is coded as '${coding}'`;
  throw new UnsupportedFormat(`AVIF ${kind}; save it as a plain AVIF, or as PNG`);
}

const refusedCodings: { readonly [coding: string]: string } = {
  hvc1: 'with HEVC inside',
  avc1: 'with AVC inside',
  jpeg: 'with JPEG inside',
  iovl: 'that overlays several images',
  iden: 'that derives its image from another',
  tmap: 'that is a tone-mapped image',
};

/** An item's coding, as a code of four characters; undefined if it is not stated. */
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
