/**
 * Rewrites the metadata of AVIF files that the decoder would refuse or misread. libavif's strict checks, which Pillow turns off,
 * require a `pixi` property, which repeats the bit depth, and a `clap` property of whole pixels.
 */
import { type Box, boxOf, type Item, type Meta, readBoxes, readMeta, versionBytes } from '../shared/heif.ts';
import { withPlainLocations } from './plain-locations.ts';
import { inTileOrder } from './tile-order.ts';

/**
 * Adds a missing `pixi` property to all coded items, removes `clap`, a crop that Pillow does not apply, puts the tiles of
 * grids into their order, and states positions in the only way that the decoder reads. Other files are returned as they are.
 */
export function asDecoderExpects(file: Uint8Array): Uint8Array {
  const meta = readMeta(file);
  const itemProperties = acceptedProperties(meta);
  const boxes = inTileOrder(withPlainLocations(meta.boxes));
  if (!itemProperties && boxes === meta.boxes) return file;
  const children = boxes.map(({ type, data }) =>
    boxOf(type, type === 'iprp' && itemProperties ? itemProperties : data),
  );
  return withMeta(file, boxOf('meta', Buffer.alloc(versionBytes), ...children));
}

/** The content of an `iprp` box whose items pass the checks; undefined if all do already. */
function acceptedProperties(meta: Meta): Uint8Array | undefined {
  const isClap = ({ index }: { readonly index: number }) => meta.properties[index - 1]?.type === 'clap';
  const depths = meta.items.map((item) => missingDepth(item, meta));
  const hasClap = meta.items.some(({ properties }) => properties.some(isClap));
  if (!hasClap && depths.every((depth) => depth === undefined)) return undefined;
  const added: Box[] = [];
  const items = meta.items.map(({ id, properties }, i) => {
    const kept = properties.filter((property) => !isClap(property));
    const depth = depths[i];
    if (!depth) return { id, properties: kept };
    added.push({ type: 'pixi', data: depth });
    return {
      id,
      properties: [...kept, { index: meta.properties.length + added.length, isEssential: false }],
    };
  });
  return Buffer.concat([
    boxOf('ipco', ...[...meta.properties, ...added].map(({ type, data }) => boxOf(type, data))),
    associationsOf(items),
  ]);
}

/** The content of the `pixi` property that a coded item lacks. */
function missingDepth({ properties }: Item, meta: Meta): Uint8Array | undefined {
  const own = properties.flatMap(({ index }) => meta.properties[index - 1] ?? []);
  const configuration = own.find(({ type }) => type === 'av1C')?.data;
  if (!configuration || configuration.length < 3 || own.some(({ type }) => type === 'pixi')) return undefined;
  const [isHigh, isTwelve, isGrey] = [0x40, 0x20, 0x10].map((flag) => (configuration[2] & flag) > 0);
  const bits = isHigh ? (isTwelve ? 12 : 10) : 8;
  const channels = isGrey ? 1 : 3;
  return Uint8Array.from([...Buffer.alloc(versionBytes), channels, ...Array(channels).fill(bits)]);
}

/** An `ipma` box with the widest ids and indices. */
function associationsOf(items: readonly Item[]): Uint8Array {
  const head = Buffer.alloc(versionBytes + 4);
  head.writeUInt32BE(0x01000001);
  head.writeUInt32BE(items.length, versionBytes);
  const entries = items.map(({ id, properties }) => {
    const entry = Buffer.alloc(5 + 2 * properties.length);
    entry.writeUInt32BE(id);
    entry[4] = properties.length;
    for (const [i, { index, isEssential }] of properties.entries()) {
      entry.writeUInt16BE(index | (isEssential ? 0x8000 : 0), 5 + 2 * i);
    }
    return entry;
  });
  return boxOf('ipma', head, ...entries);
}

/** Appends a `meta` box in place of the old one, which stays as free space, so that no position in the file changes. */
function withMeta(file: Uint8Array, meta: Uint8Array): Uint8Array {
  const result = Buffer.concat([file, meta]);
  const boxes = readBoxes(file);
  const old = boxes.find(({ type }) => type === 'meta')!;
  result.write('free', headerOf(old, file) + 4);
  const last = boxes[boxes.length - 1];
  const lastHeader = headerOf(last, file);
  // A last box that extends to the end of the file would contain the new one.
  if (result.readUInt32BE(lastHeader) === 0) result.writeUInt32BE(file.length - lastHeader, lastHeader);
  return result;
}

function headerOf({ data }: Box, file: Uint8Array): number {
  const start = data.byteOffset - file.byteOffset;
  const isLong =
    start >= 16 && Buffer.from(file.buffer, file.byteOffset + start - 16, 4).readUInt32BE() === 1;
  return start - (isLong ? 16 : 8);
}
