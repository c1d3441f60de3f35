import { describe, expect, it } from 'vitest';
import { decode } from '../../../../../functions/classify/decode/decode.ts';
import { defaultLimits } from '../../../../../functions/classify/image/limits.ts';
import { sha256Of } from '../pillow-answers.ts';
import { rgbOf } from '../rgb.ts';
import { oldJpegFiles } from './old-jpeg-files.ts';

const files = oldJpegFiles();

async function decodeFile(name: string) {
  const { file } = files.find((other) => other.name === name)!;
  return decode(file, defaultLimits);
}

/** libtiff stops at the damage or reads other data, and Pillow returns a page of one colour or of noise without an error. */
const damaged = [
  'cut off',
  'a wrong restart marker',
  'a missing restart marker',
  'header and a strip, no length',
];
/** Pillow fails, although the stream has all the data or a strip can only end with the file. */
const readNevertheless = [
  'strips in a stream without restart markers',
  'strips without restarts',
  'no size of the strip',
  'no sizes of strips',
];

describe('decode, old-style JPEG in TIFF', () => {
  const read = files.filter(({ sha256, name }) => sha256 && !damaged.includes(name));

  it.each(read)("equals Pillow's pixels: $name", async ({ name, sha256 }) => {
    expect(sha256Of(rgbOf(await decodeFile(name)))).toBe(sha256);
  });

  it('reads a whole stream whose strips lack restart markers or positions', async () => {
    const whole = await decodeFile('interchange format, 4:2:0');
    expect(await decodeFile('strips without restarts')).toEqual(whole);

    const other = await decodeFile('interchange format, 4:1:1');
    expect(await decodeFile('strips in a stream without restart markers')).toEqual(other);
  });

  it.each(['no size of the strip', 'no sizes of strips'])(
    'reads strips up to the end of the file: %s',
    async (name) => {
      expect(await decodeFile(name)).toEqual(await decodeFile('tables, 4:2:0'));
    },
  );

  const save = 'save it as 8-bit RGB, or as PNG';
  it.each([
    ['grey', `TIFF of old-style JPEG in 1 sample of 8 bits; ${save}`],
    ['one sample of YCbCr', `TIFF of old-style JPEG in 1 sample of 8 bits; ${save}`],
    ['separate planes', `TIFF of old-style JPEG in separate planes; ${save}`],
    ['tiles', `TIFF of old-style JPEG in several columns of tiles; ${save}`],
    ['progressive', `TIFF of old-style JPEG that is progressive; ${save}`],
    ['strips of 12 rows', `TIFF of old-style JPEG in strips of 12 rows; ${save}`],
    ['one by four', `TIFF of old-style JPEG with the sampling factors 1x4,1x1,1x1; ${save}`],
    ['chroma with other factors', `TIFF of old-style JPEG with the sampling factors 2x2,1x2,1x1; ${save}`],
    [
      'a grey stream in a page of three samples',
      `TIFF whose tags state another number of samples than its JPEG has (3 and 1); ${save}`,
    ],
    ['12 bits', '12-bit JPEG; save it as baseline JPEG with 8 bits, or as PNG'],
    ['a grey page of three samples', `TIFF of old-style JPEG in the colour space 1; ${save}`],
    ['CIELab in the tag', `TIFF of old-style JPEG in the colour space 8; ${save}`],
    ['4000 strips of the same 6 kB', 'TIFF whose strips or tiles have 24000000 bytes in a file of'],
    ['one column in wide tiles', 'TIFF of 1x8192 in tiles of 65520x256'],
  ])('refuses what Pillow does not read by name: %s', async (name, reason) => {
    await expect(decodeFile(name)).rejects.toMatchObject({
      name: 'UnsupportedFormat',
      message: expect.stringContaining(reason),
    });
  });

  it.each([
    ['lossless', 0xc3],
    ['arithmetic-coded', 0xc9],
  ])('refuses JPEG that is %s by name', async (process, frame) => {
    const file = Buffer.from(files.find(({ name }) => name === 'interchange format, 4:2:0')!.file);
    file[file.indexOf(Buffer.from('ffc0', 'hex')) + 1] = frame;

    await expect(decode(file, defaultLimits)).rejects.toMatchObject({
      name: 'UnsupportedFormat',
      message: `TIFF of old-style JPEG that is ${process}; ${save}`,
    });
  });

  it('decodes a page that is far narrower than its tiles in the memory of the page', async () => {
    const file = Buffer.from(files.find(({ name }) => name === 'one column in wide tiles')!.file);
    const height = Buffer.of(1, 1, 4, 0, 1, 0, 0, 0, 0, 32, 0, 0);
    file.writeUInt16LE(100, file.indexOf(height) + 8);

    const page = await decode(file, { ...defaultLimits, memoryMegabytes: 1 });

    expect(page).toMatchObject({ width: 1, height: 100 });
  });

  it.each([
    ['cut off', 'the data end before the image is complete'],
    ['cut off, strips', 'there is no strip or tile 5'],
    ['no tables', 'there are no JPEG tables'],
    ['tables at position 0', 'there are no JPEG tables'],
    ['a wrong restart marker', 'restart marker 2 of 5 is missing or out of order'],
    ['a missing restart marker', 'restart marker 2 of 5 is missing or out of order'],
    ['header and a strip, no length', 'the data end before the image is complete'],
    ['a larger stream', 'a JPEG of 64x48 in a page of 53x45'],
    ['a smaller stream', 'a JPEG of 53x40 in a page of 53x45'],
    ['a narrower stream', 'a JPEG of 50x45 in a page of 53x45'],
    ['an unknown marker', 'the data end before the image is complete'],
  ])('rejects a damaged file: %s', async (name, reason) => {
    await expect(decodeFile(name)).rejects.toMatchObject({
      name: 'CorruptImage',
      message: expect.stringContaining(`tiff: ${reason};`),
    });
  });

  it.each(files.filter(({ error, name }) => error && !readNevertheless.includes(name)))(
    'rejects what Pillow rejects: $name',
    async ({ name }) => {
      await expect(decodeFile(name)).rejects.toMatchObject({
        name: expect.stringMatching(/^(UnsupportedFormat|CorruptImage)$/),
      });
    },
  );
});
