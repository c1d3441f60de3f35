/** Sends files through a pipe: 4 bytes of big-endian length, then the file. */
import { readSync } from 'node:fs';

export function frameOf(bytes: Uint8Array): Buffer {
  const frame = Buffer.alloc(4 + bytes.length);
  frame.writeUInt32BE(bytes.length);
  frame.set(bytes, 4);
  return frame;
}

/** Blocks for the next file on standard input; undefined at its end. */
export function readFrame(): Buffer | undefined {
  const length = readExactly(4)?.readUInt32BE();
  return length === undefined ? undefined : readExactly(length);
}

function readExactly(length: number): Buffer | undefined {
  const bytes = Buffer.alloc(length);
  for (let read = 0; read < length; ) {
    const count = readSync(0, bytes, read, length - read, null);
    if (count === 0) return undefined;
    read += count;
  }
  return bytes;
}
