/** Decompresses the blocks of a TIFF page and unpacks their samples. */
import { constants, inflateSync } from 'node:zlib';
import { viewOf } from '../shared/bytes.ts';
import { decodeLzw } from '../shared/lzw.ts';
import { compressions, type TiffLayout } from './layout.ts';

/** A row of palette indices, levels or floats, not scaled. */
export type Samples = Uint8Array | Uint16Array | Float32Array;

/**
 * Decompresses a block to at most `length` bytes.
 *
 * @throws {RangeError} or an error of zlib, if the data are damaged or inflate to far more than a block
 */
export function unpack(block: Uint8Array, compression: number, length: number): Uint8Array {
  switch (compression) {
    case compressions.lzw: {
      const output = new Uint8Array(length);
      const written = decodeLzw(block, output, { bitOrder: 'msb', literalBits: 8, earlyChange: true });
      return output.subarray(0, written);
    }
    case compressions.packBits:
      return unpackBits(block, length);
    case compressions.deflate:
    case compressions.oldDeflate:
      return inflateSync(block, {
        maxOutputLength: length + spareBytes,
        finishFlush: constants.Z_SYNC_FLUSH,
      });
    default:
      return block;
  }
}

/** Tolerates deflated data after the pixels, which libtiff leaves unread. */
const spareBytes = 65_536;

function unpackBits(packed: Uint8Array, length: number) {
  const unpacked = new Uint8Array(length);
  let written = 0;
  for (let at = 0; at < packed.length && written < length; ) {
    const header = packed[at++]!;
    if (header < 128) {
      const literal = packed.subarray(at, at + Math.min(header + 1, length - written));
      unpacked.set(literal, written);
      written += literal.length;
      at += header + 1;
    } else if (header > 128) {
      const end = Math.min(written + 257 - header, length);
      unpacked.fill(packed[at++]!, written, end);
      written = end;
    }
  }
  return unpacked.subarray(0, written);
}

/** Unpacks a row. Reverses horizontal differences, which wrap around, in place. */
export function readSamples(row: Uint8Array, layout: TiffLayout): Samples {
  const { samplesPerPixel, isDifferenced } = layout;
  const samples = widen(row, layout);
  if (!isDifferenced) return samples;
  for (let i = samplesPerPixel; i < samples.length; i++) samples[i] += samples[i - samplesPerPixel];
  return samples;
}

function widen(row: Uint8Array, { bitsPerSample: bits, littleEndian }: TiffLayout): Samples {
  if (bits === 8) return row;
  const length = Math.floor((row.length * 8) / bits);
  // Loops, because `from` with a function takes ten times as long, and a page may have 300 million samples.
  if (bits < 8) {
    const samples = new Uint8Array(length);
    const perByte = 8 / bits;
    const mask = (1 << bits) - 1;
    for (let i = 0; i < length; i++)
      samples[i] = (row[Math.floor(i / perByte)] >> (8 - bits * (1 + (i % perByte)))) & mask;
    return samples;
  }
  const view = viewOf(row);
  if (bits === 16) {
    const samples = new Uint16Array(length);
    for (let i = 0; i < length; i++) samples[i] = view.getUint16(2 * i, littleEndian);
    return samples;
  }
  const samples = new Float32Array(length);
  for (let i = 0; i < length; i++) samples[i] = view.getFloat32(4 * i, littleEndian);
  return samples;
}
