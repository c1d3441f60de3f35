/** Changes an input a little: the mutations of libFuzzer and AFL, and some for JSON. */

export interface Mutator {
  /** Random numbers in [0, 1). */
  readonly random: () => number;
  /** Strings and numbers with a meaning: keywords, markers, sizes. */
  readonly words: readonly Uint8Array[];
  readonly maxBytes: number;
}

/**
 * @param other Another input, a part of which may be copied.
 * @returns Never longer than `maxBytes`.
 */
export function mutate(
  input: Uint8Array,
  other: Uint8Array,
  { random, words, maxBytes }: Mutator,
): Uint8Array {
  const below = (end: number) => Math.floor(random() * end);
  const pick = <Item>(items: readonly Item[]): Item => items[below(items.length)]!;
  let bytes = Buffer.from(input);

  const replace = (at: number, removed: number, inserted: Uint8Array) => {
    bytes = Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at + removed)]);
  };
  const overwrite = (inserted: Uint8Array) => replace(below(bytes.length + 1), inserted.length, inserted);
  const insert = (inserted: Uint8Array) => replace(below(bytes.length + 1), 0, inserted);
  const stretchOf = (from: Uint8Array) => {
    const length = below(Math.min(from.length, pick(lengths)) + 1);
    const at = below(from.length - length + 1);
    return from.subarray(at, at + length);
  };
  const change = (changed: (value: number) => number) => {
    const at = below(bytes.length);
    bytes[at] = changed(bytes[at] ?? 0);
  };
  const replaceValue = (replacement: (value: string) => string) => {
    const value = pick(valuesIn(bytes));
    if (value) replace(value.index, value[0].length, Buffer.from(replacement(value[0]), 'latin1'));
  };

  const anywhere = [
    () => change((value) => value ^ (1 << below(8))),
    () => change(() => below(256)),
    () => change((value) => value + below(33) - 16),
    () => overwrite(numberBytes(pick(edges), pick([1, 2, 4]), random() < 0.5)),
    () => replace(below(bytes.length + 1), 1 + below(pick(lengths)), new Uint8Array(0)),
    () => insert(new Uint8Array(1 + below(pick(lengths))).fill(pick([0, 255, below(256)]))),
    () => insert(stretchOf(bytes)),
    () => overwrite(stretchOf(bytes)),
    () => insert(stretchOf(other)),
    () => overwrite(stretchOf(other)),
    () => insert(repeat(stretchOf(bytes), below(pick(lengths)))),
    () => insert(words.length > 0 ? pick(words) : stretchOf(other)),
    () => overwrite(words.length > 0 ? pick(words) : stretchOf(other)),
  ];
  const inJson = [
    () => replaceValue(() => pick(values)),
    () => replaceValue(() => pick(valuesIn(other))?.[0] ?? 'null'),
    () => replaceValue(() => JSON.stringify(words.length > 0 ? Buffer.from(pick(words)).toString() : '')),
    () => replaceValue((value) => `[${value}]`),
    () => replaceValue((value) => `${value},${value}`),
  ];
  for (let count = 1 + below(5); count > 0; count--)
    pick(isJson(input) && random() < 0.7 ? inJson : anywhere)();
  return bytes.subarray(0, maxBytes);
}

/** A random length, mostly short. */
const lengths = [4, 4, 16, 64, 1024];

// Boundary values of counts and sizes, and values large enough to hurt.
const edges = [
  0,
  1,
  127,
  128,
  255,
  256,
  4096,
  32_767,
  32_768,
  65_535,
  65_536,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
];

/** The lowest bytes of a number, in either byte order. */
export function numberBytes(value: number, length: number, littleEndian: boolean): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  const lowest = bytes.subarray(0, length);
  return littleEndian ? lowest : lowest.reverse();
}

function repeat(bytes: Uint8Array, times: number): Uint8Array {
  return Buffer.concat(Array.from({ length: times }, () => bytes));
}

function isJson(input: Uint8Array): boolean {
  return input[0] === '{'.charCodeAt(0) || input[0] === '['.charCodeAt(0);
}

/** Matches JSON scalars, and lists and objects without nested ones. One character per byte. */
function valuesIn(input: Uint8Array): RegExpExecArray[] {
  return [
    ...Buffer.from(input)
      .toString('latin1')
      .matchAll(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|\[[^[\]{}]*\]|\{[^[\]{}]*\}/g),
  ];
}

const values = [
  'null',
  'true',
  '""',
  '0',
  '-1',
  '0.5',
  '1e-320',
  '1e39',
  '1e999',
  '[]',
  '{}',
  '"\\ud800"',
  '"\\u0000/"',
];
