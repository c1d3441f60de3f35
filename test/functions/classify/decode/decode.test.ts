import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { decode, decodeRows } from '../../../../functions/classify/decode/decode.ts';
import { startKernels } from '../../../../functions/classify/decode/shared/kernels.ts';
import type { Bitmap } from '../../../../functions/classify/image/image.ts';
import { defaultLimits } from '../../../../functions/classify/image/limits.ts';
import {
  CorruptImage,
  DecodingTooSlow,
  EmptyObject,
  ImageRejection,
  ImageTooLarge,
  UnsupportedFormat,
} from '../../../../functions/classify/image/rejections.ts';
import { openBitmap } from '../../../../functions/classify/image/rows.ts';
import {
  decoded,
  goldens,
  readArray,
  readImage,
  readVariant,
  refused,
  variants,
} from '../../../goldens/goldens.ts';
import { chunk, png } from './png/fixtures/fixtures.ts';
import { psdFiles } from './psd/psd-files.ts';
import { rgbOf } from './rgb.ts';

function decodeGolden(file: string) {
  return decode(readImage(file), defaultLimits);
}

/** A reader that selects no pixels. */
const noPixels = {
  selection: { columns: Int32Array.of(), rows: Int32Array.of() },
  takeRow: () => {},
};

function sha256(bytes: Uint8Array) {
  return createHash('sha256').update(bytes).digest('hex');
}

const formatOf = new Map(goldens.map(({ file, format }) => [file, format]));
/** True for all decoded formats but AVIF: Pillow uses another AV1 decoder. */
function isExact(file: string) {
  return ['jpeg', 'png', 'gif', 'bmp', 'tiff', 'webp'].includes(formatOf.get(file)!);
}

describe('decode, against Pillow', () => {
  it.each(decoded.filter(({ file }) => isExact(file)))(
    "equals Pillow's pixels for $file",
    async ({ file, width, height, sha256: expected }) => {
      const image = await decodeGolden(file);

      expect(image).toMatchObject({ width, height, format: formatOf.get(file) });
      expect(image.data).toHaveLength(width * height * 4);
      expect(sha256(rgbOf(image))).toBe(expected);
    },
  );

  it.each(variants)(
    "equals Pillow's pixels for the variant $file",
    async ({ file, width, height, sha256: expected }) => {
      const image = await decode(readVariant(file), defaultLimits);

      expect(image).toMatchObject({ width, height });
      expect(sha256(rgbOf(image))).toBe(expected);
    },
  );

  it.each(goldens.filter(({ format }) => format === 'avif'))(
    'is within 2 levels of Pillow for $file',
    async (golden) => {
      const image = await decodeGolden(golden.file);

      const { max, mean } = difference(sample(image, golden.target), readArray(golden));
      expect(max).toBeLessThanOrEqual(2);
      expect(mean).toBeLessThanOrEqual(0.4);
    },
  );
});

/** Keras' nearest neighbours: see preprocess.ts. */
function sample({ width, height, data }: Bitmap, target: { width: number; height: number }) {
  const columns = nearest(width, target.width);
  const pixels = nearest(height, target.height).flatMap((y) => columns.map((x) => (y * width + x) * 4));
  return Uint8Array.from(pixels.flatMap((i) => [data[i]!, data[i + 1]!, data[i + 2]!]));
}

function nearest(size: number, target: number) {
  if (size === target) return [...Array(size).keys()];
  const step = size / target;
  let position = step * 0.5;
  return Array.from({ length: target }, () => {
    const index = Math.trunc(position);
    position += step;
    return index;
  });
}

function difference(a: Uint8Array, b: Uint8Array) {
  let max = 0;
  let sum = 0;
  a.forEach((value, i) => {
    const distance = Math.abs(value - b[i]!);
    max = Math.max(max, distance);
    sum += distance;
  });
  return { max, mean: sum / a.length };
}

describe('decode, row by row', () => {
  it.each(['coffee_base_444.jpg', 'rgb8.png', 'static.gif', 'lossless.webp', 'tiff_lzw.tif'])(
    'equals the pixels of decode for %s',
    async (file) => {
      const image = await decodeGolden(file);
      const { bitmap, reader } = openBitmap(image.width, image.height);

      await decodeRows(readImage(file), defaultLimits, () => reader);

      expect(rgbOf(bitmap)).toEqual(rgbOf(image));
    },
  );
});

