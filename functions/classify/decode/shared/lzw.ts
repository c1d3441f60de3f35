/** LZW decompression for GIF and TIFF, which pack the bits from opposite ends. */
import { CorruptImage } from '../../image/rejections.ts';

export interface LzwVariant {
  /** GIF fills bytes from the least significant bit, TIFF from the most significant. */
  readonly bitOrder: 'lsb' | 'msb';
  /** Bits per literal, 0 to 12; the output has the lowest 8. */
  readonly literalBits: number;
  /** Codes widen one code earlier than necessary, as in TIFF. */
  readonly earlyChange: boolean;
}

/**
 * Decodes until `output` is full, an end code is read, or the input ends.
 *
 * @returns the number of bytes written to `output`
 * @throws {CorruptImage} a code that is not in the table yet
 */
export function decodeLzw(input: Uint8Array, output: Uint8Array, variant: LzwVariant): number {
  const { literalBits } = variant;
  const msb = variant.bitOrder === 'msb';
  const early = variant.earlyChange ? 1 : 0;
  const clearCode = 1 << literalBits;
  const endCode = clearCode + 1;
  // A table entry is a range of the earlier output, one byte longer than the entry it extends.
  const starts = new Uint32Array(maxCodes);
  const lengths = new Uint16Array(maxCodes);
  let codeBits = literalBits + 1;
  let nextCode = endCode + 1;
  let previous = -1;
  let previousStart = 0;
  let window = 0;
  let windowBits = 0;
  let at = 0;
  let written = 0;

  while (written < output.length) {
    while (windowBits < codeBits) {
      if (at === input.length) return written;
      const byte = input[at++];
      window = msb ? ((window << 8) | byte) & windowMask : window | (byte << windowBits);
      windowBits += 8;
    }
    windowBits -= codeBits;
    const code = (msb ? window >>> windowBits : window) & ((1 << codeBits) - 1);
    if (!msb) window >>>= codeBits;

    if (code === endCode) return written;
    if (code === clearCode) {
      codeBits = literalBits + 1;
      nextCode = endCode + 1;
      previous = -1;
      continue;
    }
    if (previous >= 0 && nextCode < maxCodes) {
      starts[nextCode] = previousStart;
      lengths[nextCode] = (previous < clearCode ? 1 : lengths[previous]) + 1;
      nextCode++;
      if (nextCode + early === 1 << codeBits && codeBits < maxCodeBits) codeBits++;
    }
    if (code >= nextCode) throw new CorruptImage(`LZW code ${code} where the table ends at ${nextCode - 1}`);
    previousStart = written;
    previous = code;
    if (code < clearCode) output[written++] = code;
    else {
      // Byte by byte, because the newest entry overlaps its own output.
      const end = Math.min(written + lengths[code], output.length);
      for (let from = starts[code]; written < end; ) output[written++] = output[from++];
    }
  }
  return written;
}

const maxCodeBits = 12;
const maxCodes = 1 << maxCodeBits;
const windowMask = 0xfffff;
