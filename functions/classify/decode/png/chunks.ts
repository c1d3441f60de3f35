/** Reads the chunks of a PNG file and refuses the damage that Pillow refuses. */
import { crc32 } from 'node:zlib';
import { CorruptImage } from '../../image/rejections.ts';
import { checkCount, slice, textAt, viewOf } from '../shared/bytes.ts';

export interface Chunk {
  readonly type: string;
  /** Shorter than `length` if the file is truncated. */
  readonly data: Uint8Array;
  /** The stated length. */
  readonly length: number;
  /** The position of its type in the file. */
  readonly at: number;
}

export interface Chunks {
  readonly beforeData: readonly Chunk[];
  /** The first IDAT and those directly after it; later ones are ignored. */
  readonly data: readonly Chunk[];
  readonly afterData: readonly Chunk[];
}

/**
 * Reads the chunks before IEND, or before data that are not a chunk.
 *
 * @throws {CorruptImage} no IDAT, or more than 100,000 chunks
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
 * Checks what Pillow checks. Before the data, all checksums must be right, even those of unknown chunks. After the data only
 * lengths count, and nothing after the first picture of an animation.
 *
 * @param colourKeyBytes the minimum length of a tRNS chunk
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
