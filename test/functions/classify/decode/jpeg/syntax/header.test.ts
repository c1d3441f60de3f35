import { describe, expect, it } from 'vitest';
import { open } from '../../../../../../functions/classify/decode/jpeg/jpeg.ts';
import { readJpegHeader } from '../../../../../../functions/classify/decode/jpeg/syntax/header.ts';
import { CorruptImage, UnsupportedFormat } from '../../../../../../functions/classify/image/rejections.ts';
import { readImage } from '../../../../../goldens/goldens.ts';

/** A JPEG up to its first scan header with the given frame header and other segments. */
function headerOf({ frame = [0xc0, ...colourFrame], segments = [] as number[][] }): Uint8Array {
  const all = [...segments, frame, [0xda, 1, 1, 0, 0, 63, 0]];
  const bytes = all.flatMap(([code, ...data]) => [
    0xff,
    code,
    (data.length + 2) >> 8,
    data.length + 2,
    ...data,
  ]);
  return Uint8Array.of(0xff, 0xd8, ...bytes);
}

function frameOf(...factors: number[]) {
  return [...[8, 0, 20, 0, 30, factors.length], ...factors.flatMap((factor, i) => [i + 1, factor, 0])];
}
const colourFrame = frameOf(0x22, 0x11, 0x11);
function zeros(count: number): number[] {
  return new Array(count).fill(0);
}
function text(value: string) {
  return [...Buffer.from(value, 'latin1')];
}
const jfif = [0xe0, ...text('JFIF\0'), 1, 1, 0, 0, 1, 0, 1, 0, 0];
function adobe(transform: number) {
  return [0xee, ...text('Adobe'), 0, 100, 0, 0, 0, 0, transform];
}
function withIds(ids: string) {
  return frameOf(0x11, 0x11, 0x11).map((value, i) =>
    i > 5 && i % 3 === 0 ? ids.charCodeAt(i / 3 - 2) : value,
  );
}

