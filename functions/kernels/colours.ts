/**
 * Converts rows of component values, a byte each, to RGB triples, as libjpeg-turbo and, for four components, Pillow do.
 * Pixels keep their positions in the row; those from `from`, a multiple of 16, to before `end` are converted, in whole groups of 16.
 */
import { interleaveWords0, interleaveWords1 } from './lanes';

export function paintRgb(red: usize, green: usize, blue: usize, rgb: usize, from: i32, end: i32): void {
  for (let x = <usize>from; x < <usize>end; x += 16) {
    storeTriples(rgb + x * 3, v128.load(red + x), v128.load(green + x), v128.load(blue + x));
  }
}

export function paintYcbcr(luma: usize, cbs: usize, crs: usize, rgb: usize, from: i32, end: i32): void {
  for (let x = <usize>from; x < <usize>end; x += 16) {
    const y = v128.load(luma + x);
    const cb = v128.load(cbs + x);
    const cr = v128.load(crs + x);
    storeTriples(rgb + x * 3, redOf(y, cr), greenOf(y, cb, cr), blueOf(y, cb));
  }
}

export function paintCmyk(
  cyan: usize,
  magenta: usize,
  yellow: usize,
  black: usize,
  rgb: usize,
  from: i32,
  end: i32,
): void {
  for (let x = <usize>from; x < <usize>end; x += 16) {
    const k = v128.load(black + x);
    storeTriples(
      rgb + x * 3,
      throughBlack(v128.load(cyan + x), k),
      throughBlack(v128.load(magenta + x), k),
      throughBlack(v128.load(yellow + x), k),
    );
  }
}

/** The first three components are the complement of CMY, converted to YCbCr. */
export function paintYcck(
  luma: usize,
  cbs: usize,
  crs: usize,
  black: usize,
  rgb: usize,
  from: i32,
  end: i32,
): void {
  for (let x = <usize>from; x < <usize>end; x += 16) {
    const y = v128.load(luma + x);
    const cb = v128.load(cbs + x);
    const cr = v128.load(crs + x);
    const k = v128.load(black + x);
    storeTriples(
      rgb + x * 3,
      throughBlack(v128.not(redOf(y, cr)), k),
      throughBlack(v128.not(greenOf(y, cb, cr)), k),
      throughBlack(v128.not(blueOf(y, cb)), k),
    );
  }
}

/** Copies the triples at these columns, i32[count]. */
export function pickTriples(rgb: usize, columns: usize, count: i32, target: usize): void {
  const end = columns + ((<usize>count) << 2);
  for (; columns < end; columns += 4, target += 3) {
    const at = rgb + <usize>load<i32>(columns) * 3;
    store<u16>(target, load<u16>(at));
    store<u8>(target, load<u8>(at, 2), 2);
  }
}

// The factors of ITU-R BT.601 (JFIF), in 16-bit fixed point. Rounded products of 15 bits equal them for all 256 values once the
// whole numbers are apart: 1.402 = 1 + 13173 / 32768, 1.772 = 2 - 7471 / 32768.

function redOf(y: v128, cr: v128): v128 {
  return i8x16.narrow_i16x8_u(
    redHalf(i16x8.extend_low_i8x16_u(y), centred(i16x8.extend_low_i8x16_u(cr))),
    redHalf(i16x8.extend_high_i8x16_u(y), centred(i16x8.extend_high_i8x16_u(cr))),
  );
}

function redHalf(y: v128, cr: v128): v128 {
  return i16x8.add(i16x8.add(y, cr), i16x8.q15mulr_sat_s(cr, i16x8.splat(13173)));
}

function blueOf(y: v128, cb: v128): v128 {
  return i8x16.narrow_i16x8_u(
    blueHalf(i16x8.extend_low_i8x16_u(y), centred(i16x8.extend_low_i8x16_u(cb))),
    blueHalf(i16x8.extend_high_i8x16_u(y), centred(i16x8.extend_high_i8x16_u(cb))),
  );
}

function blueHalf(y: v128, cb: v128): v128 {
  return i16x8.add(i16x8.add(y, i16x8.add(cb, cb)), i16x8.q15mulr_sat_s(cb, i16x8.splat(-7471)));
}

function greenOf(y: v128, cb: v128, cr: v128): v128 {
  return i8x16.narrow_i16x8_u(
    greenHalf(
      i16x8.extend_low_i8x16_u(y),
      centred(i16x8.extend_low_i8x16_u(cb)),
      centred(i16x8.extend_low_i8x16_u(cr)),
    ),
    greenHalf(
      i16x8.extend_high_i8x16_u(y),
      centred(i16x8.extend_high_i8x16_u(cb)),
      centred(i16x8.extend_high_i8x16_u(cr)),
    ),
  );
}

/** Both products, 0.344136 and 0.714136, are rounded as one: their factors are -22554 and 18734 - 65536. */
function greenHalf(y: v128, cb: v128, cr: v128): v128 {
  const mixed = i16x8.narrow_i32x4_s(
    greenProducts(interleaveWords0(cb, cr)),
    greenProducts(interleaveWords1(cb, cr)),
  );
  return i16x8.sub(i16x8.add(y, mixed), cr);
}

function greenProducts(chroma: v128): v128 {
  const factors = i32x4.splat((-22554 & 0xffff) | (18734 << 16));
  return i32x4.shr_s(i32x4.add(i32x4.dot_i16x8_s(chroma, factors), i32x4.splat(32768)), 16);
}

function centred(chroma: v128): v128 {
  return i16x8.sub(chroma, i16x8.splat(128));
}

/**
 * JPEG files store CMYK inverted, with or without Adobe's marker: 255 means no ink. Rounds like Pillow's `convert('RGB')`:
 * black - (product + 128 + ((product + 128) >> 8)) >> 8, with product = (255 - ink) * black.
 */
function throughBlack(ink: v128, black: v128): v128 {
  const paper = v128.not(ink);
  const low = darkening(i16x8.extmul_low_i8x16_u(paper, black));
  const high = darkening(i16x8.extmul_high_i8x16_u(paper, black));
  return i8x16.sub(black, i8x16.narrow_i16x8_u(low, high));
}

function darkening(product: v128): v128 {
  const rounded = i16x8.add(product, i16x8.splat(128));
  return i16x8.shr_u(i16x8.add(rounded, i16x8.shr_u(rounded, 8)), 8);
}

function storeTriples(rgb: usize, r: v128, g: v128, b: v128): void {
  const rg0 = v128.shuffle<i8>(r, g, 0, 16, 0, 1, 17, 0, 2, 18, 0, 3, 19, 0, 4, 20, 0, 5);
  const rg1 = v128.shuffle<i8>(r, g, 21, 0, 6, 22, 0, 7, 23, 0, 8, 24, 0, 9, 25, 0, 10, 26);
  const rg2 = v128.shuffle<i8>(r, g, 0, 11, 27, 0, 12, 28, 0, 13, 29, 0, 14, 30, 0, 15, 31, 0);
  v128.store(rgb, v128.shuffle<i8>(rg0, b, 0, 1, 16, 3, 4, 17, 6, 7, 18, 9, 10, 19, 12, 13, 20, 15));
  v128.store(rgb, v128.shuffle<i8>(rg1, b, 0, 21, 2, 3, 22, 5, 6, 23, 8, 9, 24, 11, 12, 25, 14, 15), 16);
  v128.store(rgb, v128.shuffle<i8>(rg2, b, 26, 1, 2, 27, 4, 5, 28, 7, 8, 29, 10, 11, 30, 13, 14, 31), 32);
}
