import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { decode } from '../../../../../functions/classify/decode/decode.ts';
import { folderVariable, open } from '../../../../../functions/classify/decode/heic/heic.ts';
import { identify } from '../../../../../functions/classify/decode/signature.ts';
import { defaultLimits } from '../../../../../functions/classify/image/limits.ts';
import {
  CorruptImage,
  DecodingTooSlow,
  ImageTooLarge,
  UnsupportedFormat,
} from '../../../../../functions/classify/image/rejections.ts';
import { readImage } from '../../../../../functions/classify/tensor/read-image.ts';
import { rgbOf } from '../rgb.ts';
import { decoder, fixtures, readHeic } from './heic-files.ts';

const answers: {
  readonly [name: string]: { readonly width: number; readonly height: number; readonly rows: string };
} = JSON.parse(gunzipSync(readFileSync(new URL('pillow_heif.json.gz', fixtures))).toString());

/** The file with these bytes in place of the first others of the same length. */
function replaced(name: string, old: Buffer | string, bytes: Buffer | string): Buffer {
  const file = readHeic(name);
  Buffer.from(bytes as string, 'latin1').copy(file, file.indexOf(old));
  return file;
}

function uint32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) bytes.writeUInt32BE(value, 4 * i);
  return bytes;
}

describe('decode, HEIC with its decoder', () => {
  beforeAll(() => {
    vi.stubEnv(folderVariable, decoder.folder);
  });
  afterAll(() => {
    vi.unstubAllEnvs();
  });

  it('is tested with an answer of pillow-heif for every file', () => {
    const files = readdirSync(fixtures).flatMap((name) => name.match(/^(.*)\.heic$/)?.[1] ?? []);

    expect(files.filter((name) => !name.startsWith('says')).sort()).toEqual(Object.keys(answers).sort());
  });

  it.each(Object.entries(answers))(
    'gives the pixels of pillow-heif, bit for bit and upright: %s',
    async (name, { width, height, rows }) => {
      const image = await decode(readHeic(name), defaultLimits);

      expect(image).toMatchObject({ format: 'heic', width, height, orientation: 1 });
      const everyEighth = rgbOf(image).filter((_, i) => Math.floor(i / (3 * width)) % 8 === 0);
      expect(Buffer.from(everyEighth).equals(Buffer.from(rows, 'base64'))).toBe(true);
    },
  );

  it('keeps the alpha', async () => {
    const { data } = await decode(readHeic('alpha'), defaultLimits);

    expect(new Set(data.filter((_, i) => i % 4 === 3)).size).toBeGreaterThan(50);
  });

  it('is read for a network like other formats', async () => {
    const { info, toTensor } = await readImage(readHeic('grid'), defaultLimits, {
      input: { layout: 'NHWC', width: 16, height: 16 },
      preprocess: { mode: 'tf', interpolation: 'bilinear', policy: 'stretch', orientation: 'exif' },
    });

    expect(info).toEqual({ format: 'heic', width: 98, height: 74, orientation: 1 });
    expect(toTensor().dims).toEqual([1, 16, 16, 3]);
  });

  it.each([
    ['too large', '420', uint32(65_535, 65_535), ImageTooLarge, '65535x65535 is 4290 MP'],
    ['larger than it is', '420', uint32(99, 74), CorruptImage, 'does not have the size signaled in the file'],
    ['without pixels', '420', uint32(0, 74), CorruptImage, '0x74: the image has no pixels'],
  ])('rejects a file whose header says that it is %s', async (_, name, size, kind, message) => {
    const answer = decode(replaced(name, uint32(98, 74), size), defaultLimits);

    await expect(answer).rejects.toBeInstanceOf(kind);
    await expect(answer).rejects.toThrow(message);
  });

  it('rejects a file that is far larger inside than its header says', async () => {
    const answer = decode(readHeic('says_64x64_is_8000x8000'), defaultLimits);

    await expect(answer).rejects.toBeInstanceOf(ImageTooLarge);
    await expect(answer).rejects.toThrow(/^libheif limits it: .*8000x8000 exceeds the maximum/);
  });

  it('stops at the time limit', async () => {
    const bomb = readHeic('says_64x64_is_8000x8000');
    const honest = bomb.indexOf(uint32(64, 64));
    uint32(8000, 8000).copy(bomb, honest);

    await expect(decode(bomb, { ...defaultLimits, decodeMs: 20 })).rejects.toBeInstanceOf(DecodingTooSlow);
  });

  it.each([
    ['cut off', readHeic('420').subarray(0, 1500)],
    ['with damaged headers', replaced('420', 'hvcC', 'hvcX')],
    ['without a meta box', replaced('420', 'meta', 'atem')],
  ])('rejects a file %s as CorruptImage', async (_, file) => {
    await expect(decode(file, defaultLimits)).rejects.toBeInstanceOf(CorruptImage);
  });

  it('accepts damage inside the coded picture, as pillow-heif does', async () => {
    const file = readHeic('420').fill(0xff, 1000);

    expect(await decode(file, defaultLimits)).toMatchObject({ width: 98, height: 74 });
  });

  it.each([
    ['jpeg', "coded as 'jpeg', not as HEVC"],
    ['av01', "coded as 'av01', not as HEVC"],
    ['iovl', "coded as 'iovl', not as HEVC"],
    ['h\x1dc1', String.raw`coded as 'h\u001dc1', not as HEVC`],
  ])('names a coding that is not decoded: %s', async (coding, message) => {
    const file = replaced('mif1', 'hvc1', coding);

    const answer = decode(file, defaultLimits);

    await expect(answer).rejects.toBeInstanceOf(UnsupportedFormat);
    await expect(answer).rejects.toThrow(message);
  });

  it('names no coding where the file lists none', async () => {
    await expect(decode(replaced('mif1', 'iinf', 'free'), defaultLimits)).rejects.toThrow(
      "HEIF whose main image is coded as 'unknown', not as HEVC; save it as JPEG or PNG",
    );
  });

  it('counts the memory of all coded pixels, those that a crop removes too', () => {
    const [whole, cropped] = ['420', 'clap'].map((name) => open(readHeic(name)));

    expect(whole).toMatchObject({ width: 98, height: 74, bytesPerPixel: 23 });
    expect(cropped.bytesPerPixel).toBeCloseTo((23 * 72 * 64) / (cropped.width * cropped.height));
  });

  it('names what its decoder cannot do', async () => {
    const file = readHeic('grid');
    for (let at = file.indexOf('hvc1'); at >= 0; at = file.indexOf('hvc1', at)) file.write('unci', at);

    await expect(decode(file, defaultLimits)).rejects.toMatchObject({
      name: 'UnsupportedFormat',
      message: expect.stringMatching(/^HEIC: .*'unci' is not supported; save it as JPEG or PNG$/),
    });
  });

  it('is among the supported formats', () => {
    expect(() => identify(Buffer.from('8BPS\0\x03'))).toThrow('PSD, WebP, AVIF and HEIC');
  });

  it('fails if the folder of its decoder lacks a file, and rejects no image for it', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'bucketlens-'));
    vi.resetModules();
    vi.stubEnv(folderVariable, empty);
    try {
      const { load } = await import('../../../../../functions/classify/decode/heic/heic.ts');

      await expect(load()).rejects.toThrow('Cannot find module');
    } finally {
      rmSync(empty, { recursive: true });
      vi.stubEnv(folderVariable, decoder.folder);
    }
  });
});

describe('decode, HEIC without its decoder', () => {
  it('rejects it and says how to switch it on', async () => {
    await expect(decode(readHeic('420'), defaultLimits)).rejects.toMatchObject({
      name: 'UnsupportedFormat',
      message:
        'HEIC: its decoder is not part of Bucketlens: npm install libheif-js@1.23, then deploy with -c heic=true and your other ' +
        'settings, or use the option --heic (docs/images.md); or save the image as JPEG',
    });
  });
});
