/**
 * CRC-64/NVME, sixteen bytes at a time: each byte of a step has a table with its share of the checksum ("slicing by 16",
 * Kounavis and Berry 2008). Bits are reflected: the first bit of a byte is its lowest.
 */
const polynomial: u64 = ((<u64>0x9a6c9329) << 32) | 0xac4bc9b5;

/** Fills tables[k][byte], u64[16][256]: the checksum of a byte that k zero bytes follow. */
export function planCrc64(tables: usize): void {
  for (let byte: usize = 0; byte < 256; byte++) {
    let crc: u64 = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (polynomial & (0 - (crc & 1)));
    store<u64>(tables + (byte << 3), crc);
  }
  const end = tables + 16 * 2048;
  for (let entry = tables + 2048; entry < end; entry += 8) {
    const shorter = load<u64>(entry - 2048);
    store<u64>(entry, (shorter >> 8) ^ shareOf(shorter, tables, 0));
  }
}

/**
 * Continues a checksum.
 *
 * @param tables as `planCrc64` fills them @param before the checksum so far, inverted; all ones at the beginning
 * @returns The checksum, inverted.
 */
export function addCrc64(tables: usize, bytes: usize, length: usize, before: u64): u64 {
  let crc = before;
  const end = bytes + length;
  for (; bytes + 16 <= end; bytes += 16) {
    crc = sharesOf(crc ^ load<u64>(bytes), tables, 8) ^ sharesOf(load<u64>(bytes, 8), tables, 0);
  }
  for (; bytes < end; bytes++) crc = (crc >> 8) ^ shareOf(crc ^ load<u8>(bytes), tables, 0);
  return crc;
}

/** The shares of eight bytes that `following` bytes follow. */
function sharesOf(word: u64, tables: usize, following: usize): u64 {
  return (
    shareOf(word, tables, following + 7) ^
    shareOf(word >> 8, tables, following + 6) ^
    shareOf(word >> 16, tables, following + 5) ^
    shareOf(word >> 24, tables, following + 4) ^
    shareOf(word >> 32, tables, following + 3) ^
    shareOf(word >> 40, tables, following + 2) ^
    shareOf(word >> 48, tables, following + 1) ^
    shareOf(word >> 56, tables, following)
  );
}

/** The share of a word's lowest byte. */
function shareOf(word: u64, tables: usize, following: usize): u64 {
  return load<u64>(tables + (following << 11) + ((<usize>word & 0xff) << 3));
}