describe('readJpegHeader', () => {
  it('returns size, components and sampling factors', () => {
    const { width, height, isProgressive, components } = readJpegHeader(headerOf({}));
    expect({ width, height, isProgressive }).toEqual({ width: 30, height: 20, isProgressive: false });
    expect(components).toEqual([
      { id: 1, h: 2, v: 2, quantizationTable: 0 },
      { id: 2, h: 1, v: 1, quantizationTable: 0 },
      { id: 3, h: 1, v: 1, quantizationTable: 0 },
    ]);
  });

  it('recognises a progressive file', () => {
    expect(readJpegHeader(headerOf({ frame: [0xc2, ...colourFrame] })).isProgressive).toBe(true);
  });

  it.each([
    [0xc9, false],
    [0xca, true],
  ])('recognises an arithmetic-coded file: frame %i', (code, isProgressive) => {
    const header = readJpegHeader(headerOf({ frame: [code, ...colourFrame] }));

    expect(header).toMatchObject({ isArithmetic: true, isProgressive });
  });

  it('accepts any component ids and factors up to 4', () => {
    const frame = frameOf(0x41, 0x14, 0x22).with(9, 0xff);

    const { components } = readJpegHeader(headerOf({ frame: [0xc0, ...frame] }));

    expect(components.map(({ id, h, v }) => [id, h, v])).toEqual([
      [1, 4, 1],
      [0xff, 1, 4],
      [3, 2, 2],
    ]);
  });

  it.each([0xd0, 0xd7])('skips restart markers: %i', (code) => {
    const bytes = headerOf({});
    const withRestart = Uint8Array.of(0xff, 0xd8, 0xff, code, ...bytes.subarray(2));

    expect(readJpegHeader(withRestart)).toMatchObject({ width: 30, height: 20 });
  });

  it.each([
    ['an empty segment', [0xe1]],
    ['XMP', [0xe1, ...text('http://ns.adobe.com/xap/1.0/\0')]],
    ['an EXIF block under another marker', [0xe2, ...text('Exif\0\0II')]],
  ])('does not mistake %s for the EXIF block', (_, segment) => {
    expect(readJpegHeader(headerOf({ segments: [segment] })).exif).toBeUndefined();
  });

  it.each([
    ["another program's marker for Adobe's", 'YCbCr', colourFrame, [0xee, ...text('Other'), ...zeros(7)]],
    ['another Adobe marker for APP14', 'YCbCr', colourFrame, [0xed, ...text('Adobe'), ...zeros(7)]],
    ["JFIF's extension for JFIF", 'RGB', withIds('RGB'), [0xe0, ...text('JFXX\0'), ...zeros(9)]],
    ['another JFIF marker for APP0', 'RGB', withIds('RGB'), [0xe4, ...text('JFIF\0'), ...zeros(9)]],
  ])('does not mistake %s', (_, colourSpace, frame, segment) => {
    const bytes = headerOf({ frame: [0xc0, ...frame], segments: [segment] });

    expect(readJpegHeader(bytes).colourSpace).toBe(colourSpace);
  });

  it('takes the first of two EXIF blocks', () => {
    const segments = ['first', 'second'].map((name) => [0xe1, ...text(`Exif\0\0${name}`)]);

    const { exif } = readJpegHeader(headerOf({ segments }));

    expect(Buffer.from(exif!).toString()).toBe('first');
  });

  it.each([
    ['an XMP packet', [0xe1, ...text('http://ns.adobe.com/xap/1.0/\0<x/>')], '<x/>'],
    ['an EXIF block', [0xe1, ...text('Exif\0\0II')], undefined],
    ['an XMP packet under another marker', [0xe2, ...text('http://ns.adobe.com/xap/1.0/\0<x/>')], undefined],
  ])('returns the XMP packet alone: %s', (_, segment, packet) => {
    const { xmp } = readJpegHeader(headerOf({ segments: [segment] }));

    expect(xmp && Buffer.from(xmp).toString()).toBe(packet);
  });

  it('finds the EXIF block', () => {
    const { exif } = readJpegHeader(readImage('exif_o6.jpg'));
    expect(['II', 'MM']).toContain(String.fromCharCode(...exif!.subarray(0, 2)));
  });

  it.each([
    { colourSpace: 'grey', frame: frameOf(0x11), segments: [adobe(1)], when: 'there is one component' },
    { colourSpace: 'YCbCr', frame: colourFrame, segments: [], when: 'three components are not marked' },
    { colourSpace: 'YCbCr', frame: colourFrame, segments: [jfif, adobe(0)], when: 'JFIF contradicts Adobe' },
    { colourSpace: 'RGB', frame: colourFrame, segments: [adobe(0)], when: 'Adobe says so' },
    {
      colourSpace: 'RGB',
      frame: colourFrame,
      segments: [jfif.slice(0, 11), adobe(0)],
      when: 'JFIF is cut short',
    },
    { colourSpace: 'YCbCr', frame: colourFrame, segments: [adobe(2)], when: 'Adobe says anything but 0' },
    { colourSpace: 'RGB', frame: withIds('RGB'), segments: [], when: 'the components are called so' },
    {
      colourSpace: 'YCbCr',
      frame: withIds('rgb'),
      segments: [],
      when: 'they are called so in small letters',
    },
    { colourSpace: 'YCbCr', frame: withIds('RGB'), segments: [jfif], when: 'JFIF contradicts their names' },
    {
      colourSpace: 'CMYK',
      frame: frameOf(0x11, 0x11, 0x11, 0x11),
      segments: [],
      when: 'four are not marked',
    },
    {
      colourSpace: 'CMYK',
      frame: frameOf(0x11, 0x11, 0x11, 0x11),
      segments: [adobe(0)],
      when: 'Adobe says 0 of four',
    },
    {
      colourSpace: 'YCCK',
      frame: frameOf(0x11, 0x11, 0x11, 0x11),
      segments: [adobe(2)],
      when: 'Adobe says 2 of four',
    },
  ])('reads the components as $colourSpace if $when', ({ colourSpace, frame, segments }) => {
    expect(readJpegHeader(headerOf({ frame: [0xc0, ...frame], segments })).colourSpace).toBe(colourSpace);
  });

  it.each([
    { code: 0xc5, name: 'hierarchical' },
    { code: 0xcb, name: 'arithmetic-coded lossless' },
  ])('rejects $name JPEG by name (frame $code)', ({ code, name }) => {
    const bytes = headerOf({ frame: [code, ...colourFrame] });
    expect(() => readJpegHeader(bytes)).toThrow(UnsupportedFormat);
    expect(() => readJpegHeader(bytes)).toThrow(
      `${name} JPEG; save it as baseline JPEG with 8 bits, or as PNG`,
    );
  });

  it('reads a lossless file as RGB if no marker says otherwise, and asks for no interpolation', () => {
    const lossless = (segments: number[][]) =>
      readJpegHeader(headerOf({ frame: [0xc3, ...colourFrame], segments }));

    expect(lossless([])).toMatchObject({ isLossless: true, colourSpace: 'RGB', upsampling: 'plain' });
    expect(lossless([jfif]).colourSpace).toBe('YCbCr');
    expect(readJpegHeader(headerOf({}))).toMatchObject({ isLossless: false, colourSpace: 'YCbCr' });
  });

  it('reads two components, which only a TIFF may hold', () => {
    const bytes = headerOf({ frame: [0xc0, ...frameOf(0x11, 0x11)] });

    expect(readJpegHeader(bytes).components).toHaveLength(2);
    expect(() => open(bytes)).toThrow('2 components; an image has 1, 3 or 4');
  });

  it('rejects JPEG-LS by name', () => {
    const bytes = Buffer.from('ffd8fff70011080061008303011100021100031100ffda', 'hex');

    expect(() => readJpegHeader(bytes)).toThrow(UnsupportedFormat);
    expect(() => readJpegHeader(bytes)).toThrow('JPEG-LS; save it as baseline JPEG with 8 bits, or as PNG');
  });

  it('rejects 12-bit JPEG by name', () => {
    const bytes = headerOf({ frame: [0xc1, 12, ...colourFrame.slice(1)] });
    expect(() => readJpegHeader(bytes)).toThrow(UnsupportedFormat);
    expect(() => readJpegHeader(bytes)).toThrow('12-bit JPEG');
  });

  it.each([
    ['across', frameOf(0x31, 0x21, 0x11)],
    ['down', frameOf(0x13, 0x12, 0x11)],
  ])('rejects fractional sampling ratios: %s', (_, frame) => {
    const bytes = headerOf({ frame: [0xc0, ...frame] });
    expect(() => readJpegHeader(bytes)).toThrow(UnsupportedFormat);
    expect(() => readJpegHeader(bytes)).toThrow('fractional sampling ratios');
  });

  it.each([
    { why: 'no image', bytes: Uint8Array.of(0xff, 0xd8, 0xff, 0xd9), message: 'there is no image in it' },
    { why: 'no signature', bytes: Uint8Array.of(0x89, 0xd8), message: 'no JPEG signature' },
    { why: 'half a signature', bytes: Uint8Array.of(0xff, 0x50), message: 'no JPEG signature' },
    {
      why: 'no frame',
      bytes: Uint8Array.of(0xff, 0xd8, 0xff, 0xda),
      message: 'no frame header before the data',
    },
    {
      why: 'its end',
      bytes: headerOf({}).subarray(0, 15),
      message: 'the data end before the image is complete',
    },
    {
      why: 'its end within a marker',
      bytes: Uint8Array.of(0xff, 0xd8, 0xff),
      message: 'the data end before the image is complete',
    },
    {
      why: 'its end within the length of a segment',
      bytes: Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0),
      message: 'the data end before the image is complete',
    },
    { why: 'two starts', bytes: Uint8Array.of(0xff, 0xd8, 0xff, 0xd8), message: 'a second start of image' },
    {
      why: 'two frames',
      bytes: headerOf({ segments: [[0xc0, ...colourFrame]] }),
      message: 'a second frame header',
    },
    {
      why: 'no height',
      bytes: headerOf({ frame: [0xc0, 8, 0, 0, ...colourFrame.slice(3)] }),
      message: '30x0: the image has no pixels',
    },
    {
      why: 'no width',
      bytes: headerOf({ frame: [0xc0, ...colourFrame.with(4, 0)] }),
      message: '0x20: the image has no pixels',
    },
    {
      why: 'a frame header that is too long',
      bytes: headerOf({ frame: [0xc0, ...colourFrame, 0] }),
      message: 'a broken frame header',
    },
    {
      why: 'no components',
      bytes: headerOf({ frame: [0xc0, ...frameOf()] }),
      message: '0 components; an image has 1, 3 or 4',
    },
    {
      why: 'five components',
      bytes: headerOf({ frame: [0xc0, ...frameOf(0x11, 0x11, 0x11, 0x11, 0x11)] }),
      message: '5 components; an image has 1, 3 or 4',
    },
    {
      why: 'no factor',
      bytes: headerOf({ frame: [0xc0, ...frameOf(0x01)] }),
      message: 'sampling factors outside 1 to 4',
    },
    {
      why: 'a factor of 5',
      bytes: headerOf({ frame: [0xc0, ...frameOf(0x11, 0x15, 0x11)] }),
      message: 'sampling factors outside 1 to 4',
    },
    { why: 'an unknown marker', bytes: headerOf({ segments: [[0xf0, 1]] }), message: 'unknown marker fff0' },
    { why: 'a JPG marker', bytes: headerOf({ segments: [[0xc8, 1]] }), message: 'unknown marker ffc8' },
    {
      why: 'a short quantization table',
      bytes: headerOf({ segments: [[0xdb, 0, 1, 2]] }),
      message: 'a broken quantization table',
    },
    {
      why: 'a short Huffman table',
      bytes: headerOf({ segments: [[0xc4, 0, 9]] }),
      message: 'a broken Huffman table',
    },
    {
      why: 'a long restart interval',
      bytes: headerOf({ segments: [[0xdd, 0, 9, 9]] }),
      message: 'a broken restart interval',
    },
  ])('rejects a file with $why', ({ bytes, message }) => {
    expect(() => readJpegHeader(bytes)).toThrow(CorruptImage);
    expect(() => readJpegHeader(bytes)).toThrow(message);
  });
});
