/**
 * The golden images in many formats, with the pixels of keras.utils.load_img (Pillow).
 * Made by make_goldens.py and decoded.py; SOURCES.md lists the sources of the pictures.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** One `load_img(file, target_size, interpolation, keep_aspect_ratio)`. */
export interface Golden {
  readonly file: string;
  /** Pillow's name for the format, in lower case. */
  readonly format: string;
  readonly width: number;
  readonly height: number;
  readonly target: { readonly width: number; readonly height: number };
  readonly interpolation: 'nearest' | 'bilinear' | 'bicubic' | 'box' | 'hamming' | 'lanczos';
  readonly keepAspectRatio: boolean;
  /** Digest of the uint8 RGB pixels, row-major: target.height x target.width x 3 bytes. */
  readonly sha256: string;
  /** Digests of `preprocess_input`'s little-endian float32 array, [height, width, 3], by mode. */
  readonly preprocessed?: { readonly [mode in 'caffe' | 'torch' | 'tf']?: string };
  /** A file with the pixels themselves. */
  readonly array?: string;
}

/** The results of load_img for all golden images that it accepts, several for some of the files. */
export const goldens: readonly Golden[] = readJson('manifest.json').arrays;

/** The images that load_img refuses, with the class of its error. */
export const refused: readonly { readonly file: string; readonly error: string }[] =
  readJson('manifest.json').refused;

/** An image as decoded by Pillow at full size. */
export interface Decoded {
  readonly file: string;
  readonly width: number;
  readonly height: number;
  /** Digest of the uint8 RGB pixels. */
  readonly sha256: string;
}

/** All golden images that Pillow opens. */
export const decoded: readonly Decoded[] = readJson('decoded.json');

/** Small images in the many lossless storage variants of each format; made by make_variants.py. */
export const variants: readonly Decoded[] = readJson('variants.json');

/** Files as programs in use write them, and rare variants that Pillow reads. */
export const cases: readonly (Decoded & { readonly orientation: number })[] = readJson('cases.json');

/** The bytes of a case. */
export function readCase(file: string): Uint8Array {
return readFileSync(new URL(`cases/${file}`, import.meta.url));
}

/** The bytes of a variant. */
export function readVariant(file: string): Uint8Array {
return readFileSync(new URL(`variants/${file}`, import.meta.url));
}

/** The bytes of a golden image. */
export function readImage(file: string): Uint8Array {
return readFileSync(new URL(`images/${file}`, import.meta.url));
}

/** The uint8 RGB pixels of load_img: target.height x target.width x 3. */
export function readArray(golden: Golden): Uint8Array {
  if (!golden.array) throw new Error(`${golden.file} is checked by its sha256: there is no array`);
  return gunzipSync(readFileSync(new URL(golden.array, import.meta.url)));
}

function readJson(name: string) {
  return JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));
}
