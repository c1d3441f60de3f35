/** Bounds compressed texts and colour profiles, which are not used: Pillow unpacks them and refuses files with large ones. */
import { inflateSync } from 'node:zlib';
import type { CheckTime } from '../../image/image.ts';
import { UnsupportedFormat } from '../../image/rejections.ts';
import type { Chunk } from './chunks.ts';

/** Pillow's limit of one text. */
export const maxTextBytes = 1_048_576;
/** Pillow's limit of all texts. */
const maxTextsBytes = 64 * maxTextBytes;

/** @throws {UnsupportedFormat} a text or profile that unpacks to more than Pillow's limit, or all texts together do */
export function checkTexts(chunks: readonly Chunk[], checkTime: CheckTime): void {
  let total = 0;
  for (const { type, data } of chunks) {
    const packed = type in packedPart ? packedPart[type](data) : undefined;
    if (!packed) continue;
    checkTime();
    total += unpackedLength(packed);
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

/** The length of inflated data; 0 if they are damaged, which Pillow ignores. */
function unpackedLength(packed: Uint8Array): number {
  try {
    return inflateSync(packed, { maxOutputLength: maxTextBytes }).length;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    return 0;
  }
}

function tooLarge() {
  return new UnsupportedFormat(
    'PNG with more than 1 MB of text or colour profile in a chunk, or 64 MB in all; save it without',
  );
}
