/** Run-length decompression of BMP palette indices (BI_RLE8 and BI_RLE4). */
import { CorruptImage } from '../../image/rejections.ts';

/**
 * Decodes to one index per pixel, rows in stored order. Pixels that are skipped are 0; runs are clipped at the end of a row.
 *
 * @param bits 4 or 8 bits per index
 * @throws {CorruptImage} the data end within a run, or without an end mark before the last row is complete
 */
export function decodeRunLength(data: Uint8Array, width: number, height: number, bits: number): Uint8Array {
  const indices = new Uint8Array(width * height);
  let x = 0;
  let y = 0;
  let at = 0;
  const put = (count: number, indexAt: (i: number) => number) => {
    const end = Math.min(count, width - x);
    for (let i = 0; i < end; i++) indices[y * width + x + i] = indexAt(i);
    x += end;
  };
  const bytesOf = (count: number) => (bits === 8 ? count : (count + 1) >> 1);
  const expect = (bytes: number) => {
    if (at + bytes > data.length) throw new CorruptImage(`truncated in row ${y + 1} of ${height}`);
  };
  while (y < height && !(y === height - 1 && x === width)) {
    expect(2);
    const [count, value] = [data[at], data[at + 1]];
    at += 2;
    if (count > 0) {
      put(count, bits === 8 ? () => value : (i) => nibble(value, i));
    } else if (value === endOfRow) {
      x = 0;
      y++;
    } else if (value === endOfBitmap) {
      break;
    } else if (value === skip) {
      expect(2);
      x = Math.min(x + data[at], width);
      y += data[at + 1];
      at += 2;
    } else {
      const start = at;
      const stored = bytesOf(value);
      expect(bytesOf(Math.min(value, width - x)));
      put(value, bits === 8 ? (i) => data[start + i] : (i) => nibble(data[start + (i >> 1)], i));
      at += stored + (stored & 1);
    }
  }
  return indices;
}

/** The i-th of a byte's alternating indices of 4 bits. */
function nibble(byte: number, i: number): number {
  return (i & 1) === 0 ? byte >> 4 : byte & 15;
}

const [endOfRow, endOfBitmap, skip] = [0, 1, 2];
