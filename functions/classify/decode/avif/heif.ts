/** Reads the size and orientation of the primary image from the boxes of a HEIF file, the container of AVIF. */
import { CorruptImage } from '../../image/rejections.ts';
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

/** @throws {CorruptImage | RangeError} a box is missing or damaged */
export function readPrimaryItem(file: Uint8Array): PrimaryItem {
  const meta = readBoxes(child(readBoxes(file), 'meta').subarray(versionBytes));
  const primary = child(meta, 'pitm');
  const wide = primary[0] > 0;
  const id = wide ? viewOf(primary).getUint32(versionBytes) : viewOf(primary).getUint16(versionBytes);
  const itemProperties = readBoxes(child(meta, 'iprp'));
  const properties = readBoxes(child(itemProperties, 'ipco'));
  const own = associations(child(itemProperties, 'ipma'), id).flatMap((index) => properties[index - 1] ?? []);
  const size = viewOf(child(own, 'ispe'));
  const turn = own.find(({ type }) => type === 'irot');
  const mirror = own.find(({ type }) => type === 'imir');
  return {
    width: size.getUint32(versionBytes),
    height: size.getUint32(versionBytes + 4),
    quarterTurns: turn ? viewOf(turn.data).getUint8(0) & 3 : 0,
    mirrorAxis: mirror ? ((viewOf(mirror.data).getUint8(0) & 1) as 0 | 1) : undefined,
  };
}

interface Box {
  readonly type: string;
  readonly data: Uint8Array;
}

/** Reads consecutive boxes; a truncated last one is included. */
function readBoxes(bytes: Uint8Array): Box[] {
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

function child(boxes: readonly Box[], type: string) {
  const found = boxes.find((box) => box.type === type);
  if (!found) throw new CorruptImage(`there is no '${type}' box`);
  return found.data;
}

/** The properties of an item as 1-based indices into the property box. */
function associations(box: Uint8Array, id: number): number[] {
  const view = viewOf(box);
  const wideIds = view.getUint8(0) > 0;
  const wideIndices = (view.getUint8(3) & 1) > 0;
  const indexBytes = wideIndices ? 2 : 1;
  let at = versionBytes + 4;
  for (let items = view.getUint32(versionBytes); items > 0; items--) {
    const item = wideIds ? view.getUint32(at) : view.getUint16(at);
    at += wideIds ? 4 : 2;
    const count = view.getUint8(at++);
    if (item === id) {
      const stored = slice(box, at, count * indexBytes);
      return Array.from({ length: count }, (_, i) =>
        wideIndices ? viewOf(stored).getUint16(i * 2) & 0x7fff : stored[i] & 0x7f,
      );
    }
    at += count * indexBytes;
  }
  return [];
}

const versionBytes = 4;
