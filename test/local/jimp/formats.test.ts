import { createJimp } from '@jimp/core';
import { defaultPlugins } from 'jimp';
import { describe, expect, it } from 'vitest';
import { decode } from '../../../functions/classify/decode/decode.ts';
import { formats as decoded } from '../../../functions/classify/decode/formats.ts';
import { defaultLimits } from '../../../functions/classify/image/limits.ts';
import { CorruptImage, ImageTooLarge } from '../../../functions/classify/image/rejections.ts';
import { decodeForJimp } from '../../../local/jimp/decoder.ts';
import { formats } from '../../../local/jimp/formats.ts';
import { openPicture } from '../../../local/jimp/jimp.ts';
import { psdFiles } from '../../functions/classify/decode/psd/psd-files.ts';
import { rgbOf } from '../../functions/classify/decode/rgb.ts';
import { readImage } from '../../goldens/goldens.ts';

const Jimp = createJimp({ formats, plugins: defaultPlugins });

/** One golden for each format that stock jimp reads differently, or not at all. */
const files = [
  'coffee_base_420.jpg',
  'cmyk_noadobe.jpg',
  'arithmetic.jpg',
  'grey16.png',
  'animated.png',
  'rgba8.png',
  'transparent.gif',
  'bmp565.bmp',
  'tiff_f32.tif',
  'tiff_cmyk.tif',
  'alpha.webp',
  'animated.webp',
  'photo_444.avif',
];

function withXmp(jpeg: Buffer, xmp: string): Buffer {
  const content = Buffer.from(`http://ns.adobe.com/xap/1.0/\0${xmp}`);
  const head = Buffer.of(0xff, 0xe1, 0, content.length + 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, content, jpeg.subarray(2)]);
}

describe('the jimp formats', () => {
  it.each(files)("give Jimp.fromBuffer the function's pixels, opaque: %s", async (file) => {
    const { width, height, data } = await decode(readImage(file), defaultLimits);

    const { bitmap } = await Jimp.fromBuffer(Buffer.from(readImage(file)));

    expect([bitmap.width, bitmap.height]).toEqual([width, height]);
    expect(rgbOf(bitmap)).toEqual(rgbOf({ data }));
    expect(bitmap.data.every((value, i) => i % 4 !== 3 || value === 255)).toBe(true);
  });

  it('cover every format that the function decodes', () => {
    const types: string[] = formats.map((format) => format().mime);
    const typeOf = (name: string) => (name === 'psd' ? 'image/vnd.adobe.photoshop' : `image/${name}`);

    expect(types).toEqual(expect.arrayContaining(decoded.map(({ name }) => typeOf(name))));
  });

  it('read a Photoshop document', async () => {
    const { file } = psdFiles().find(({ name }) => name === 'CMYK, packed')!;
    const { data } = await decode(file, defaultLimits);

    const { bitmap } = await Jimp.fromBuffer(Buffer.from(file));

    expect(rgbOf(bitmap)).toEqual(rgbOf({ data }));
  });

  it.each(['exif_o6.jpg', 'exif_o6.png', 'exif_o6.webp', 'exif_o6.avif', 'tiff_orient6.tif'])(
    'turn %s upright once, through jimp and without it',
    async (file) => {
      const upright = await openPicture(readImage(file));

      const image = await Jimp.fromBuffer(Buffer.from(readImage(file)));

      expect([image.width, image.height]).toEqual([64, 96]);
      expect(image.bitmap).toEqual(upright.bitmap);
    },
  );

  it.each([
    ['XMP', 'exif_o1.jpg', 'none', [64, 96]],
    ['EXIF rather than XMP', 'exif_o8.jpg', 'Exif', [64, 96]],
    ['EXIF that says it is upright', 'exif_o1.jpg', 'Exif', [96, 64]],
  ])('turn a JPEG once by %s', async (_, file, exifMark, size) => {
    const bytes = Buffer.from(readImage(file));
    bytes.write(exifMark, bytes.indexOf('Exif\0\0'), 'latin1');
    const turned = withXmp(bytes, '<x tiff:Orientation="6"/>');

    const image = await Jimp.fromBuffer(turned);

    expect([image.width, image.height]).toEqual(size);
    expect(image.bitmap).toEqual((await openPicture(turned)).bitmap);
  });

  it.each(['image/jpeg', 'image/png', 'image/gif', 'image/bmp', 'image/tiff'] as const)(
    "write with jimp's encoders: %s",
    async (mime) => {
      const image = await Jimp.fromBuffer(Buffer.from(readImage('tiny_3x2.png')));

      const written = await image.getBuffer(mime);

      expect(await decode(written, defaultLimits)).toMatchObject({ width: 3, height: 2 });
    },
  );

  it.each(['image/webp', 'image/avif', 'image/vnd.adobe.photoshop'] as const)(
    'say that jimp cannot write %s',
    async (mime) => {
      const image = await Jimp.fromBuffer(Buffer.from(readImage('tiny_3x2.png')));

      await expect(image.getBuffer(mime)).rejects.toThrow(
        `jimp cannot write ${mime}; write image/png or image/jpeg`,
      );
    },
  );

  it("reject what the function's decoders reject, within the limits given", async () => {
    const bytes = readImage('card_rgb8.png');
    await expect(Jimp.fromBuffer(Buffer.from(readImage('bad_truncated.png')))).rejects.toThrow(CorruptImage);

    const answer = decodeForJimp(bytes, { limits: { ...defaultLimits, megapixels: 0.01 } });

    await expect(answer).rejects.toThrow(ImageTooLarge);
  });
});
