/** Inflates as much at a time as is asked for, on another thread. */
import { pipeline, Readable } from 'node:stream';
import { constants, createInflate } from 'node:zlib';

/**
 * To be read in a loop: leaving that, for whatever reason, ends the stream.
 *
 * @param data in pieces of any size
 * @param length how many bytes are needed: damage behind them goes unseen, but for that within the next few
 * @throws an error of zlib, in the loop, if the data are damaged or cut off
 */
export function inflate(data: readonly Uint8Array[], length: number): AsyncIterable<Buffer> {
  // What is needed fills the last buffer, too: of one in which an error turns up, nothing is seen.
  const chunkSize = Math.ceil(length / Math.ceil(length / maxChunkBytes));
  const inflating = createInflate({ chunkSize: Math.max(chunkSize, constants.Z_MIN_CHUNK) });
  return pipeline(Readable.from(joined(data)), inflating, () => {
    // Of an error, the loop learns, too.
  });
}

const maxChunkBytes = 262_144;

/** Each piece takes a trip to another thread and back, which for 8 KB costs as much as inflating them. */
function* joined(data: readonly Uint8Array[]): Generator<Uint8Array> {
  let pieces: Uint8Array[] = [];
  let length = 0;
  for (const piece of data) {
    pieces.push(piece);
    length += piece.length;
    if (length < 65_536) continue;
    yield pieces.length > 1 ? Buffer.concat(pieces) : piece;
    pieces = [];
    length = 0;
  }
  yield Buffer.concat(pieces);
}
