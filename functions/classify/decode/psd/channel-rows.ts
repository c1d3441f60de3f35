/** Reads the rows of a composite's channels as levels of 8 bits. A channel's rows follow one another. */
import { slice, viewOf } from '../shared/bytes.ts';
import { unpackBits } from '../shared/pack-bits.ts';
import type { PsdHeader } from './header.ts';

/** Returns a function that reads the next row of each channel. */
export function openRows(file: Uint8Array, header: PsdHeader): (rows: readonly Uint8Array[]) => void {
  const { width, bits, isPacked } = header;
  const rowBytes = Math.ceil((width * bits) / 8);
  const readRow = isPacked ? openPacked(file, header, rowBytes) : openRaw(file, header, rowBytes);
  return (rows) => {
    for (const [c, row] of rows.entries()) toLevels(readRow(c), bits, row);
  };
}

/** Takes the high byte of 16 bits. Like Pillow, shows 1 as white, which Photoshop shows as black. */
function toLevels(stored: Uint8Array, bits: number, levels: Uint8Array): void {
  if (bits === 8) levels.set(stored);
  else if (bits === 16) for (let x = 0; x < levels.length; x++) levels[x] = stored[2 * x];
  else for (let x = 0; x < levels.length; x++) levels[x] = 255 * ((stored[x >> 3] >> (~x & 7)) & 1);
}

/** Reads the next stored row of a channel. The array may be reused for the next one. */
type ReadRow = (channel: number) => Uint8Array;

function openRaw(file: Uint8Array, { height, channelsRead, dataAt }: PsdHeader, rowBytes: number): ReadRow {
  const channelBytes = height * rowBytes;
  const stored = slice(file, dataAt, channelsRead * channelBytes);
  const positions = Array.from({ length: channelsRead }, (_, c) => c * channelBytes);
  return (c) => {
    const row = slice(stored, positions[c], rowBytes);
    positions[c] += rowBytes;
    return row;
  };
}

/** The lengths of all rows come first. Rows are read without them, like Pillow, but for the start of each channel. */
function openPacked(
  file: Uint8Array,
  { height, channels, channelsRead, isLarge, dataAt }: PsdHeader,
  rowBytes: number,
): ReadRow {
  const lengthBytes = isLarge ? 4 : 2;
  const lengths = viewOf(slice(file, dataAt, lengthBytes * channels * height));
  const positions: number[] = [];
  let next = dataAt + lengths.byteLength;
  for (let i = 0; i < channelsRead * height; i++) {
    if (i % height === 0) positions.push(next);
    next += isLarge ? lengths.getUint32(4 * i) : lengths.getUint16(2 * i);
  }
  const row = new Uint8Array(rowBytes);
  return (c) => {
    const { end, written } = unpackBits(file, positions[c], row);
    if (written < rowBytes || end > file.length) throw new RangeError('beyond the end');
    positions[c] = end;
    return row;
  };
}