describe('decode, orientation', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'returns the EXIF orientation %i of a JPEG and leaves its pixels as stored',
    async (n) => {
      const image = await decodeGolden(`exif_o${n}.jpg`);
      const plain = await decodeGolden('exif_o1.jpg');

      expect(image).toMatchObject({ width: 96, height: 64, orientation: n });
      expect(sha256(image.data)).toBe(sha256(plain.data));
    },
  );

  it.each(['exif_o6.png', 'exif_o6.webp', 'exif_o6.avif'])('returns the orientation of %s', async (file) => {
    expect(await decodeGolden(file)).toMatchObject({ width: 96, height: 64, orientation: 6 });
  });

  it('turns a TIFF upright, as Pillow does', async () => {
    expect(await decodeGolden('tiff_orient6.tif')).toMatchObject({ width: 64, height: 96, orientation: 1 });
  });

  it('treats an unknown orientation as upright', async () => {
    const bytes = Buffer.from(readImage('exif_o6.jpg'));
    const value = bytes.indexOf(Buffer.from('0112000300000001', 'hex')) + 8;
    bytes.writeUInt16BE(9, value);

    expect((await decode(bytes, defaultLimits)).orientation).toBe(1);
  });

  it('decodes a photo whose EXIF block is damaged', async () => {
    const bytes = Buffer.from(readImage('exif_o6.jpg'));
    bytes.write('XX', bytes.indexOf('Exif\0\0') + 6);

    expect(await decode(bytes, defaultLimits)).toMatchObject({ width: 96, orientation: 1 });
  });
});

