import { crc32 } from 'node:zlib';
import { checkImage } from '../image-target.ts';
import { smallImages } from '../small-images.ts';

export function seeds(): Uint8Array[] {
  return smallImages('.png');
}

export function check(input: Uint8Array): void | Promise<void> {
  return checkImage(withChecksums(input));
}

/** Repairs the checksum of each chunk, which would otherwise stop nearly every mutation. */
function withChecksums(input: Uint8Array): Buffer {
  const bytes = Buffer.from(input);
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 8 + bytes.readUInt32BE(at);
    if (end + 4 > bytes.length) break;
    bytes.writeUInt32BE(crc32(bytes.subarray(at + 4, end)), end);
    at = end + 4;
  }
  return bytes;
}
