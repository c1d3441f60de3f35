/** Names for shuffles. */

/** The lanes of two vectors in turn: those of their first halves (0) or of their second halves (1). */
export function interleaveBytes0(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

export function interleaveBytes1(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

export function interleaveWords0(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

export function interleaveWords1(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

export function interleaveDoubles0(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(a, b, 0, 4, 1, 5);
}

export function interleaveDoubles1(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(a, b, 2, 6, 3, 7);
}

export function interleaveHalves0(a: v128, b: v128): v128 {
  return v128.shuffle<i64>(a, b, 0, 2);
}

export function interleaveHalves1(a: v128, b: v128): v128 {
  return v128.shuffle<i64>(a, b, 1, 3);
}