describe('decode, rejections', () => {
  it.each([
    ['bad_empty.jpg', EmptyObject, '0 bytes: there is no image'],
    ['bad_text.jpg', UnsupportedFormat, 'plain text; supported are JPEG'],
    ['ico.ico', UnsupportedFormat, 'icon (ICO); supported are JPEG'],
    ['jp2.jp2', UnsupportedFormat, 'JPEG 2000; supported are JPEG'],
    ['ppm.ppm', UnsupportedFormat, 'Netpbm image; supported are JPEG'],
    ['bad_truncated.jpg', CorruptImage, 'jpeg: '],
    ['bad_no_eoi.jpg', CorruptImage, 'jpeg: '],
    ['bad_truncated.png', CorruptImage, 'png: unexpected end of file'],
    ['bad_crc.png', CorruptImage, 'png: '],
  ])('rejects %s with its error class and message', async (file, rejection, message) => {
    const answer = decodeGolden(file);

    await expect(answer).rejects.toBeInstanceOf(rejection);
    await expect(answer).rejects.toThrow(message);
    await expect(answer).rejects.toHaveProperty('name', rejection.name);
  });

  it.each(refused)('rejects $file, as Keras does ($error)', async ({ file }) => {
    await expect(decodeGolden(file)).rejects.toBeInstanceOf(ImageRejection);
  });

  it('rejects a PNG truncated anywhere in its data', async () => {
    const whole = Buffer.from(readImage('rgb8.png'));
    const start = whole.indexOf('IDAT') - 4;
    for (const length of [0, 1, 100, 1000, 30_000]) {
      const data = whole.subarray(start + 8, start + 8 + length);
      const cut = Buffer.concat([whole.subarray(0, start), chunk('IDAT', data)]);

      await expect(decode(cut, defaultLimits)).rejects.toBeInstanceOf(CorruptImage);
    }
  });

  it('states the number of bytes and the limit', async () => {
    const answer = decode(readImage('rgb8.png'), { maxBytes: 60_000, megapixels: 100 });

    await expect(answer).rejects.toBeInstanceOf(ImageTooLarge);
    await expect(answer).rejects.toThrow('0.0643 MB; the limit is 0.06 MB (limits.megabytes)');
  });

  it('states the memory that decoding takes and the memory available', async () => {
    const answer = decode(readImage('acc_1280x720.png'), { ...defaultLimits, memoryMegabytes: 4 });

    await expect(answer).rejects.toBeInstanceOf(ImageTooLarge);
    await expect(answer).rejects.toThrow(
      '1280x720 of this png takes 5 MB to decode; there are 4 MB (raise memorySize)',
    );
  });

  it('counts the memory of the rows that an interlaced PNG gathers', async () => {
    const bytes = png({ width: 1000, height: 1000, isInterlaced: true }, Buffer.alloc(0));

    const answer = decode(bytes, { ...defaultLimits, memoryMegabytes: 7 });

    await expect(answer).rejects.toThrow('1000x1000 of this png takes 8 MB to decode; there are 7 MB');
  });

  it('reports a trap in WebAssembly as a damaged image', async () => {
    const { kernels } = startKernels();
    const beyondMemory = 2 ** 31;
    const trap = () => kernels.widen(beyondMemory, beyondMemory, 0, 8);

    const decoding = decodeRows(readImage('china_640x427.jpg'), defaultLimits, () => ({
      selection: { columns: Int32Array.of(0), rows: Int32Array.of(0) },
      takeRow: trap,
    }));

    await expect(decoding).rejects.toThrow(/^jpeg: memory access out of bounds; the file is damaged/);
    await expect(decoding).rejects.toBeInstanceOf(CorruptImage);
  });

  it('states the memory that decoding by row takes and the memory available', async () => {
    const wide = decodeRows(
      readImage('wide_2000x8.jpg'),
      { ...defaultLimits, memoryMegabytes: 1 },
      () => noPixels,
    );

    await expect(wide).rejects.toThrow(
      '2000x8 of this jpeg takes 2 MB to decode; there are 1 MB (raise memorySize)',
    );
  });

  it('takes no more memory by row for a taller image', async () => {
    const tall = decodeRows(
      readImage('tall_8x2000.jpg'),
      { ...defaultLimits, memoryMegabytes: 1 },
      () => noPixels,
    );

    await expect(tall).resolves.toMatchObject({ info: { height: 2000 } });
  });

  it('accepts an image exactly at the limits', async () => {
    const bytes = readImage('exif_o1.jpg');

    const image = await decode(bytes, { maxBytes: bytes.length, megapixels: (96 * 64) / 1e6 });

    expect(image.width).toBe(96);
  });

  it.each([
    [1, 1_100_000],
    [1_100_000, 1],
    [1_048_577, 1],
  ])('rejects an image of %ix%i before planning its scaling', async (width, height) => {
    const bytes = png({ width, height }, Buffer.alloc(0));
    const openReader = vi.fn();

    const answer = decodeRows(bytes, defaultLimits, openReader);

    await expect(answer).rejects.toThrow(`${width}x${height} is too long; the limit of a side is 1048576`);
    expect(openReader).not.toHaveBeenCalled();
  });

  it.each([
    ['a JPEG', readImage('hd_1920x1080.jpg')],
    ['a PNG', readImage('acc_1280x720.png')],
    ['an AVIF', readImage('photo_420.avif')],
    // Made with Pillow: 4000x3000 of one colour, lossless.
    ['a WebP', Buffer.from('UklGRh4AAABXRUJQVlA4TBEAAAAvn8/tAgdQiirUo/+BiOh/AAA=', 'base64')],
  ])('stops decoding %s at the time limit', async (_, file) => {
    const answer = decode(file, { ...defaultLimits, decodeMs: 1 });

    await expect(answer).rejects.toBeInstanceOf(DecodingTooSlow);
    await expect(answer).rejects.toThrow(
      /^\d+x\d+ of this \w+ takes more than 0.001 s to decode \(raise memorySize or timeout\)$/,
    );
  });

  it.each(['coffee_base_444.jpg', 'rgb8.png', 'static.gif', 'lossless.webp'])(
    'decodes %s within its time limit',
    async (file) => {
      const image = await decode(readImage(file), { ...defaultLimits, decodeMs: 60_000 });

      expect(image).toEqual(await decodeGolden(file));
    },
  );

  it('decodes the image after an interrupted one exactly', async () => {
    for (let i = 0; i < 40; i++) {
      const decodeMs = 1 + (i % 20);
      await decode(readImage('china_640x427.jpg'), { ...defaultLimits, decodeMs }).catch(() => {});

      const image = await decode(readImage('coffee_base_444.jpg'), { ...defaultLimits, decodeMs: 10_000 });

      expect(sha256(rgbOf(image))).toBe(decoded.find(({ file }) => file === 'coffee_base_444.jpg')!.sha256);
    }
  });

  it.each(oversized())('rejects a %s that claims %s before allocating memory', async (_, size, bytes) => {
    const before = process.memoryUsage().arrayBuffers;

    const answer = decode(bytes, defaultLimits);

    await expect(answer).rejects.toBeInstanceOf(ImageTooLarge);
    await expect(answer).rejects.toThrow(`${size} is `);
    await expect(answer).rejects.toThrow('the limit is 100 MP (limits.megapixels)');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
  });

  it('rejects a file of a million chunks', async () => {
    const part = chunk('IDAT', Buffer.alloc(0));
    const bytes = Buffer.concat([
      png({ width: 1, height: 1 }).subarray(0, 33),
      ...Array(1_000_000).fill(part),
    ]);

    await expect(decode(bytes, defaultLimits)).rejects.toThrow('png: the file is in more than 100000 parts');
  });

  it('rejects a TIFF tag that claims billions of values', async () => {
    const bytes = Buffer.from(readImage('tiff_raw.tif'));
    const firstEntry = bytes.readUInt32LE(4) + 2;
    bytes.writeUInt32LE(0xffffffff, firstEntry + 4);

    await expect(decode(bytes, defaultLimits)).rejects.toThrow(
      'tiff: the data end too early or point outside',
    );
  });

  it('terminates on a GIF that made another decoder loop forever', async () => {
    const bytes = Buffer.from(
      'R0lGODlhPAAoAIECAP8AAAD/AAAA////ACwKAAUAHgAUAAAImQABCBQYoGBBAQgRDli4cCBBgwEceQyQUCHDAQ4BTBQwcGPFixglQkT40GBFASAzeuS40iJDlSMTtkR5EXrJijETphR5U2dPlw15Hvw4YKjOmkIpEi16cmfHnECbIn36kybDpUEFGgWK8ejLpFK/crW51WpWsyG1KvWaFYDTkmXfuv2qNmxbjXThrh0r8u5MuQbT6rUrWKPBgAA7',
      'base64',
    );

    await expect(decode(bytes, defaultLimits)).rejects.toBeInstanceOf(CorruptImage);
  });

  it.each([
    ['is truncated in its last data block', (bytes: Buffer) => bytes.subarray(0, 181)],
    ['has a frame without a width', (bytes: Buffer) => bytes.fill(0, 66, 68)],
    ['has a frame without a height', (bytes: Buffer) => bytes.fill(0, 68, 70)],
  ])('rejects a GIF that %s', async (_, damage) => {
    const bytes = damage(Buffer.from(readVariant('16_colours.gif')));

    await expect(decode(bytes, defaultLimits)).rejects.toBeInstanceOf(CorruptImage);
  });

  it('rejects a JPEG of height 0', async () => {
    const bytes = Buffer.from(readImage('coffee_base_420.jpg'));
    bytes.writeUInt16BE(0, bytes.indexOf(Buffer.from('ffc0', 'hex')) + 5);

    await expect(decode(bytes, defaultLimits)).rejects.toThrow('jpeg: 300x0: the image has no pixels');
  });

  it.each([
    [0, 150],
    [150, 0],
  ])('rejects a PNG of %ix%i', async (width, height) => {
    const answer = decode(png({ width, height }, Buffer.alloc(0)), defaultLimits);

    await expect(answer).rejects.toThrow(`png: ${width}x${height}: the image has no pixels`);
  });

  it("adds the header's values to the rejection", async () => {
    await expect(decodeGolden('bad_truncated.png')).rejects.toHaveProperty('image', {
      format: 'png',
      width: 225,
      height: 150,
      orientation: 1,
    });
  });

  it('rethrows a lack of memory, which a retry with more may cure', async () => {
    const outOfMemory = new RangeError('Array buffer allocation failed');
    const takeRow = () => {
      throw outOfMemory;
    };

    const answer = decodeRows(readImage('static.gif'), defaultLimits, ({ width, height }) => ({
      ...openBitmap(width, height).reader,
      takeRow,
    }));

    await expect(answer).rejects.toBe(outOfMemory);
  });
});

