/** Passes pixels row by row from a decoder to a reader. */
import type { Bitmap, RowReader, Selection, TakeRow } from './image.ts';

/** Passes on the selected pixels of a bitmap. Alpha is dropped and the colour under it kept, as in Pillow's `convert('RGB')`. */
export function forEachRow({ data, width }: Bitmap, { columns, rows }: Selection, takeRow: TakeRow): void {
  const rgb = new Uint8Array(3 * columns.length);
  for (const row of rows) {
    for (let i = 0, to = 0; i < columns.length; i++) {
      const from = 4 * (row * width + columns[i]);
      rgb[to++] = data[from];
      rgb[to++] = data[from + 1];
      rgb[to++] = data[from + 2];
    }
    takeRow(rgb);
  }
}

/** Opens an opaque bitmap, which is complete when its reader has taken all rows. */
export function openBitmap(
  width: number,
  height: number,
): { readonly bitmap: Bitmap; readonly reader: RowReader } {
  const data = new Uint8Array(4 * width * height).fill(255);
  let to = 0;
  const takeRow: TakeRow = (rgb) => {
    for (let from = 0; from < rgb.length; to += 4) {
      data[to] = rgb[from++];
      data[to + 1] = rgb[from++];
      data[to + 2] = rgb[from++];
    }
  };
  return { bitmap: { width, height, data }, reader: { selection: wholeImage(width, height), takeRow } };
}

/** Selects all pixels. */
export function wholeImage(width: number, height: number): Selection {
  return { columns: upTo(width), rows: upTo(height) };
}

function upTo(size: number): Int32Array {
  return Int32Array.from({ length: size }, (_, i) => i);
}
