/** The chunks of a PNG file, and which damage to them Pillow minds. */
import { crc32 } from 'node:zlib';
import { CorruptImage } from '../../image/rejections.ts';
import { checkCount, slice, textAt, viewOf } from '../shared/bytes.ts';

export interface Chunk {
  readonly type: string;
  /** As far as the file goes. */
  readonly data: Uint8Array;
  /** What it says of itself; more than there are data if the file is cut off. */
  readonly length: number;
  /** Where in the file it stands, from its type on. */
  readonly at: number;
}

export interface Chunks {
  readonly beforeData: readonly Chunk[];
  /** The first IDAT and those right behind it: others do not count. */
  readonly data: readonly Chunk[];
  readonly afterData: readonly Chunk[];
}

/**
 * Reads all that comes before IEND, or before something that is no chunk.
 *
 * @throws {CorruptImage} no IDAT, or chunks beyond all reason
 */
export function readChunks(bytes: Uint8Array): Chunks {
  const view = viewOf(bytes);
  const chunks: Chunk[] = [];
  for (let at = signatureBytes; at + 8 <= bytes.length; ) {
    const length = view.getUint32(at);
    const type = textAt(bytes, at + 4, 4);
    if (type === 'IEND' || !/^\w{4}$/.test(type)) break;
    chunks.push({ type, length, data: bytes.subarray(at + 8, at + 8 + length), at: at + 4 });
    checkCount(chunks);
    at += frameBytes + length;
  }
  const start = chunks.findIndex(isData);
  if (start < 0) throw new CorruptImage('no IDAT chunk');
  const rest = chunks.slice(start);
  const count = rest.findIndex((chunk) => !isData(chunk));
  const end = count < 0 ? chunks.length : start + count;
  return {
    beforeData: chunks.slice(0, start),
    data: chunks.slice(start, end),
    afterData: chunks.slice(end),
  };
}

function isData({ type }: Chunk) {
  return type === 'IDAT';
}

/**
 * Before the data, Pillow wants all checksums to be right, of chunks that it does not know, too; behind them it looks only
 * at lengths, and not at all at what follows the first picture of an animation.
 *
 * @param colourKeyBytes what a tRNS chunk has to have
 * @throws {CorruptImage}
 */
export function checkChunks(
  bytes: Uint8Array,
  { beforeData, afterData }: Chunks,
  colourKeyBytes: number,
): void {
  const leastOf = (type: string) => (type === 'tRNS' ? colourKeyBytes : (leastBytes[type] ?? 0));
  const checkLength = ({ type, data, length }: Chunk) => {
    if (data.length < Math.max(length, leastOf(type)))
      throw new CorruptImage(`the ${type} chunk is too short`);
  };
  for (const chunk of beforeData) {
    checkLength(chunk);
    const { at, type, length } = chunk;
    if (crc32(slice(bytes, at, 4 + length)) !== viewOf(bytes).getUint32(at + 4 + length)) {
      throw new CorruptImage(`the checksum of the ${type} chunk is wrong`);
    }
  }
  const isAnimated = beforeData.some(({ type }) => type === 'acTL');
  for (const chunk of afterData) {
    if (isAnimated && chunk.type === 'fcTL') return;
    checkLength(chunk);
  }
}

const leastBytes: { readonly [type: string]: number } = {
  IHDR: 13,
  gAMA: 4,
  cHRM: 32,
  sRGB: 1,
  pHYs: 9,
  acTL: 8,
  fcTL: 26,
};

const signatureBytes = 8;
/** Length, type and checksum. */
const frameBytes = 12;
