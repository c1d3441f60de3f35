import { describe, expect, it } from 'vitest';
import { decode } from '../../../../../functions/classify/decode/decode.ts';
import { defaultLimits } from '../../../../../functions/classify/image/limits.ts';
import { CorruptImage } from '../../../../../functions/classify/image/rejections.ts';
import { readImage, readVariant } from '../../../../goldens/goldens.ts';

function uint24(value: number) {
  return Buffer.of(value & 0xff, (value >> 8) & 0xff, value >> 16);
}

/** A chunk, padded to an even length. */
function chunk(type: string, data: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.write(type, 'latin1');
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
}
function webp(...chunks: Buffer[]): Buffer {
  const body = Buffer.concat([Buffer.from('WEBP'), ...chunks]);
  const head = Buffer.alloc(8);
  head.write('RIFF', 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body]);
}

/** The content of a chunk of the file. */
function contentOf(file: Uint8Array, type: string): Buffer {
  const bytes = Buffer.from(file);
  const at = bytes.indexOf(type, 12, 'latin1');
  return bytes.subarray(at + 8, at + 8 + bytes.readUInt32LE(at + 4));
}

/** 13x9 pixels. */
const lossless = readVariant('lossless.webp');
const image = chunk('VP8L', contentOf(lossless, 'VP8L'));
function canvas(width: number, height: number) {
  return chunk('VP8X', Buffer.concat([Buffer.of(2, 0, 0, 0), uint24(width - 1), uint24(height - 1)]));
}
const animation = chunk('ANIM', Buffer.alloc(6));
function frame(left: number, top: number, ...parts: Buffer[]) {
  return chunk(
    'ANMF',
    Buffer.concat([
      uint24(left / 2),
      uint24(top / 2),
      uint24(12),
      uint24(8),
      uint24(100),
      Buffer.of(0),
      ...parts,
    ]),
  );
}

function refusal(bytes: Buffer) {
  return expect(decode(bytes, defaultLimits)).rejects;
}

describe('decode, animated WebP', () => {
  it('places the first frame on a black canvas', async () => {
    const { data } = await decode(lossless, defaultLimits);

    const shown = await decode(
      webp(canvas(40, 30), animation, frame(6, 4, image), frame(0, 0, image)),
      defaultLimits,
    );

    expect(shown).toMatchObject({ width: 40, height: 30 });
    const expected = Buffer.alloc(40 * 30 * 4);
    for (let y = 0; y < 9; y++) expected.set(data.subarray(52 * y, 52 * (y + 1)), 4 * (40 * (y + 4) + 6));
    expect(Buffer.from(shown.data)).toEqual(expected);
  });

  it('skips frames without an image', async () => {
    const { data } = await decode(lossless, defaultLimits);
    const empty = frame(0, 0, chunk('none', Buffer.alloc(4)));

    const shown = await decode(webp(canvas(13, 9), animation, empty, frame(0, 0, image)), defaultLimits);

    expect(shown.data).toEqual(data);
  });

  it('accepts a frame that reaches the edges of the canvas', async () => {
    const shown = await decode(webp(canvas(15, 11), animation, frame(2, 2, image)), defaultLimits);

    expect(shown).toMatchObject({ width: 15, height: 11 });
  });

  it.each([
    ['to the right', webp(canvas(14, 99), animation, frame(2, 2, image))],
    ['downwards', webp(canvas(99, 10), animation, frame(2, 2, image))],
  ])('rejects a frame that exceeds the canvas: %s', async (_, bytes) => {
    await refusal(bytes).toThrow('webp: the first frame reaches beyond the canvas');
  });

  it.each([
    ['a canvas', webp(animation, frame(0, 0, image)), 'webp: an animation without a canvas'],
    ['ANIM', webp(canvas(13, 9), frame(0, 0, image)), 'webp: an animation without ANIM'],
    ['an image', webp(canvas(13, 9), animation, frame(0, 0)), 'webp: there is no image in the file'],
  ])('rejects an animation without %s', async (_, bytes, message) => {
    await refusal(bytes).toThrow(message);
    await refusal(bytes).toBeInstanceOf(CorruptImage);
  });
});

describe('decode, WebP', () => {
  it('ignores unknown chunks, odd lengths included, and a second image', async () => {
    const { data } = await decode(lossless, defaultLimits);
    const unknown = chunk('abcd', Buffer.from('odd'));
    const other = chunk('VP8 ', contentOf(readVariant('lossy.webp'), 'VP8 '));

    const shown = await decode(webp(canvas(13, 9), unknown, image, unknown, other), defaultLimits);

    expect(shown.data).toEqual(data);
  });

  it('rejects a file without an image', async () => {
    await refusal(webp(canvas(13, 9), chunk('EXIF', Buffer.alloc(8)))).toThrow(
      'webp: there is no image in the file',
    );
  });

  it.each([
    ['the image', webp(image), 2],
    ['an alpha chunk after the image', webp(canvas(13, 9), image, chunk('ALPH', Buffer.alloc(99))), 9],
  ])('rejects a file in which %s is cut off', async (_, bytes, missing) => {
    const { length } = bytes;
    const cut = bytes.subarray(0, -missing);
    await refusal(cut).toThrow(`webp: it states ${length} bytes and has ${length - missing}`);

    cut.writeUInt32LE(cut.length - 8, 4);

    await refusal(cut).toThrow('webp: the image is cut off');
  });

  it('ignores bytes beyond the stated size, as Pillow does', async () => {
    const { data } = await decode(lossless, defaultLimits);
    const longer = Buffer.concat([lossless, chunk('EXIF', Buffer.alloc(8))]);

    expect((await decode(longer, defaultLimits)).data).toEqual(data);
  });

  it('rejects damaged alpha, as Pillow does', async () => {
    const bytes = Buffer.from(readVariant('lossy_alpha.webp'));
    bytes.fill(0xff, bytes.indexOf('ALPH') + 8, bytes.indexOf('ALPH') + 24);

    await refusal(bytes).toBeInstanceOf(CorruptImage);
  });

  it.each([
    ['without a prefix, as specified', 0],
    ["with JPEG's prefix, as some programs write it", 6],
  ])('reads the EXIF orientation %s', async (_, markBytes) => {
    const exif = contentOf(readImage('exif_o6.webp'), 'EXIF');
    const plain = exif.subarray(exif.indexOf('Exif\0\0') === 0 ? 6 : 0);
    const marked = Buffer.concat([Buffer.from('Exif\0\0').subarray(0, markBytes), plain]);

    const { orientation } = await decode(webp(canvas(13, 9), image, chunk('EXIF', marked)), defaultLimits);

    expect(orientation).toBe(6);
  });
});
