/** biome-ignore-all lint/suspicious/noControlCharactersInRegex: signatures are bytes, of any value */
/** Tells a format by the first bytes of the content: never by a name or a Content-Type. */
import type { ImageFormat } from '../image/image.ts';
import { UnsupportedFormat } from '../image/rejections.ts';

/**
 * The format of an image, or of what may be one: only its signature is looked at.
 *
 * @throws {UnsupportedFormat} which says what the bytes look like and what would be decoded
 */
export function identify(bytes: Uint8Array): ImageFormat {
  // One character a byte, so that signatures are plain string patterns; `s` lets the dot stand for any byte.
  const start = Buffer.from(bytes.subarray(0, signatureBytes)).toString('latin1');
  const found = supported.find(([, signature]) => signature.test(start));
  if (found) return found[0];
  const name = recognised.find(([, signature]) => signature.test(start))?.[0] ?? 'not a known image format';
  throw new UnsupportedFormat(
    `${name}; supported are JPEG, PNG, GIF (first frame), BMP, TIFF, WebP and AVIF`,
  );
}

const signatureBytes = 256;

const supported: readonly (readonly [ImageFormat, RegExp])[] = [
  ['jpeg', /^\xFF\xD8\xFF/],
  ['png', /^\x89PNG\r\n\x1A\n/],
  ['gif', /^GIF8[79]a/],
  ['webp', /^RIFF....WEBP/s],
  ['tiff', /^(II\x2A\0|MM\0\x2A)/],
  ['avif', /^....ftyp(.{4})*?(avif|avis)/s],
  // 'BM' alone also begins plain text: the size of the second header and the single plane settle it.
  ['bmp', /^BM.{12}(\x0C\0\0\0.{4}|[\x28\x34\x38\x40\x6C\x7C]\0\0\0.{8})\x01\0/s],
];

const recognised: readonly (readonly [string, RegExp])[] = [
  ['HEIC', /^....ftyp(heic|heix|heim|heis|hevc|hevx|mif1|msf1)/s],
  ['MP4 or QuickTime video', /^....ftyp/s],
  ['JPEG 2000', /^(\0\0\0\x0CjP {2}|\xFF\x4F\xFF\x51)/],
  ['JPEG XL', /^(\xFF\x0A|\0\0\0\x0CJXL )/],
  ['BigTIFF', /^(II\x2B\0|MM\0\x2B)/],
  ['icon (ICO)', /^\0\0[\x01\x02]\0/],
  ['Photoshop document', /^8BPS/],
  ['OpenEXR', /^\x76\x2F\x31\x01/],
  ['Radiance HDR', /^#\?R(ADIANCE|GBE)/],
  ['DirectDraw surface', /^DDS /],
  ['Netpbm image', /^P[1-7]\s/],
  ['PDF', /^%PDF-/],
  ['PostScript', /^%!PS/],
  ['ZIP archive', /^PK\x03\x04/],
  ['gzip archive', /^\x1F\x8B/],
  ['SVG', /^(\xEF\xBB\xBF)?\s*(<(\?xml|!--|!DOCTYPE svg).*?)?<svg[\s>]/s],
  ['HTML or XML', /^(\xEF\xBB\xBF)?\s*<(\?xml|!doctype|html|head|body)/i],
  ['plain text', /^[\t\n\r\x20-\x7E\x80-\xF4]+$/],
];
