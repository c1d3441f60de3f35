/**
 * Bits of an entropy-coded segment: ITU-T T.81, clause F.2.2.5. Stuffed bytes are taken out chunk by chunk, so that the
 * hot functions read plain 32-bit words at a bit position and check for nothing.
 */
import { EndOfData } from '../syntax/markers.ts';

export interface BitReader {
  readonly source: Buffer;
  readonly chunk: Buffer;
  /** The same memory as big-endian words. */
  readonly words: Int32Array;
  /** The next bit in `words`. */
  position: number;
  /** Beyond this position the chunk is to be refilled. */
  refillPosition: number;
  /** The end of the data in `words`, once the marker behind them is in sight: what is read beyond is zeros. */
  endPosition: number;
  /** No more data: every MCU up to the next restart is to be taken as zeros. */
  isDry: boolean;
  /** The position behind the marker that ends the data, once it is in sight; else 0. */
  markerAt: number;
  /** There is no such marker. */
  isCutOff: boolean;
  /** Bytes in the chunk. */
  length: number;
  /** In the source: the next byte, and the next one that is 0xff. */
  at: number;
  next0xff: number;
}

/** Reads from position `at` of `source` on. */
export function openReader(source: Buffer, at: number): BitReader {
  const buffer = new ArrayBuffer(chunkBytes + marginBytes);
  const reader: BitReader = {
    source,
    chunk: Buffer.from(buffer),
    words: new Int32Array(buffer),
    position: 0,
    refillPosition: 0,
    endPosition: 0,
    isDry: false,
    markerAt: 0,
    isCutOff: false,
    length: 0,
    at: 0,
    next0xff: 0,
  };
  continueAt(reader, at);
  return reader;
}

/** Goes on at another place in the source, such as behind a restart marker. */
export function continueAt(reader: BitReader, at: number): void {
  reader.at = at;
  reader.next0xff = -1;
  reader.position = 0;
  reader.length = 0;
  reader.isDry = false;
  reader.markerAt = 0;
  reader.isCutOff = false;
  refill(reader);
}

/** Has no more data: the marker in front of `markerAt` is to stay unread. */
export function stopBefore(reader: BitReader, markerAt: number): void {
  if (reader.length > 0) reader.chunk.fill(0, 0, marginBytes);
  reader.position = 0;
  reader.length = 0;
  reader.markerAt = markerAt;
  endHere(reader);
}

/** The next 32 bits, which always hold a code (up to 16 or, unknown, 17 bits) and its extra bits (up to 15). */
export function peek(words: Int32Array, position: number): number {
  const i = position >>> 5;
  const shift = position & 31;
  return (words[i] << shift) | ((words[i + 1] >>> 1) >>> (31 - shift));
}

/** The bit at a position. */
export function bitAt(words: Int32Array, position: number): number {
  return (words[position >>> 5] >>> (31 - (position & 31))) & 1;
}

/** To be called before each MCU: its bits are then in the chunk. */
export function prepare(reader: BitReader): void {
  if (reader.position > reader.refillPosition) refill(reader);
}

/**
 * To be called after each MCU: an MCU that runs over the end is finished with zero bits.
 *
 * @throws {EndOfData} libjpeg-turbo goes on at a marker, Pillow not at the end of the file
 */
export function checkEnd(reader: BitReader): void {
  if (reader.position <= reader.endPosition) return;
  if (reader.isCutOff) throw new EndOfData();
  reader.isDry = true;
}

const chunkBytes = 16_384;
/** What an MCU may take and, at the end, the zeros behind the data: 10 blocks of 64 symbols of 31 bits are 2480 bytes. */
const marginBytes = 4096;
const never = 0x3fffffff;

function refill(reader: BitReader): void {
  const { chunk, position } = reader;
  const isComplete = reader.markerAt !== 0 || reader.isCutOff;
  if (isComplete) return;
  const done = (position >>> 5) << 2;
  const kept = Math.max(reader.length - done, 0);
  chunk.copyWithin(0, done, reader.length);
  reader.position = position & 31;
  reader.length = kept;
  unstuff(reader);
  if (reader.markerAt !== 0 || reader.isCutOff) {
    chunk.fill(0, reader.length);
    endHere(reader);
  } else {
    reader.refillPosition = (reader.length - marginBytes) * 8;
    reader.endPosition = never;
  }
  chunk.subarray(kept, (reader.length + 3) & ~3).swap32();
}

function endHere(reader: BitReader): void {
  reader.refillPosition = never;
  reader.endPosition = reader.length * 8;
}

/** Fills the chunk up to its margin, or to the marker or the end of the file. */
function unstuff(reader: BitReader): void {
  const { source } = reader;
  for (;;) {
    if (reader.next0xff < reader.at) {
      const found = source.indexOf(0xff, reader.at);
      reader.next0xff = found < 0 ? source.length : found;
    }
    copyPlain(reader, Math.min(reader.next0xff - reader.at, chunkBytes - reader.length));
    if (reader.length === chunkBytes) return;
    // Fill bytes may stand before the stuffed zero as before any marker; all of it is one byte of data.
    let behind = reader.at;
    while (source[behind] === 0xff) behind++;
    if (behind >= source.length) {
      reader.isCutOff = true;
      return;
    }
    if (source[behind] !== 0) {
      reader.markerAt = behind + 1;
      return;
    }
    reader.chunk[reader.length++] = 0xff;
    reader.at = behind + 1;
  }
}

/** Copies bytes without 0xff among them. */
function copyPlain(reader: BitReader, count: number): void {
  const { source, chunk, at, length } = reader;
  if (count > 64) source.copy(chunk, length, at, at + count);
  else for (let i = 0; i < count; i++) chunk[length + i] = source[at + i];
  reader.at += count;
  reader.length += count;
}
