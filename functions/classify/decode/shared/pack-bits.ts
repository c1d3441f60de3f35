/** PackBits, the run-length encoding of TIFF and PSD: TIFF 6.0, section 9. */

/**
 * Unpacks from position `at` until `output` is full or the data end. A run or a literal that goes beyond the output is cut.
 *
 * @returns the position after what was read, beyond the data if they end within a literal, and the bytes written
 */
export function unpackBits(
  packed: Uint8Array,
  at: number,
  output: Uint8Array,
): { readonly end: number; readonly written: number } {
  let end = at;
  let written = 0;
  while (end < packed.length && written < output.length) {
    const header = packed[end++];
    if (header < 128) {
      const literal = packed.subarray(end, end + Math.min(header + 1, output.length - written));
      output.set(literal, written);
      written += literal.length;
      end += header + 1;
    } else if (header > 128 && end < packed.length) {
      const until = Math.min(written + 257 - header, output.length);
      output.fill(packed[end++], written, until);
      written = until;
    }
  }
  return { end, written };
}
