/** The range decoder of LZMA: reads bits of adaptive probability. */

export interface RangeDecoder {
  /** Forgets all probabilities. */
  reset(count: number): void;
  /** Continues at a position in the data. */
  start(at: number): void;
  /** Reads a bit whose probability is at `place`. */
  bit(place: number): number;
  /** Reads a number of `bits` bits, the highest first, each with a probability of its own. */
  tree(base: number, bits: number): number;
  /** The same, the lowest bit first. */
  reversedTree(base: number, bits: number): number;
  /** Reads up to 26 bits of even probability, the highest first. */
  direct(bits: number): number;
}

/** Beyond the end, the data are zeros. */
export function openRangeDecoder(data: Uint8Array): RangeDecoder {
  let probabilities = new Uint16Array(0);
  let range = 0;
  let code = 0;
  let at = 0;

  const normalise = () => {
    if (range >= 1 << 24) return;
    range = (range << 8) >>> 0;
    code = ((code << 8) | data[at++]) >>> 0;
  };
  const bit = (place: number) => {
    normalise();
    const probability = probabilities[place];
    const bound = (range >>> 11) * probability;
    if (code < bound) {
      range = bound;
      probabilities[place] = probability + ((2048 - probability) >> 5);
      return 0;
    }
    range -= bound;
    code -= bound;
    probabilities[place] = probability - (probability >> 5);
    return 1;
  };

  return {
    bit,
    reset: (count) => {
      probabilities = new Uint16Array(count).fill(1024);
    },
    start: (from) => {
      range = 0xffffffff;
      code = 0;
      // The first byte is always 0.
      for (at = from + 1; at < from + 5; ) code = ((code << 8) | data[at++]) >>> 0;
    },
    tree: (base, bits) => {
      let symbol = 1;
      for (let i = 0; i < bits; i++) symbol = (symbol << 1) | bit(base + symbol);
      return symbol - (1 << bits);
    },
    reversedTree: (base, bits) => {
      let symbol = 1;
      let value = 0;
      for (let i = 0; i < bits; i++) {
        const next = bit(base + symbol);
        symbol = (symbol << 1) | next;
        value |= next << i;
      }
      return value;
    },
    direct: (bits) => {
      let value = 0;
      for (let i = 0; i < bits; i++) {
        normalise();
        range >>>= 1;
        const next = code >= range ? 1 : 0;
        if (next === 1) code -= range;
        value = value * 2 + next;
      }
      return value;
    },
  };
}
