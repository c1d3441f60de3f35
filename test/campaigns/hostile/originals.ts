/** The intact files that hostile ones are made from. */
import { readdirSync, readFileSync } from 'node:fs';

function read(folder: 'images' | 'variants') {
  const url = new URL(`../../goldens/${folder}/`, import.meta.url);
  return readdirSync(url)
    .sort()
    .map((name): [string, Buffer] => [
      folder === 'images' ? name : `variants/${name}`,
      readFileSync(new URL(name, url)),
    ]);
}

/** Files by name, small ones as `variants/NAME`; without the empty one. */
export const originals: ReadonlyMap<string, Buffer> = new Map(
  [...read('images'), ...read('variants')].filter(([, bytes]) => bytes.length > 0),
);

/** A copy that may be modified. */
export function copyOf(name: string): Buffer {
  const bytes = originals.get(name);
  if (!bytes) throw new Error(`there is no golden ${name}`);
  return Buffer.from(bytes);
}

/** One file for each supported format and each code path of its decoder. */
export const oneOfEach: readonly string[] = [
  'coffee_base_420.jpg',
  'coffee_prog_420.jpg',
  'restart.jpg',
  'cmyk_adobe.jpg',
  'rgb8.png',
  'adam7_rgb.png',
  'palette4.png',
  'grey16.png',
  'static.gif',
  'interlaced.gif',
  'bmp24.bmp',
  'bmp8.bmp',
  'bmp565.bmp',
  'tiff_lzw.tif',
  'tiff_adobe_deflate.tif',
  'tiff_packbits.tif',
  'tiff_jpeg.tif',
  'tiff_palette.tif',
  'lossy.webp',
  'lossless.webp',
  'alpha.webp',
  'animated.webp',
  'photo_420.avif',
  'exif_o6.avif',
];
