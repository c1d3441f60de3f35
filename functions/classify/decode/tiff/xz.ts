/** The xz container around LZMA2, as libtiff writes it: the .xz file format 1.2, of one stream and one block. */
import { CorruptImage, UnsupportedFormat } from '../../image/rejections.ts';
import { slice } from '../shared/bytes.ts';
import { decodeLzma2 } from './lzma.ts';

/**
 * Decompresses to at most `length` bytes. Checksums are not checked: like libtiff, this stops at the last pixel.
 *
 * @throws {CorruptImage | RangeError} damaged or truncated data
 * @throws {UnsupportedFormat} filters for machine code
 */
export function decodeXz(data: Uint8Array, length: number): Uint8Array {
  if (!magic.every((byte, i) => data[i] === byte))
    throw new CorruptImage('strips or tiles that are not xz data');
  const headerBytes = 4 * (data[streamHeaderBytes] + 1);
  const { distance } = readFilters(slice(data, streamHeaderBytes, headerBytes));
  const output = new Uint8Array(length);
  const written = decodeLzma2(data.subarray(streamHeaderBytes + headerBytes), output);
  // Differences from the byte this far back.
  if (distance > 0) for (let i = distance; i < written; i++) output[i] += output[i - distance];
  return output.subarray(0, written);
}

/** Reads the block header. The distance of the delta filter is 0 without one. */
function readFilters(header: Uint8Array): { readonly distance: number } {
  const flags = header[1];
  let at = 2;
  const readNumber = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = slice(header, at++, 1)[0];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  if ((flags & hasPackedSize) !== 0) readNumber();
  if ((flags & hasUnpackedSize) !== 0) readNumber();
  let distance = 0;
  for (let i = 0; i <= (flags & 3); i++) {
    const id = readNumber();
    const size = readNumber();
    const properties = slice(header, at, size);
    at += size;
    if (id === delta && distance === 0) distance = properties[0] + 1;
    else if (id !== lzma2) throw new UnsupportedFormat(`TIFF of xz with the filter ${id}; save it as PNG`);
  }
  return { distance };
}

const magic = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0];
const streamHeaderBytes = 12;
const [hasPackedSize, hasUnpackedSize] = [0x40, 0x80];
const [delta, lzma2] = [3, 0x21];