/** Small files whose headers claim the format's largest size. */
function oversized(): [format: string, size: string, bytes: Uint8Array][] {
  const patched = (file: string, find: Buffer | string, offset: number, value: string) => {
    const bytes = Buffer.from(readImage(file));
    const at = find === '' ? 0 : bytes.indexOf(find);
    bytes.write(value, at + offset, 'hex');
    return bytes;
  };
  const frame = Buffer.from('ffc0', 'hex');
  return [
    ['JPEG', '65535x65535', patched('coffee_base_420.jpg', frame, 5, 'ffffffff')],
    ['PNG', '65535x65535', patched('rgb8.png', 'IHDR', 4, '0000ffff0000ffff')],
    ['GIF', '65535x65535', patched('static.gif', '', 6, 'ffffffff')],
    ['GIF with a frame', '65545x65540', patched('offset_frame.gif', ',\n', 5, 'ffffffff')],
    ['BMP', '65535x65535', patched('bmp24.bmp', '', 18, 'ffff0000ffff0000')],
    ['TIFF', '65535x65535', tiffOf(65_535, 65_535)],
    ['PSD', '65535x65535', psdOf(65_535, 65_535)],
    ['WebP', '16383x16383', patched('lossy.webp', Buffer.from('9d012a', 'hex'), 3, 'ff3fff3f')],
    ['lossless WebP', '16384x16384', patched('lossless.webp', 'VP8L', 9, 'ffffff0f')],
    ['animated WebP', '16777216x16777216', patched('animated.webp', 'VP8X', 12, 'ffffffffffff')],
    ['AVIF', '65535x65535', patched('photo_420.avif', 'ispe', 8, '0000ffff0000ffff')],
  ];
}

