import { describe, expect, it } from 'vitest';
import { decode } from '../../../../../functions/classify/decode/decode.ts';
import { defaultLimits } from '../../../../../functions/classify/image/limits.ts';
import { CorruptImage } from '../../../../../functions/classify/image/rejections.ts';
import { readImage, readVariant } from '../../../../goldens/goldens.ts';

function uint24(value: number) {
  return Buffer.of(value & 0xff, (value >> 8) & 0xff, value >> 16);
}

/** A chunk, and the byte that makes its length even. */
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

/** The content of a file's chunk. */
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

describe('an animated WebP', () => {
  it('shows its first frame where that stands, and nothing around it', async () => {
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

  it('shows the first frame that holds an image', async () => {
    const { data } = await decode(lossless, defaultLimits);
    const empty = frame(0, 0, chunk('none', Buffer.alloc(4)));

    const shown = await decode(webp(canvas(13, 9), animation, empty, frame(0, 0, image)), defaultLimits);

    expect(shown.data).toEqual(data);
  });

  it('may have a frame up to the edges of its canvas', async () => {
    const shown = await decode(webp(canvas(15, 11), animation, frame(2, 2, image)), defaultLimits);

    expect(shown).toMatchObject({ width: 15, height: 11 });
  });

  it.each([
    ['to the right', webp(canvas(14, 99), animation, frame(2, 2, image))],
    ['downwards', webp(canvas(99, 10), animation, frame(2, 2, image))],
  ])('has no frame beyond them: %s', async (_, bytes) => {
    await refusal(bytes).toThrow('webp: the first frame reaches beyond the canvas');
  });

  it.each([
    ['a canvas', webp(animation, frame(0, 0, image)), 'webp: an animation without a canvas'],
    ['ANIM', webp(canvas(13, 9), frame(0, 0, image)), 'webp: an animation without ANIM'],
    ['an image', webp(canvas(13, 9), animation, frame(0, 0)), 'webp: there is no image in the file'],
  ])('is refused without %s', async (_, bytes, message) => {
    await refusal(bytes).toThrow(message);
    await refusal(bytes).toBeInstanceOf(CorruptImage);
  });
});

describe('a WebP', () => {
  it('may have chunks in it that nobody knows, of odd lengths, and a second image that nobody sees', async () => {
    const { data } = await decode(lossless, defaultLimits);
    const unknown = chunk('abcd', Buffer.from('odd'));
    const other = chunk('VP8 ', contentOf(readVariant('lossy.webp'), 'VP8 '));

    const shown = await decode(webp(canvas(13, 9), unknown, image, unknown, other), defaultLimits);

    expect(shown.data).toEqual(data);
  });

  it('is refused without an image', async () => {
    await refusal(webp(canvas(13, 9), chunk('EXIF', Buffer.alloc(8)))).toThrow(
      'webp: there is no image in the file',
    );
  });

  it.each([
    ['the image', webp(image).subarray(0, -2)],
    [
      'what is behind it of its transparency',
      webp(canvas(13, 9), image, chunk('ALPH', Buffer.alloc(99))).subarray(0, -9),
    ],
  ])('is refused if %s is cut off', async (_, bytes) => {
    await refusal(bytes).toThrow('webp: the image is cut off');
  });

  it('is refused if its transparency is damaged, as Pillow has it', async () => {
    const bytes = Buffer.from(readVariant('lossy_alpha.webp'));
    bytes.fill(0xff, bytes.indexOf('ALPH') + 8, bytes.indexOf('ALPH') + 24);

    await refusal(bytes).toBeInstanceOf(CorruptImage);
  });

  it.each([
    ['as the format wants it', 0],
    ["with JPEG's mark before it, as some write it", 6],
  ])('is turned by its EXIF data, %s', async (_, markBytes) => {
    const exif = contentOf(readImage('exif_o6.webp'), 'EXIF');
    const plain = exif.subarray(exif.indexOf('Exif\0\0') === 0 ? 6 : 0);
    const marked = Buffer.concat([Buffer.from('Exif\0\0').subarray(0, markBytes), plain]);

    const { orientation } = await decode(webp(canvas(13, 9), image, chunk('EXIF', marked)), defaultLimits);

    expect(orientation).toBe(6);
  });
});
