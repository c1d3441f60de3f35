/** biome-ignore-all lint/suspicious/noControlCharactersInRegex: signatures are arbitrary bytes */
/** Identifies a format by the first bytes of the content, never by a name or a Content-Type. */
import { UnsupportedFormat } from '../image/rejections.ts';
import { type Format, formats } from './formats.ts';

/**
 * The format whose signature the bytes bear; nothing else is checked.
 *
 * @throws {UnsupportedFormat} names the format that the bytes look like and lists the supported ones
 */
export function identify(bytes: Uint8Array): Format {
  // One character a byte, so that signatures are plain string patterns; `s` lets the dot match any byte.
  const start = Buffer.from(bytes.subarray(0, signatureBytes)).toString('latin1');
  const format = formats.find(({ signature }) => signature.test(start));
  if (format) return format;
  const name = recognised.find(([, signature]) => signature.test(start))?.[0] ?? 'not a known image format';
  throw new UnsupportedFormat(`${name}; supported are ${labels.format(formats.map(({ label }) => label))}`);
}

const signatureBytes = 256;

const labels = new Intl.ListFormat('en-GB');

/** Formats that are named but not decoded. */
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
