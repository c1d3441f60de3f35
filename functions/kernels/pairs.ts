/**
 * Lookups of up to two symbols of an AC table at once, with their values: value 2 << 48 | value 1 << 32 | advance 2 << 18 |
 * advance 1 << 11 | length 1 << 6 | length of both. Lengths include extra bits.
 */
import { advanceOf, endOfBlock, entryAt, extendedValue, lengthOf, pairsAt } from './huffman';

/** The width of the lookup. With a bit more or less, decoding takes longer. */
export const pairBits: i32 = 11;

/**
 * Builds the pairs of an AC table: up to two symbols of a window, with their values. A pair of which even the first symbol or
 * its value is too long is 0. If the second one is, it has the first one's value and no advance.
 */
export function buildPairs(table: usize): void {
  for (let window = 0; window < 1 << pairBits; window++) {
    store<u64>(table + pairsAt + (window << 3), pairOf(table, (<u64>window) << (64 - pairBits)));
  }
}

function pairOf(table: usize, window: u64): u64 {
  const first = entryAt(table, window);
  const firstLength = lengthOf(first);
  if (firstLength > pairBits) return 0;
  const value = extendedValue(window, first);
  const second = entryAt(table, window << firstLength);
  const isPair = advanceOf(first) !== endOfBlock && firstLength + lengthOf(second) <= pairBits;
  const length = firstLength + (isPair ? lengthOf(second) : 0);
  const advance = isPair ? advanceOf(second) : 0;
  const secondValue = isPair ? extendedValue(window << firstLength, second) : value;
  return (
    ((<u64>(secondValue & 0xffff)) << 48) |
    ((<u64>(value & 0xffff)) << 32) |
    ((advance << 18) | (advanceOf(first) << 11) | (firstLength << 6) | length)
  );
}

/** The pair of symbols at the start of a window. */
export function pairAt(table: usize, window: u64): u64 {
  return load<u64>(table + pairsAt + ((<usize>(window >>> (64 - pairBits))) << 3));
}

/** The bits of a pair. A shift by a pair is one by this number, and needs no instruction to extract it. */
export function pairLengthOf(pair: u64): i32 {
  return <i32>pair & 63;
}

/** The bits of a pair's first symbol alone. */
export function firstLengthOf(pair: u64): i32 {
  return (<i32>pair >> 6) & 31;
}

export function firstAdvanceOf(pair: u64): i32 {
  return (<i32>pair >> 11) & 127;
}

export function secondAdvanceOf(pair: u64): i32 {
  return (<i32>pair >> 18) & 127;
}

/** Values, of which the lower 16 bits count. */
export function firstValueOf(pair: u64): i32 {
  return <i32>(pair >>> 32);
}

export function secondValueOf(pair: u64): i32 {
  return <i32>(pair >>> 48);
}
