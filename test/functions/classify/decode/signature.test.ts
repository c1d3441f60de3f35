import { describe, expect, it } from 'vitest';
import { identify } from '../../../../functions/classify/decode/signature.ts';
import { UnsupportedFormat } from '../../../../functions/classify/image/rejections.ts';
import { goldens, readImage } from '../../../goldens/goldens.ts';

function latin1(text: string) {
  return Buffer.from(text, 'latin1');
}
const otherFormats = ['ico', 'ppm', 'jpeg2000'];

describe('identify', () => {
  it.each(goldens.filter(({ format }) => !otherFormats.includes(format)))(
    'identifies $file as $format by its content',
    ({ file, format }) => {
      expect(identify(readImage(file)).name).toBe(format);
    },
  );

  it.each([
    ['MP4 or QuickTime video', latin1('\0\0\0\x18ftypisom\0\0\x02\0isomiso2')],
    ['icon (ICO)', readImage('ico.ico')],
    ['JPEG 2000', readImage('jp2.jp2')],
    ['JPEG XL', latin1('\xFF\x0A\xFA\x7F')],
    ['Netpbm image', readImage('ppm.ppm')],
    ['Photoshop document of an unknown version', latin1('8BPS\0\x03')],
    ['Canon RAW (CR3)', latin1('\0\0\0\x18ftypcrx \0\0\0\x01crx isom')],
    ['Fujifilm RAW (RAF)', latin1('FUJIFILMCCD-RAW 0201')],
    ['Panasonic RAW (RW2)', latin1('IIU\0\x18\0\0\0')],
    ['Olympus RAW (ORF)', latin1('IIRO\x08\0\0\0')],
    ['Sigma RAW (X3F)', latin1('FOVb\x03\0\x02\0')],
    ['JPEG XR', latin1('II\xBC\x01\x20\0\0\0')],
    ['JBIG2', latin1('\x97JB2\r\n\x1A\n\x01')],
    ['GIMP image', latin1('gimp xcf v011\0')],
    ['DICOM', latin1(`${'\0'.repeat(128)}DICM\x02\0`)],
    ['FITS', latin1(`SIMPLE  =${' '.repeat(20)}T`)],
    ['QOI', latin1('qoif\0\0\0\x83')],
    ['SGI image', latin1('\x01\xDA\x01\x01\0\x03')],
    ['PCX', latin1('\x0A\x05\x01\x08\0\0')],
    ['XPM', latin1('/* XPM */\nstatic char *x[] = {')],
    ['MIFF', latin1('id=ImageMagick  version=1.0\n')],
    ['PICT', latin1(`${'\0'.repeat(522)}\0\x11\x02\xFF\x0C\0`)],
    ['RAR archive', latin1('Rar!\x1A\x07\0')],
    ['7z archive', latin1('7z\xBC\xAF\x27\x1C\0\x04')],
    ['AVI video', latin1('RIFF\0\0\0\0AVI LIST')],
    ['Matroska or WebM video', latin1('\x1A\x45\xDF\xA3\x01')],
    ['TGA', latin1('\0\0\x02\0\0\0\0\0\0\0\0\0\x83\0\x61\0\x18\0pixels')],
    ['TGA', latin1('\0\x01\x09\0\0\0\x01\x18\0\0\0\0\x83\0\x61\0\x08\x20pixels')],
    ['PDF', latin1('%PDF-1.7\n')],
    ['ZIP archive', latin1('PK\x03\x04\x14\0')],
    [
      'SVG',
      latin1('<?xml version="1.0"?>\n<!-- drawn by hand -->\n<svg xmlns="http://www.w3.org/2000/svg">'),
    ],
    ['HTML or XML', latin1('<!DOCTYPE html><html>')],
    ['plain text', readImage('bad_text.jpg')],
    ['plain text', latin1('BMX is a sport, and BM no bitmap')],
    ['not a known image format', latin1('\0\x01\x02\x03\x04')],
    ['not a known image format', latin1('\xFF')],
  ])('names an unsupported file: %s', (name, bytes) => {
    const act = () => identify(bytes);

    expect(act).toThrow(UnsupportedFormat);
    expect(act).toThrow(`${name}; supported are JPEG, PNG, GIF, BMP, TIFF, PSD, WebP and AVIF`);
  });

  it('says how to switch on a format whose decoder is not there', () => {
    expect(() => identify(latin1('\0\0\0\x18ftypheic\0\0\0\0mif1heic'))).toThrow(
      /^HEIC: its decoder is not part of Bucketlens: npm install libheif-js/,
    );
  });

  it('stays fast on text made to slow its patterns down', () => {
    const comments = latin1('<?xml <!--'.repeat(1_000_000));

    expect(() => identify(comments)).toThrow(UnsupportedFormat);
  });
});
