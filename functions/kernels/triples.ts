/** Rows of RGB triples from planes of red, green and blue, and back. A plane begins `planeBytes` after the one before. */

/** Reads and writes whole groups of 16 pixels. */
export function splitTriples(rgb: usize, pixels: i32, planes: usize, planeBytes: usize): void {
  const green = planes + planeBytes;
  const blue = green + planeBytes;
  for (let x: usize = 0; x < <usize>pixels; x += 16, rgb += 48) {
    const a = v128.load(rgb);
    const b = v128.load(rgb, 16);
    const c = v128.load(rgb, 32);
    const r = v128.shuffle<i8>(a, b, 0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 0, 0, 0, 0, 0);
    const g = v128.shuffle<i8>(a, b, 1, 4, 7, 10, 13, 16, 19, 22, 25, 28, 31, 0, 0, 0, 0, 0);
    const v = v128.shuffle<i8>(a, b, 2, 5, 8, 11, 14, 17, 20, 23, 26, 29, 0, 0, 0, 0, 0, 0);
    v128.store(planes + x, v128.shuffle<i8>(r, c, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 17, 20, 23, 26, 29));
    v128.store(green + x, v128.shuffle<i8>(g, c, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 18, 21, 24, 27, 30));
    v128.store(blue + x, v128.shuffle<i8>(v, c, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 19, 22, 25, 28, 31));
  }
}

/** Reads and writes whole groups of 16 pixels. */
export function joinTriples(planes: usize, planeBytes: usize, pixels: i32, rgb: usize): void {
  const green = planes + planeBytes;
  const blue = green + planeBytes;
  for (let x: usize = 0; x < <usize>pixels; x += 16, rgb += 48) {
    storeTriples(rgb, v128.load(planes + x), v128.load(green + x), v128.load(blue + x));
  }
}

/** Joins the pixels at these columns, i32[count]. */
export function pickTriples(planes: usize, planeBytes: usize, columns: usize, count: i32, rgb: usize): void {
  const end = columns + ((<usize>count) << 2);
  for (; columns < end; columns += 4, rgb += 3) {
    const at = planes + <usize>load<i32>(columns);
    store<u8>(rgb, load<u8>(at));
    store<u8>(rgb, load<u8>(at + planeBytes), 1);
    store<u8>(rgb, load<u8>(at + planeBytes * 2), 2);
  }
}

function storeTriples(rgb: usize, r: v128, g: v128, b: v128): void {
  const rg0 = v128.shuffle<i8>(r, g, 0, 16, 0, 1, 17, 0, 2, 18, 0, 3, 19, 0, 4, 20, 0, 5);
  const rg1 = v128.shuffle<i8>(r, g, 21, 0, 6, 22, 0, 7, 23, 0, 8, 24, 0, 9, 25, 0, 10, 26);
  const rg2 = v128.shuffle<i8>(r, g, 0, 11, 27, 0, 12, 28, 0, 13, 29, 0, 14, 30, 0, 15, 31, 0);
  v128.store(rgb, v128.shuffle<i8>(rg0, b, 0, 1, 16, 3, 4, 17, 6, 7, 18, 9, 10, 19, 12, 13, 20, 15));
  v128.store(rgb, v128.shuffle<i8>(rg1, b, 0, 21, 2, 3, 22, 5, 6, 23, 8, 9, 24, 11, 12, 25, 14, 15), 16);
  v128.store(rgb, v128.shuffle<i8>(rg2, b, 26, 1, 2, 27, 4, 5, 28, 7, 8, 29, 10, 11, 30, 13, 14, 31), 32);
}
