/** Inflates on another thread, as much at a time as the consumer reads. */
import { pipeline, Readable } from 'node:stream';
import { constants, createInflate } from 'node:zlib';

/**
 * Returns the inflated data for a `for await` loop; leaving the loop destroys the stream.
 *
 * @param data in pieces of any size
 * @param length the number of bytes needed; damage well after them goes unnoticed
 * @throws an error of zlib, in the loop, if the data are damaged or truncated
 */
export function inflate(data: readonly Uint8Array[], length: number): AsyncIterable<Buffer> {
  // The needed bytes must fill the last buffer, because zlib discards a buffer in which it finds an error.
  const chunkSize = Math.ceil(length / Math.ceil(length / maxChunkBytes));
  const inflating = createInflate({ chunkSize: Math.max(chunkSize, constants.Z_MIN_CHUNK) });
  return pipeline(Readable.from(joined(data)), inflating, () => {
    // The loop throws the error as well.
  });
}

const maxChunkBytes = 262_144;

/** Joins small pieces: the round trip to another thread costs as much as inflating 8 KB. */
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
