/** Reads the bits of a JPEG scan: ITU-T T.81, clause F.2.2.5. A chunk of its data, without stuffed zeros, is in memory. */

/** The state of reading a scan: functions/classify/decode/jpeg/entropy/bit-reader.ts shares it, and refills the chunk. */
@unmanaged
export class BitReader {
  /** The end of the chunk's memory. The chunk lies backwards: its first byte is the last one before this address. */
  top: usize;
  /** The bytes in the chunk. */
  length: usize;
  /** The next bit. */
  position: i32;
  /** Beyond this position the chunk may not hold a whole MCU. */
  refillPosition: i32;
  /** The end of the data. Zeros follow, which complete the MCU that runs over it. */
  endPosition: i32;
  /** The remaining blocks of a progressive end-of-band run. */
  bandRun: i32;
}

/** True if the data have not ended and the chunk holds the next MCU. */
export function hasMore(reader: BitReader): bool {
  return reader.position <= reader.refillPosition && reader.position <= reader.endPosition;
}

/** The bits from `position` on, of which at least 57 are valid: as bytes lie backwards, they are in order in a loaded word. */
export function windowAt(top: usize, position: i32): u64 {
  return load<u64>(top - 8 - <usize>(position >> 3)) << (position & 7);
}

/** The bit at a position. */
export function bitAt(top: usize, position: i32): i32 {
  return (<i32>load<u8>(top - 1 - <usize>(position >> 3)) >> (7 - (position & 7))) & 1;
}

/**
 * Appends data to a chunk without the zeros stuffed after 0xff. Fill bytes may precede such a zero, as they may precede any
 * marker; together they are one byte of data. Reads and writes whole vectors.
 *
 * @returns The address of the first byte left: the chunk has `capacity` bytes, a marker follows, or the source ends.
 */
export function unstuff(reader: BitReader, source: usize, sourceEnd: usize, capacity: usize): usize {
  let target = reader.top - reader.length;
  const targetEnd = reader.top - capacity;
  while (source < sourceEnd && target > targetEnd) {
    const bytes = v128.load(source);
    v128.store(target - 16, reversed(bytes));
    const found = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(-1)));
    const plain = min<usize>(ctz(found | 0x10000), min(sourceEnd - source, target - targetEnd));
    source += plain;
    target -= plain;
    if (source === sourceEnd || target === targetEnd || load<u8>(source) !== 0xff) continue;
    let behind = source + 1;
    while (behind < sourceEnd && load<u8>(behind) === 0xff) behind++;
    if (behind === sourceEnd || load<u8>(behind) !== 0) break;
    store<u8>(--target, 0xff);
    source = behind + 1;
  }
  reader.length = reader.top - target;
  return source;
}

function reversed(bytes: v128): v128 {
  return v128.shuffle<i8>(bytes, bytes, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
}
