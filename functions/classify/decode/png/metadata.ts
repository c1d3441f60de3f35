/** Finds the EXIF and XMP data of a PNG file: in chunks of their own or, as ImageMagick writes EXIF, in text. */
import type { OrientationData } from '../shared/orientation.ts';
import type { Chunk, Chunks } from './chunks.ts';
import { inflateText } from './texts.ts';

export function metadataOf({ beforeData, afterData }: Chunks): OrientationData {
  const chunks = [...beforeData, ...afterData];
  return {
    exif:
      chunks.find(({ type }) => type === 'eXIf')?.data ?? rawProfile(textOf(chunks, 'Raw profile type exif')),
    xmp: textOf(chunks, 'XML:com.adobe.xmp'),
  };
}

/** The last text of this keyword, from a chunk of any kind. */
function textOf(chunks: readonly Chunk[], keyword: string): Uint8Array | undefined {
  const start = Buffer.from(`${keyword}\0`, 'latin1');
  const chunk = chunks.findLast(
    ({ type, data }) => type in readText && start.equals(data.subarray(0, start.length)),
  );
  try {
    return chunk && readText[chunk.type](chunk.data.subarray(start.length));
  } catch {
    return undefined; // Damaged text does not make the image unreadable.
  }
}

/** By type of chunk: the text after the keyword. */
const readText: { readonly [type: string]: (data: Uint8Array) => Uint8Array } = {
  tEXt: (data) => data,
  zTXt: (data) => inflateText(data.subarray(1)),
  iTXt: (data) => {
    // A flag, the method, the language and the translated keyword.
    const text = data.subarray(data.indexOf(0, data.indexOf(0, 2) + 1) + 1);
    return data[0] === 0 ? text : inflateText(text);
  },
};

/** ImageMagick's notation: an empty line, a name, a length, then lines of hexadecimal digits. */
function rawProfile(text: Uint8Array | undefined): Uint8Array | undefined {
  if (!text) return undefined;
  const lines = Buffer.from(text).toString('latin1').split('\n').slice(3);
  const block = Buffer.from(lines.join('').replace(/\s/g, ''), 'hex');
  return block.toString('latin1', 0, 6) === 'Exif\0\0' ? block.subarray(6) : block;
}
