import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decode } from '../../../../../functions/classify/decode/decode.ts';
import { readDirectory } from '../../../../../functions/classify/decode/shared/directory.ts';
import {
  orientationOf,
  pageOrientation,
} from '../../../../../functions/classify/decode/shared/orientation.ts';
import { defaultLimits } from '../../../../../functions/classify/image/limits.ts';
import { readImage } from '../../../../goldens/goldens.ts';
import { chunk } from '../png/fixtures/fixtures.ts';

/** An EXIF block with one tag, SHORT. */
function exifOf(tag: number, value: number) {
  const bytes = Buffer.from('4d4d002a00000008000100000003000000010000000000000000', 'hex');
  bytes.writeUInt16BE(tag, 10);
  bytes.writeUInt16BE(value, 18);
  return bytes;
}
const orientationTag = 0x112;
const withOrientation = exifOf(orientationTag, 6);
const withoutOrientation = exifOf(0x131, 6);
const xmp = Buffer.from('<rdf:Description tiff:Orientation="8"/>');

describe('orientationOf', () => {
  it.each([
    ['nothing', {}, 1],
    ['EXIF', { exif: withOrientation }, 6],
    ['an XMP attribute', { xmp }, 8],
    ['an XMP element', { xmp: Buffer.from('<tiff:Orientation>3</tiff:Orientation>') }, 3],
    ['EXIF rather than XMP', { exif: withOrientation, xmp }, 6],
    ['XMP if EXIF has none', { exif: withoutOrientation, xmp }, 8],
    ['XMP if EXIF is damaged', { exif: Buffer.from('XX'), xmp }, 8],
    ['upright for an unknown orientation in EXIF', { exif: exifOf(orientationTag, 9), xmp }, 1],
    ['upright for an unknown orientation in XMP', { xmp: Buffer.from('tiff:Orientation="0"') }, 1],
  ])('returns %s', (_, data, orientation) => {
    expect(orientationOf(data)).toBe(orientation);
  });
});

/** An EXIF block whose orientation is of the given type, with its bytes in hexadecimal digits; eight of them lie behind the directory. */
function exifOfType(type: number, count: number, hex: string) {
  const value = Buffer.from(hex.padEnd(8, '0'), 'hex');
  const behind = value.length > 4;
  const bytes = Buffer.concat([
    withOrientation.subarray(0, 18),
    behind ? Buffer.of(0, 0, 0, 26) : value,
    Buffer.alloc(4),
    behind ? value : Buffer.alloc(0),
  ]);
  bytes.writeUInt16BE(type, 12);
  bytes.writeUInt32BE(count, 14);
  return bytes;
}

describe('orientationOf, other types than SHORT', () => {
  it.each([
    ['LONG', exifOfType(4, 1, '00000006'), 6],
    ['RATIONAL', exifOfType(5, 1, '0000000c00000002'), 6],
    ['RATIONAL that is no whole number', exifOfType(5, 1, '0000000d00000002'), 1],
    ['SBYTE', exifOfType(6, 1, '06'), 6],
    ['SSHORT', exifOfType(8, 1, '0006'), 6],
    ['SLONG', exifOfType(9, 1, '00000006'), 6],
    ['SRATIONAL', exifOfType(10, 1, 'fffffffaffffffff'), 6],
    ['FLOAT', exifOfType(11, 1, '40c00000'), 6],
    ['DOUBLE', exifOfType(12, 1, '4018000000000000'), 6],
    ['IFD', exifOfType(13, 1, '00000006'), 6],
    ['LONG8', exifOfType(16, 1, '0000000000000006'), 6],
    ['two values', exifOfType(3, 2, '00060003'), 6],
  ])('reads a number as Pillow does: %s', (_, exif, orientation) => {
    expect(orientationOf({ exif })).toBe(orientation);
    expect(orientationOf({ exif, xmp })).toBe(orientation);
    expect(pageOrientation(readDirectory(exif))).toBe(orientation);
  });

  it.each([
    ['BYTE', 1, '06'],
    ['ASCII', 2, '36'],
    ['UNDEFINED', 7, '06'],
  ])('leaves an image as it is, as Pillow does: %s', (_, type, hex) => {
    expect(orientationOf({ exif: exifOfType(type, 1, hex), xmp })).toBe(1);
  });

  it.each([
    ['no value', exifOfType(3, 0, '0006')],
    ['an unknown type', exifOfType(99, 1, '0006')],
    ['values outside the data', exifOfType(5, 9, '0000000600000001')],
  ])('asks XMP if EXIF has %s', (_, exif) => {
    expect(orientationOf({ exif, xmp })).toBe(8);
  });
});

