/** Unpacks the samples of a row of a TIFF block and reverses its predictor. */
import { viewOf } from '../shared/bytes.ts';
import { sampleFormats, type TiffLayout } from './layout.ts';

/** A row of palette indices, levels or floats, not scaled. */
export type Samples = Uint8Array | Uint16Array | Int16Array | Int32Array | Float32Array;

/** Writes the pixel whose first sample is `samples[s]` to `rgba[o]`. */
export type PixelPainter = (samples: Samples, s: number, rgba: Uint8Array, o: number) => void;

/**
 * Unpacks a row. The predictor is reversed in place, with sums that wrap around.
 *
 * @param channels samples per pixel in the row
 */
export function readSamples(row: Uint8Array, layout: TiffLayout, channels: number): Samples {
  if (layout.predictor === 3) return readFloats(sumBytes(row, channels), channels);
  const samples = widen(row, layout);
  if (layout.predictor === 2) {
    for (let i = channels; i < samples.length; i++) samples[i] += samples[i - channels];
  }
  return samples;
}

function widen(row: Uint8Array, { bitsPerSample: bits, sampleFormat, littleEndian }: TiffLayout): Samples {
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
  if (bits === 12) {
    const samples = new Uint16Array(length);
    for (let i = 0; i < length; i++) {
      const pair = view.getUint16((3 * i) >> 1);
      samples[i] = (i & 1) === 0 ? pair >> 4 : pair & 0xfff;
    }
    return samples;
  }
  if (bits === 16) {
    const samples = sampleFormat === sampleFormats.signed ? new Int16Array(length) : new Uint16Array(length);
    for (let i = 0; i < length; i++) samples[i] = view.getUint16(2 * i, littleEndian);
    return samples;
  }
  if (sampleFormat === sampleFormats.float) {
    const samples = new Float32Array(length);
    for (let i = 0; i < length; i++) samples[i] = view.getFloat32(4 * i, littleEndian);
    return samples;
  }
  // Pillow reads unsigned integers into signed ones, too.
  const samples = new Int32Array(length);
  for (let i = 0; i < length; i++) samples[i] = view.getInt32(4 * i, littleEndian);
  return samples;
}

/** Reverses the horizontal predictor on a row of bytes, in place. */
export function sumBytes(row: Uint8Array, channels: number): Uint8Array {
  for (let i = channels; i < row.length; i++) row[i] += row[i - channels];
  return row;
}

/** The row has the highest byte of all samples, then the next, whatever the byte order of the file. */
function readFloats(row: Uint8Array, channels: number): Float32Array {
  const length = Math.floor(row.length / 4);
  const bytes = new DataView(new ArrayBuffer(4));
  const samples = new Float32Array(length - (length % channels));
  for (let i = 0; i < samples.length; i++) {
    for (let byte = 0; byte < 4; byte++) bytes.setUint8(byte, row[byte * length + i]);
    samples[i] = bytes.getFloat32(0);
  }
  return samples;
}
