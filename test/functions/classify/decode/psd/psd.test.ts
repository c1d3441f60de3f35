import { describe, expect, it } from 'vitest';
import { decode } from '../../../../../functions/classify/decode/decode.ts';
import { defaultLimits } from '../../../../../functions/classify/image/limits.ts';
import { sha256Of } from '../pillow-answers.ts';
import { rgbOf } from '../rgb.ts';
import { psdFiles } from './psd-files.ts';

const files = psdFiles();

async function decodeFile(name: string) {
  return decode(files.find((other) => other.name === name)!.file, defaultLimits);
}

const save = 'save it with 8 bits and a composite, or as PNG';
const unsupported = [
  ['no composite', `Photoshop document that was saved without a composite (Maximize Compatibility); ${save}`],
  ['32 bits', `32-bit Photoshop document; ${save}`],
  ['16-bit palette', `16-bit Photoshop document; ${save}`],
  ['16-bit bitmap', `16-bit Photoshop document; ${save}`],
  ['an unknown mode', `Photoshop document of the colour mode 5; ${save}`],
  ['deflated', `Photoshop document with a deflated composite; ${save}`],
  ['deflated differences', `Photoshop document with a deflated composite; ${save}`],
] as const;
const corrupt = [
  ['too few channels', '2 channels; the colours have 3'],
  ['a short palette', 'a palette of 30 bytes'],
  ['cut off, packed', 'the data end too early'],
  ['cut off, raw', 'the data end too early'],
  ['cut off in its alpha, packed', 'the data end too early'],
  ['cut off, bitmap', 'the data end too early'],
  ['cut off, 16 bits, raw', 'the data end too early'],
  ['cut off, 16 bits, packed', 'the data end too early'],
  ['cut off in the layers, PSB', 'the data end too early'],
  ['layers of 2^63 bytes, PSB', 'the data end too early'],
  ['cut off in a run', 'the data end too early'],
  ['cut off in a literal', 'the data end too early'],
  ['cut off in the header', 'the data end too early'],
  ['cut off in the resources', 'the data end too early'],
  ['resources without an end', 'a composite of the compression '],
] as const;
/** Pillow takes the table of row lengths for that of fewer channels, and shows the rest of it as pixels. */
const misread = [
  ['a grey mask, packed', 'grey, raw'],
  ['RGB with two masks, packed', 'RGB, raw'],
  ['CMYK with a spot colour, packed', 'CMYK, raw'],
] as const;

const others: readonly string[] = [...unsupported, ...corrupt, ...misread].map(([name]) => name);

describe('decode, PSD', () => {
  it.each(files.filter(({ name }) => !others.includes(name)))(
    "equals Pillow's pixels: $name",
    async (psd) => {
      const image = await decodeFile(psd.name);

      expect(image).toMatchObject({ format: 'psd', width: 37, height: 23, orientation: 1 });
      expect(sha256Of(rgbOf(image))).toBe(psd.sha256);
    },
  );

  it.each(misread)('reads a packed document with more channels than colours: %s', async (name, plain) => {
    expect(await decodeFile(name)).toEqual(await decodeFile(plain));
  });

  it.each(unsupported)('names the kind that is not read: %s', async (name, message) => {
    await expect(decodeFile(name)).rejects.toMatchObject({
      name: 'UnsupportedFormat',
      message: expect.stringContaining(message),
    });
  });

  it.each(corrupt)('rejects a damaged document: %s', async (name, reason) => {
    await expect(decodeFile(name)).rejects.toMatchObject({
      name: 'CorruptImage',
      message: expect.stringContaining(`psd: ${reason}`),
    });
  });
});