describe('pageOrientation', () => {
  it("reads a TIFF's tag", () => {
    expect(pageOrientation(readDirectory(withOrientation))).toBe(6);
    expect(pageOrientation(readDirectory(withoutOrientation))).toBe(1);
  });
});

describe('decode, orientation in metadata', () => {
  const png = Buffer.from(readImage('rgb8.png'));
  const withChunk = (type: string, ...parts: (string | Uint8Array)[]) =>
    Buffer.concat([
      png.subarray(0, 33),
      chunk(type, Buffer.concat(parts.map((part) => Buffer.from(part as Uint8Array)))),
      png.subarray(33),
    ]);
  const profile = `\nexif\n      ${6 + withOrientation.length}\n${Buffer.from('Exif\0\0').toString('hex')}\n${withOrientation.toString('hex')}\n`;

  it.each([
    ['a raw profile', withChunk('tEXt', 'Raw profile type exif\0', profile), 6],
    ['a compressed raw profile', withChunk('zTXt', 'Raw profile type exif\0\0', deflateSync(profile)), 6],
    ['XMP', withChunk('iTXt', 'XML:com.adobe.xmp\0\0\0\0\0', xmp), 8],
    ['compressed XMP', withChunk('iTXt', 'XML:com.adobe.xmp\0\x01\0en\0\0', deflateSync(xmp)), 8],
    [
      'XMP whose end is cut off',
      withChunk('zTXt', 'XML:com.adobe.xmp\0\0', deflateSync(xmp).subarray(0, -4)),
      8,
    ],
    ['damaged text', withChunk('zTXt', 'Raw profile type exif\0\0', 'no zlib data'), 1],
    ['other text', withChunk('tEXt', 'Comment\0tiff:Orientation="8"'), 1],
  ])('reads a PNG with %s', async (_, bytes, orientation) => {
    expect((await decode(bytes, defaultLimits)).orientation).toBe(orientation);
  });

  it('reads XMP in a JPEG', async () => {
    const bytes = Buffer.from(readImage('exif_o1.jpg'));
    const content = Buffer.concat([Buffer.from('http://ns.adobe.com/xap/1.0/\0'), xmp]);
    const head = Buffer.from([0xff, 0xe1, 0, content.length + 2]);
    const bare = Buffer.concat([bytes.subarray(0, 2), head, content, bytes.subarray(2)]);
    bare.write('EXIF', bare.indexOf('Exif\0\0'));

    expect((await decode(bare, defaultLimits)).orientation).toBe(8);
  });

  it('reads XMP in a WebP', async () => {
    const webp = Buffer.from(readImage('exif_o6.webp'));
    const at = webp.indexOf('EXIF');
    const size = Buffer.alloc(4);
    size.writeUInt32LE(xmp.length + (xmp.length % 2));
    const padded = Buffer.concat([xmp, Buffer.from(' ')]).subarray(0, xmp.length + (xmp.length % 2));
    const bytes = Buffer.concat([webp.subarray(0, at), Buffer.from('XMP '), size, padded]);
    bytes.writeUInt32LE(bytes.length - 8, 4);

    expect((await decode(bytes, defaultLimits)).orientation).toBe(8);
  });

  it("rejects Apple's variant of PNG by name", async () => {
    const bytes = Buffer.concat([png.subarray(0, 8), chunk('CgBI', Buffer.alloc(4)), png.subarray(8)]);

    await expect(decode(bytes, defaultLimits)).rejects.toThrow(
      "PNG in Apple's CgBI variant; save it as a standard PNG",
    );
  });
});