function psdOf(width: number, height: number) {
  const bytes = Buffer.from(psdFiles()[0]!.file);
  bytes.writeUInt32BE(height, 14);
  bytes.writeUInt32BE(width, 18);
  return bytes;
}

function tiffOf(width: number, height: number) {
  const bytes = Buffer.from(readImage('tiff_raw.tif'));
  const entries = bytes.readUInt32LE(4) + 2;
  for (let entry = entries; entry < bytes.length - 12; entry += 12) {
    const tag = bytes.readUInt16LE(entry);
    if (tag === 256 || tag === 257) {
      bytes.writeUInt16LE(4, entry + 2);
      bytes.writeUInt32LE(tag === 256 ? width : height, entry + 8);
    }
    if (tag > 257) break;
  }
  return bytes;
}

describe('decode, fuzzed', () => {
  const small = [
    'odd_17x13_420.jpg',
    'adam7_odd_13x11.png',
    'offset_frame.gif',
    'bmp565.bmp',
    'tiff_lzw.tif',
    'tiff_jpeg.tif',
    'lossy.webp',
    'animated.webp',
    'exif_o6.avif',
  ];

  it.each(small)('decodes or rejects %s with random damage', async (file) => {
    const original = readImage(file);
    const position = fc.nat(original.length - 1);
    const changes = fc.array(fc.tuple(fc.oneof(position, fc.nat(200)), fc.integer({ min: 0, max: 255 })), {
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(changes, fc.option(position), async (bytesToChange, length) => {
        const bytes = Uint8Array.from(original);
        for (const [at, value] of bytesToChange) bytes[at % bytes.length] = value;
        await expectAnswer(bytes.subarray(0, length ?? bytes.length));
      }),
      { numRuns: 60 },
    );
  });

  it('decodes or rejects random bytes after a signature', async () => {
    const signatures = small.map((file) => readImage(file).subarray(0, 16));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...signatures),
        fc.uint8Array({ maxLength: 400 }),
        async (start, rest) => {
          await expectAnswer(Buffer.concat([start, rest]));
        },
      ),
      { numRuns: 300 },
    );
  });
});

async function expectAnswer(bytes: Uint8Array) {
  const answer = await decode(bytes, { ...defaultLimits, megapixels: 1 }).catch((error: unknown) => error);
  if (answer instanceof Error) expect(answer).toBeInstanceOf(ImageRejection);
  else expect(answer).toHaveProperty('data');
}
