/** Bounds texts and colour profiles, which are hardly used: Pillow unpacks them and refuses files with large ones. */
import { constants, inflateSync } from 'node:zlib';
import type { CheckTime } from '../../image/image.ts';
import { CorruptImage, UnsupportedFormat } from '../../image/rejections.ts';
import type { Chunk } from './chunks.ts';

/**
 * Inflates a text as Pillow does: one that is cut off counts as far as it goes.
 *
 * @throws an error of zlib if the data are damaged or unpack to more than 1 MB
 */
export function inflateText(packed: Uint8Array): Uint8Array {
  return inflateSync(packed, { maxOutputLength: maxTextBytes, finishFlush: constants.Z_SYNC_FLUSH });
}

/**
 * @throws {UnsupportedFormat} a text or profile that unpacks to more than Pillow's limit, or all texts together do
 * @throws {CorruptImage} more than 1000 damaged ones, which cost far more time and memory than others
 */
export function checkTexts(chunks: readonly Chunk[], checkTime: CheckTime): void {
  let total = 0;
  let damaged = 0;
  for (const { type, data } of chunks) {
    const packed = type in packedPart ? packedPart[type](data) : undefined;
    if (packed) checkTime();
    const length = packed ? unpackedLength(packed) : lengthOfPlain(type, data);
    if (length === undefined && ++damaged > maxDamaged) {
      throw new CorruptImage(`more than ${maxDamaged} of its compressed texts are damaged`);
    }
    total += length ?? 0;
    if (total > maxTextsBytes) throw tooLarge();
  }
}

/** By type of chunk: the compressed part, if there is one. */
const packedPart: { readonly [type: string]: (data: Uint8Array) => Uint8Array | undefined } = {
  iCCP: (data) => data.subarray(data.indexOf(0) + 2),
  zTXt: (data) => data.subarray(data.indexOf(0) + 2),
  iTXt: (data) => {
    const flag = data.indexOf(0) + 1;
    if (data[flag] === 0) return undefined;
    const language = flag + 2;
    return data.subarray(data.indexOf(0, data.indexOf(0, language) + 1) + 1);
  },
};

/** The length of inflated data; undefined if they are damaged, which Pillow ignores. */
function unpackedLength(packed: Uint8Array): number | undefined {
  try {
    return inflateText(packed).length;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    return undefined;
  }
}

function lengthOfPlain(type: string, data: Uint8Array): number {
  return type === 'tEXt' ? data.length : 0;
}

function tooLarge() {
  return new UnsupportedFormat(
    'PNG with more than 1 MB of text or colour profile in a chunk, or 64 MB in all; save it without',
  );
}

/** Pillow's limit of one text. */
const maxTextBytes = 1_048_576;
/** Pillow's limit of all texts. */
const maxTextsBytes = 64 * maxTextBytes;
const maxDamaged = 1000;
