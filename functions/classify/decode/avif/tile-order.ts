/**
 * Puts the tiles of grid images into the order in which the grid refers to them. The decoder ignores these references and takes
 * tiles in the order of the file's lists of items, which may differ.
 */
import { checkCount, slice, viewOf } from '../shared/bytes.ts';
import { type Box, boxOf, itemListHeadBytes, listItems, readBoxes, versionBytes } from '../shared/heif.ts';

/**
 * The boxes of a `meta` box with its lists of items reordered; the same array if they are in order. Takes time in proportion to
 * their bytes, however many references they hold.
 */
export function inTileOrder(boxes: readonly Box[]): readonly Box[] {
  const orders = tileOrders(boxes);
  if (orders.length === 0) return boxes;
  const reordered = boxes.map(({ type, data }) => {
    const list = type in readList ? readList[type](data) : undefined;
    const sorted = list && sortEntries(list.entries, orders);
    if (!list || sorted === list.entries) return { type, data };
    return { type, data: Buffer.concat([list.head, ...sorted!.map(({ bytes }) => bytes)]) };
  });
  return reordered.every(({ data }, i) => data === boxes[i].data) ? boxes : reordered;
}

/** The ids of the items that each derived image is made of, in its order. */
function tileOrders(boxes: readonly Box[]): number[][] {
  const references = boxes.find(({ type }) => type === 'iref')?.data;
  if (!references) return [];
  const idBytes = references[0] > 0 ? 4 : 2;
  return readBoxes(references.subarray(versionBytes))
    .filter(({ type }) => type === 'dimg')
    .map(({ data }) => {
      const view = viewOf(data);
      const count = view.getUint16(idBytes);
      const first = idBytes + 2;
      return Array.from({ length: count }, (_, i) =>
        idBytes === 4 ? view.getUint32(first + 4 * i) : view.getUint16(first + 2 * i),
      );
    });
}

interface Entry {
  readonly id: number;
  readonly bytes: Uint8Array;
}

interface List {
  /** The bytes before the entries. */
  readonly head: Uint8Array;
  readonly entries: readonly Entry[];
}

/** Exchanges the entries of each of these lists of ids with each other, so that they are in its order. */
function sortEntries(entries: readonly Entry[], orders: readonly (readonly number[])[]): readonly Entry[] {
  const sorted = [...entries];
  const places = new Map<number, number>();
  const repeated = new Set<number>();
  for (const [place, { id }] of entries.entries()) {
    if (places.has(id)) repeated.add(id);
    places.set(id, place);
  }
  for (const ids of orders) {
    const own = ids.flatMap((id) => places.get(id) ?? []);
    if (new Set(own).size < own.length || ids.some((id) => repeated.has(id))) continue;
    const free = own.toSorted((a, b) => a - b);
    const moved = own.map((place) => sorted[place]);
    for (const [i, entry] of moved.entries()) {
      sorted[free[i]] = entry;
      places.set(entry.id, free[i]);
    }
  }
  return sorted.every((entry, i) => entry === entries[i]) ? entries : sorted;
}

const readList: { readonly [type: string]: (data: Uint8Array) => List } = {
  iinf: (data) => ({
    head: data.subarray(0, itemListHeadBytes(data)),
    entries: listItems([{ type: 'iinf', data }]).map(({ id, entry }) => ({
      id,
      bytes: boxOf('infe', entry),
    })),
  }),
  iloc: (data) => {
    const view = viewOf(data);
    const version = view.getUint8(0);
    const [offsetBytes, lengthBytes] = [view.getUint8(4) >> 4, view.getUint8(4) & 15];
    const idBytes = version < 2 ? 2 : 4;
    const headBytes = versionBytes + 2 + idBytes;
    const entries: Entry[] = [];
    let at = headBytes;
    for (let count = idBytes === 2 ? view.getUint16(6) : view.getUint32(6); count > 0; count--) {
      const extentsAt = at + idBytes + (version > 0 ? 2 : 0) + 2;
      const extents = view.getUint16(extentsAt);
      const end = extentsAt + 2 + extents * (offsetBytes + lengthBytes);
      const id = idBytes === 2 ? view.getUint16(at) : view.getUint32(at);
      entries.push({ id, bytes: slice(data, at, end - at) });
      checkCount(entries);
      at = end;
    }
    return { head: data.subarray(0, headBytes), entries };
  },
};
