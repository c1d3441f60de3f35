/** The most pixels that LZW gets out of a byte: every code is the newest of the table, and so one longer than the one before. */

/**
 * Zeros, packed as GIF packs 8 bits a pixel (least significant bit first), or as TIFF does (most significant bit first, codes
 * widened one early).
 */
export function packZeros(pixels: number, bitOrder: 'lsb' | 'msb'): Buffer {
  const bytes: number[] = [];
  let window = 0;
  let held = 0;
  const put = (code: number, width: number) => {
    window = bitOrder === 'lsb' ? window | (code << held) : (window << width) | code;
    held += width;
    for (; held >= 8; held -= 8) {
      bytes.push(bitOrder === 'lsb' ? window & 255 : (window >> (held - 8)) & 255);
      window = bitOrder === 'lsb' ? window >> 8 : window & ((1 << (held - 8)) - 1);
    }
  };
  const early = bitOrder === 'msb' ? 1 : 0;
  let width = 9;
  for (let left = pixels; left > 0; ) {
    put(clear, width);
    width = 9;
    put(0, width);
    left--;
    for (let newest = end + 1; newest < 4094 && left > 0; newest++) {
      const length = Math.min(left, newest - end + 1);
      put(length === 1 ? 0 : end - 1 + length, width);
      left -= length;
      if (newest + 1 + early === 1 << width && width < 12) width++;
    }
  }
  put(end, width);
  put(0, 7);
  return Buffer.from(bytes);
}

/** Clear codes, which stand for no pixel at all. */
export function packNothing(codes: number): Buffer {
  // Nine bits each, 256: over and over the same nine bytes.
  return Buffer.alloc(Math.ceil(codes / 8) * 9, Buffer.from('000102040810204080', 'hex'));
}

const clear = 256;
const end = 257;
