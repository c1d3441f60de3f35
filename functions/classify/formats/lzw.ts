/** LZW as TIFF uses it (TIFF 6.0, section 13): codes from the most significant bit on, widened one code early. */
import { CorruptImage } from '../rejections.ts';

/**
 * Decodes `input` until `output` is full, the stream's end code comes, or the input ends. Our own, because the one in
 * jimp's TIFF library does not stop where damaged data lack their end code.
 *
 * @returns how many bytes of `output` were written
 * @throws {CorruptImage} a code that is not in the table yet
 */
export const decodeLzw = (input: Uint8Array, output: Uint8Array): number => {
  // A table entry is an earlier stretch of the output, one byte longer than the entry it was made from.
  const starts = new Uint32Array(maxCodes);
  const lengths = new Uint16Array(maxCodes);
  let codeBits = minCodeBits;
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
      window = ((window << 8) | input[at++]) & windowMask;
      windowBits += 8;
    }
    windowBits -= codeBits;
    const code = (window >>> windowBits) & ((1 << codeBits) - 1);

    if (code === endCode) return written;
    if (code === clearCode) {
      codeBits = minCodeBits;
      nextCode = endCode + 1;
      previous = -1;
      continue;
    }
    if (previous >= 0 && nextCode < maxCodes) {
      starts[nextCode] = previousStart;
      lengths[nextCode] = (previous < clearCode ? 1 : lengths[previous]) + 1;
      nextCode++;
      if (nextCode + 1 === 1 << codeBits && codeBits < maxCodeBits) codeBits++;
    }
    if (code >= nextCode) throw new CorruptImage(`LZW code ${code} where the table ends at ${nextCode - 1}`);
    previousStart = written;
    previous = code;
    if (code < clearCode) output[written++] = code;
    else {
      // Byte by byte: the newest entry overlaps what it is just writing.
      const end = Math.min(written + lengths[code], output.length);
      for (let from = starts[code]; written < end; ) output[written++] = output[from++];
    }
  }
  return written;
};

const clearCode = 256;
const endCode = 257;
const minCodeBits = 9;
const maxCodeBits = 12;
const maxCodes = 1 << maxCodeBits;
const windowMask = 0xfffff;
