/** The most pixels per byte that LZW can give: every code is the table's newest, so each is one pixel longer than the last. */

/**
 * Zeros packed like 8-bit GIF pixels (least significant bit first), or like TIFF (most significant bit first, codes widened one
 * early).
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

/** Clear codes, which give no pixel at all. */
export function packNothing(codes: number): Buffer {
  // Code 256 in nine bits: the same nine bytes repeated.
  return Buffer.alloc(Math.ceil(codes / 8) * 9, Buffer.from('000102040810204080', 'hex'));
}

const clear = 256;
const end = 257;
