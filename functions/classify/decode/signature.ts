/** biome-ignore-all lint/suspicious/noControlCharactersInRegex: signatures are arbitrary bytes */
/** Identifies a format by the first bytes of the content, never by a name or a Content-Type. */
import { UnsupportedFormat } from '../image/rejections.ts';
import { type Format, formats } from './formats.ts';
import { mangledUploads } from './mangled.ts';

/**
 * The format whose signature the bytes have; nothing else is checked but that its decoder is there.
 *
 * @throws {UnsupportedFormat} names the format that the bytes look like and lists the supported ones
 */
export function identify(bytes: Uint8Array): Format {
  // One character per byte, so that signatures are plain string patterns; `s` lets the dot match any byte.
  const start = Buffer.from(bytes.subarray(0, signatureBytes)).toString('latin1');
  const format = formats.find(({ signature }) => signature.test(start));
  if (format && isDecoded(format)) return format;
  if (format) throw new UnsupportedFormat(`${format.label}: ${format.optional!.advice}`);
  const mangled = mangledUploads.find(({ signature }) => signature.test(start));
  if (mangled) throw new UnsupportedFormat(`${mangled.name}: ${mangled.advice}`);
  const name = recognised.find(([, signature]) => signature.test(start))?.[0] ?? 'not a known image format';
  // Created here: loading the locale takes longer than deciding all formats.
  const list = new Intl.ListFormat('en-GB');
  const supported = list.format(formats.filter(isDecoded).map(({ label }) => label));
  throw new UnsupportedFormat(`${name}; supported are ${supported}`);
}

function isDecoded({ optional }: Format): boolean {
  return optional === undefined || optional.isSwitchedOn();
}

/** As far as a PICT file's signature, which follows 512 bytes of the application's own. */
const signatureBytes = 528;

/** Formats that are named but not decoded. */
const recognised: readonly (readonly [string, RegExp])[] = [
  ['Canon RAW (CR3)', /^....ftypcrx/s],
  ['MP4 or QuickTime video', /^....ftyp/s],
  ['Fujifilm RAW (RAF)', /^FUJIFILMCCD-RAW/],
  ['Panasonic RAW (RW2)', /^IIU\0/],
  ['Olympus RAW (ORF)', /^(IIR[OS]|MMOR)/],
  ['Sigma RAW (X3F)', /^FOVb/],
  ['JPEG XR', /^II\xBC[\0\x01]/],
  ['JBIG2', /^\x97JB2\r\n\x1A\n/],
  ['JPEG 2000', /^(\0\0\0\x0CjP {2}|\xFF\x4F\xFF\x51)/],
  ['JPEG XL', /^(\xFF\x0A|\0\0\0\x0CJXL )/],
  ['icon (ICO)', /^\0\0[\x01\x02]\0[^\0]\0/],
  ['Photoshop document of an unknown version', /^8BPS/],
  ['GIMP image', /^gimp xcf/],
  ['DICOM', /^.{128}DICM/s],
  ['FITS', /^SIMPLE {2}=/],
  ['OpenEXR', /^\x76\x2F\x31\x01/],
  ['Radiance HDR', /^#\?R(ADIANCE|GBE)/],
  ['DirectDraw surface', /^DDS /],
  ['Netpbm image', /^P[1-7]\s/],
  ['QOI', /^qoif/],
  ['SGI image', /^\x01\xDA[\0\x01][\x01\x02]/],
  ['PCX', /^\x0A[\0-\x05]\x01[\x01\x02\x04\x08]/],
  ['XPM', /^\/\* XPM \*\//],
  ['MIFF', /^id=ImageMagick/],
  ['PICT', /^.{522}(\0\x11\x02\xFF|\x11\x01)/s],
  ['PDF', /^%PDF-/],
  ['PostScript', /^%!PS/],
  ['ZIP archive', /^PK\x03\x04/],
  ['RAR archive', /^Rar!\x1A\x07/],
  ['7z archive', /^7z\xBC\xAF\x27\x1C/],
  ['AVI video', /^RIFF....AVI /s],
  ['Matroska or WebM video', /^\x1A\x45\xDF\xA3/],
  ['SVG', /^(\xEF\xBB\xBF)?\s*(<(\?xml|!--|!DOCTYPE svg).*?)?<svg[\s>]/s],
  ['HTML or XML', /^(\xEF\xBB\xBF)?\s*<(\?xml|!doctype|html|head|body)/i],
  // Without a signature: the fields of its header tell.
  ['TGA', /^.(\0[\x02\x03\x0A\x0B]\0{5}|\x01[\x01\x09].{5}).{8}[\x08\x0F\x10\x18\x20][\0-\x3F]/s],
  ['plain text', /^[\t\n\r\x20-\x7E\x80-\xF4]+$/],
];
