/**
 * Prepares the bits of an entropy-coded segment (ITU-T T.81, clause F.2.2.5) for the kernels, which read them without any
 * checks: a chunk at a time, without stuffed bytes, and zeros after the end.
 */
import type { Address } from '../../shared/kernels.ts';
import { EndOfData } from '../syntax/markers.ts';
import type { CodedFile } from './coded-file.ts';

export interface BitReader {
  readonly file: CodedFile;
  readonly source: Buffer;
  /** The address of the state that the kernels share. */
  readonly state: Address;
  /** The chunk's memory; its bytes lie backwards. */
  readonly chunk: Address;
  /** The position in the source of the next byte. */
  at: number;
  /** The data have ended: all MCUs up to the next restart are zeros. */
  isDry: boolean;
  /** The position after the marker that ends the data, or 0 if it has not been found yet. */
  markerAt: number;
  /** The file ends without such a marker. */
  isCutOff: boolean;
}

/** A kernel that reads MCUs, at least one, until `end`, the chunk or the data end. Returns the next MCU. */
export type ReadMcus = (first: number, end: number) => number;

/** Opens a reader at position `at` of the file. */
export function openReader(file: CodedFile, at: number): BitReader {
  const { allocate } = file.instance;
  const reader: BitReader = {
    file,
    source: file.bytes,
    state: allocate(4 * fieldCount),
    chunk: allocate(memoryBytes),
    at,
    isDry: false,
    markerAt: 0,
    isCutOff: false,
  };
  continueAt(reader, at);
  return reader;
}

/** Continues at another position in the source, such as after a restart marker. */
export function continueAt(reader: BitReader, at: number): void {
  reader.at = at;
  reader.isDry = false;
  reader.markerAt = 0;
  reader.isCutOff = false;
  stateOf(reader).set([reader.chunk + memoryBytes, 0, 0, 0, 0, 0]);
  refill(reader);
}

/** Ends the data and leaves the marker before `markerAt` unread. */
export function stopBefore(reader: BitReader, markerAt: number): void {
  reader.markerAt = markerAt;
  chunkOf(reader).fill(0, chunkBytes);
  stateOf(reader).set([reader.chunk + memoryBytes, 0, 0, never, 0, 0]);
}

/**
 * Reads MCUs with a kernel, and returns the first one that is left: the data have ended, or `end`. The MCU that runs over the
 * end of the data has been completed with zero bits.
 *
 * @throws {EndOfData} at the end of the file, where Pillow fails; at a marker, libjpeg-turbo continues
 */
export function readMcus(reader: BitReader, first: number, end: number, read: ReadMcus): number {
  let next = first;
  while (next < end && !reader.isDry) {
    const before = stateOf(reader);
    if (before[position] > before[refillPosition]) refill(reader);
    next = read(next, end);
    const after = stateOf(reader);
    reader.isDry = after[position] > after[endPosition];
    if (reader.isDry && reader.isCutOff) throw new EndOfData();
  }
  return next;
}

/** The chunk's bits, for decoders that are not kernels; valid until it is refilled or memory is allocated. */
export interface Bits {
  readonly chunk: DataView;
  readonly position: number;
  /** Beyond this position the chunk may not hold a whole MCU. */
  readonly refillPosition: number;
  /** Zeros follow, enough for an MCU that begins before. */
  readonly endPosition: number;
}

export function bitsOf(reader: BitReader): Bits {
  const state = stateOf(reader);
  const { buffer, byteOffset } = chunkOf(reader);
  return {
    chunk: new DataView(buffer, byteOffset, memoryBytes),
    position: state[position],
    refillPosition: state[refillPosition],
    endPosition: state[endPosition],
  };
}

/** The bits from a position on, at least 25 of them, at the top of 32. */
export function windowAt({ chunk }: Bits, at: number): number {
  return chunk.getInt32(memoryBytes - 4 - (at >> 3), true) << (at & 7);
}

export function moveTo(reader: BitReader, to: number): void {
  stateOf(reader)[position] = to;
}

/** The fields of the kernels' `BitReader`, in order. */
const [length, position, refillPosition, endPosition] = [1, 2, 3, 4];
const fieldCount = 6;

const chunkBytes = 16_384;
/** The largest MCU: 10 blocks of 64 symbols of 31 bits are 2480 bytes. At the end of the data the margin is zeros. */
const marginBytes = 4096;
const memoryBytes = chunkBytes + marginBytes;
const never = 0x3fffffff;

function stateOf({ file, state }: BitReader): Int32Array {
  return file.instance.wordsAt(state, fieldCount);
}

function chunkOf({ file, chunk }: BitReader): Uint8Array {
  return file.instance.bytesAt(chunk, memoryBytes);
}

function refill(reader: BitReader): void {
  if (reader.markerAt !== 0 || reader.isCutOff) return;
  const state = stateOf(reader);
  const done = (state[position] >>> 5) << 2;
  const kept = Math.max(state[length] - done, 0);
  chunkOf(reader).copyWithin(memoryBytes - kept, memoryBytes - state[length], memoryBytes - done);
  state[position] &= 31;
  state[length] = kept;
  unstuff(reader, state);
  if (reader.markerAt !== 0 || reader.isCutOff) {
    chunkOf(reader).fill(0, 0, memoryBytes - state[length]);
    state[refillPosition] = never;
    state[endPosition] = state[length] * 8;
  } else {
    state[refillPosition] = (state[length] - marginBytes) * 8;
    state[endPosition] = never;
  }
}

/** Fills the chunk until it is full or a marker or the end of the file is reached. */
function unstuff(reader: BitReader, state: Int32Array): void {
  const { source, file } = reader;
  for (;;) {
    const { start, end } = file.pieceAt(reader.at);
    reader.at += file.instance.kernels.unstuff(reader.state, start, end, chunkBytes) - start;
    if (state[length] === chunkBytes) return;
    // The piece of the file has ended, or a run of 0xff at its end, or before a marker.
    let behind = reader.at;
    while (source[behind] === 0xff) behind++;
    if (behind >= source.length) {
      reader.isCutOff = true;
      return;
    }
    if (behind > reader.at && source[behind] !== 0) {
      reader.markerAt = behind + 1;
      return;
    }
    if (behind > reader.at) reader.at = behind - 1;
  }
}
