/**
 * Rewrites the box `iloc`, which states where the coded pictures are (ISO/IEC 14496-12, section 8.11.3), without base positions
 * and extent indices: the decoder refuses files that have them.
 */
import { checkCount } from '../shared/bytes.ts';
import { type Box, versionBytes } from '../shared/heif.ts';

/** The boxes of a `meta` box with a plain `iloc`; the same array if it is plain already or missing. */
export function withPlainLocations(boxes: readonly Box[]): readonly Box[] {
  const isPlain = boxes.every(({ type, data }) => type !== 'iloc' || data[versionBytes + 1] === 0);
  if (isPlain) return boxes;
  return boxes.map(({ type, data }) => ({ type, data: type === 'iloc' ? plain(data) : data }));
}

function plain(data: Uint8Array): Uint8Array {
  const source = Buffer.from(data);
  const version = source[0];
  const idBytes = version < 2 ? 2 : 4;
  const methodBytes = version > 0 ? 2 : 0;
  const [offsetBytes, lengthBytes] = [source[versionBytes] >> 4, source[versionBytes] & 15];
  const baseBytes = source[versionBytes + 1] >> 4;
  const indexBytes = version > 0 ? source[versionBytes + 1] & 15 : 0;
  const headBytes = versionBytes + 2 + idBytes;
  const parts: Buffer[] = [source.subarray(0, headBytes)];
  let at = headBytes;
  const read = (bytes: number) => {
    const value = numberAt(source, at, bytes);
    at += bytes;
    return value;
  };
  for (let items = numberAt(source, versionBytes + 2, idBytes); items > 0; items--) {
    // The id, the construction method and the data reference.
    const kept = idBytes + methodBytes + 2;
    parts.push(source.subarray(at, at + kept));
    at += kept;
    const base = read(baseBytes);
    const extents = read(2);
    parts.push(source.subarray(at - 2, at));
    for (let extent = extents; extent > 0; extent--) {
      at += indexBytes;
      const place = Buffer.alloc(2 * plainBytes);
      place.writeBigUInt64BE(BigInt.asUintN(64, base + read(offsetBytes)));
      place.writeBigUInt64BE(read(lengthBytes), plainBytes);
      parts.push(place);
      checkCount(parts);
    }
  }
  const result = Buffer.concat(parts);
  result[versionBytes] = (plainBytes << 4) | plainBytes;
  result[versionBytes + 1] = 0;
  return result;
}

/** A number of 0, 2, 4 or 8 bytes. */
function numberAt(bytes: Buffer, at: number, size: number): bigint {
  if (size === 8) return bytes.readBigUInt64BE(at);
  return BigInt(size === 0 ? 0 : bytes.readUIntBE(at, size));
}

const plainBytes = 8;
