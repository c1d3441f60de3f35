/**
 * Reads the bits of an entropy-coded segment (ITU-T T.81, clause F.2.2.5). Stuffed bytes are removed a chunk at a time, so
 * that the hot functions read plain 32-bit words at a bit position without any checks.
 */
import { EndOfData } from '../syntax/markers.ts';

export interface BitReader {
  readonly source: Buffer;
  readonly chunk: Buffer;
  /** The same memory as big-endian words. */
  readonly words: Int32Array;
  /** The next bit in `words`. */
  position: number;
  /** The chunk has to be refilled beyond this position. */
  refillPosition: number;
  /** The end of the data in `words` once the marker after them has been found; zeros follow. */
  endPosition: number;
  /** The data have ended: all MCUs up to the next restart are zeros. */
  isDry: boolean;
  /** The position after the marker that ends the data, or 0 if it has not been found yet. */
  markerAt: number;
  /** The file ends without such a marker. */
  isCutOff: boolean;
  /** Bytes in the chunk. */
  length: number;
  /** Positions in the source of the next byte and of the next 0xff. */
  at: number;
  next0xff: number;
}

/** Opens a reader at position `at` of `source`. */
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

/** Continues at another position in the source, such as after a restart marker. */
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

/** Ends the data and leaves the marker before `markerAt` unread. */
export function stopBefore(reader: BitReader, markerAt: number): void {
  if (reader.length > 0) reader.chunk.fill(0, 0, marginBytes);
  reader.position = 0;
  reader.length = 0;
  reader.markerAt = markerAt;
  endHere(reader);
}

/** The next 32 bits, which always hold a code (up to 16 bits, 17 if unknown) and its extra bits (up to 15). */
export function peek(words: Int32Array, position: number): number {
  const i = position >>> 5;
  const shift = position & 31;
  return (words[i] << shift) | ((words[i + 1] >>> 1) >>> (31 - shift));
}

/** The bit at a position. */
export function bitAt(words: Int32Array, position: number): number {
  return (words[position >>> 5] >>> (31 - (position & 31))) & 1;
}

/** Ensures that the bits of the next MCU are in the chunk. Call before each MCU. */
export function prepare(reader: BitReader): void {
  if (reader.position > reader.refillPosition) refill(reader);
}

/**
 * Checks for the end of the data. Call after each MCU: one that runs over the end has been completed with zero bits.
 *
 * @throws {EndOfData} at the end of the file, where Pillow fails; at a marker, libjpeg-turbo continues
 */
export function checkEnd(reader: BitReader): void {
  if (reader.position <= reader.endPosition) return;
  if (reader.isCutOff) throw new EndOfData();
  reader.isDry = true;
}

const chunkBytes = 16_384;
/** The largest MCU: 10 blocks of 64 symbols of 31 bits are 2480 bytes. At the end of the data the margin is zeros. */
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

/** Fills the chunk until it is full or a marker or the end of the file is reached. */
function unstuff(reader: BitReader): void {
  const { source } = reader;
  for (;;) {
    if (reader.next0xff < reader.at) {
      const found = source.indexOf(0xff, reader.at);
      reader.next0xff = found < 0 ? source.length : found;
    }
    copyPlain(reader, Math.min(reader.next0xff - reader.at, chunkBytes - reader.length));
    if (reader.length === chunkBytes) return;
    // Fill bytes may precede the stuffed zero, as they may precede any marker; together they are one byte of data.
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

/** Copies bytes that include no 0xff. */
function copyPlain(reader: BitReader, count: number): void {
  const { source, chunk, at, length } = reader;
  if (count > 64) source.copy(chunk, length, at, at + count);
  else for (let i = 0; i < count; i++) chunk[length + i] = source[at + i];
  reader.at += count;
  reader.length += count;
}
