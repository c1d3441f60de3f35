/** Rewrites the box `iloc` of AVIF files, which states where the coded pictures are, in the ways that the standard allows. */
import { boxOf, childOf, readBoxes, readMeta } from '../../../../../functions/classify/decode/shared/heif.ts';

export interface LocationOptions {
  readonly version: 0 | 1 | 2;
  /** Bytes of each field: 0, 4 or 8. */
  readonly offset: number;
  readonly length: number;
  readonly base: number;
  readonly index?: number;
  /** The number of pieces in which each picture is listed. */
  readonly extents?: number;
  /** The pictures are in a box `idat` in `meta`. */
  readonly inMeta?: boolean;
}

/** @param file has an `iloc` box of version 0 with positions and lengths of 4 bytes, and one extent for each item */
export function withLocations(file: Buffer, options: LocationOptions): Buffer {
  const { boxes } = readMeta(file);
  const stored = Buffer.from(childOf(boxes, 'iloc').data);
  const items = Array.from({ length: stored.readUInt16BE(6) }, (_, i) => {
    const at = 8 + 14 * i;
    return {
      id: stored.readUInt16BE(at),
      start: stored.readUInt32BE(at + 6),
      length: stored.readUInt32BE(at + 10),
    };
  });
  const pictures = items.map(({ start, length }) => file.subarray(start, start + length));
  const starts = (moved: number) =>
    items.map(({ start }, i) =>
      options.inMeta ? pictures.slice(0, i).reduce((sum, { length }) => sum + length, 0) : start + moved,
    );
  const rebuilt = (moved: number) => {
    const locations = iloc(
      items.map((item, i) => ({ ...item, start: starts(moved)[i] })),
      options,
    );
    const children = boxes.map(({ type, data }) => (type === 'iloc' ? locations : boxOf(type, data)));
    if (options.inMeta) children.push(boxOf('idat', ...pictures));
    return Buffer.concat(
      readBoxes(file).map(({ type, data }) =>
        boxOf(type, ...(type === 'meta' ? [Buffer.alloc(4), ...children] : [data])),
      ),
    );
  };
  return rebuilt(rebuilt(0).length - file.length);
}

interface Location {
  readonly id: number;
  readonly start: number;
  readonly length: number;
}

function iloc(items: readonly Location[], options: LocationOptions): Uint8Array {
  const { version, offset, length, base, index = 0, extents = 1 } = options;
  const idBytes = version < 2 ? 2 : 4;
  const parts = items.flatMap((item) => {
    const basis = base === 0 ? 0 : offset === 0 ? item.start : item.start - 7;
    const cut = (extent: number) => Math.floor((item.length * extent) / extents);
    return [
      number(item.id, idBytes),
      number(options.inMeta ? 1 : 0, version > 0 ? 2 : 0),
      number(0, 2),
      number(basis, base),
      number(extents, 2),
      ...Array.from({ length: extents }, (_, extent) => [
        number(1, version > 0 ? index : 0),
        number(item.start - basis + cut(extent), offset),
        number(cut(extent + 1) - cut(extent), length),
      ]).flat(),
    ];
  });
  const widths = Buffer.of((offset << 4) | length, (base << 4) | index);
  return boxOf('iloc', Buffer.of(version, 0, 0, 0), widths, number(items.length, idBytes), ...parts);
}

function number(value: number, bytes: number): Buffer {
  const result = Buffer.alloc(bytes);
  if (bytes === 8) result.writeBigUInt64BE(BigInt(value));
  else if (bytes > 0) result.writeUIntBE(value, 0, bytes);
  return result;
}
