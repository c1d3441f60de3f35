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
    ['HEIC', latin1('\0\0\0\x18ftypheic\0\0\0\0mif1heic')],
    ['MP4 or QuickTime video', latin1('\0\0\0\x18ftypisom\0\0\x02\0isomiso2')],
    ['icon (ICO)', readImage('ico.ico')],
    ['JPEG 2000', readImage('jp2.jp2')],
    ['JPEG XL', latin1('\xFF\x0A\xFA\x7F')],
    ['Netpbm image', readImage('ppm.ppm')],
    ['Photoshop document', latin1('8BPS\0\x01')],
    ['BigTIFF', latin1('II\x2B\0\x08\0\0\0')],
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
    expect(act).toThrow(`${name}; supported are JPEG, PNG, GIF, BMP, TIFF, WebP and AVIF`);
  });

  it('stays fast on text made to slow its patterns down', () => {
    const comments = latin1('<?xml <!--'.repeat(1_000_000));

    expect(() => identify(comments)).toThrow(UnsupportedFormat);
  });
});
