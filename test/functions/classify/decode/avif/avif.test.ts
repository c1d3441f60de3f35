import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decode } from '../../../../../functions/classify/decode/decode.ts';
import { defaultLimits } from '../../../../../functions/classify/image/limits.ts';
import { CorruptImage } from '../../../../../functions/classify/image/rejections.ts';

function readFile(name: string) {
  return readFileSync(new URL(`fixtures/${name}`, import.meta.url));
}

describe('decode, AVIF', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'returns the orientation of a file that Pillow turned and mirrored: %i',
    async (orientation) => {
      const image = await decode(readFile(`orientation${orientation}.avif`), defaultLimits);

      expect(image).toMatchObject({ orientation, width: 16, height: 8 });
      const [blue, red] = [0, 4 * 127].map((at) => [...image.data.subarray(at, at + 3)]);
      expect(blue[2]).toBeGreaterThan(200);
      expect(red[0]).toBeGreaterThan(200);
    },
  );

  it.each([
    [15, 8],
    [17, 8],
    [16, 7],
    [16, 9],
    [8, 16],
    [32, 16],
  ])('rejects a file of 16x8 whose header states %ix%i', async (width, height) => {
    const bytes = readFile('orientation1.avif');
    const size = bytes.indexOf('ispe') + 8;
    expect([bytes.readUInt32BE(size), bytes.readUInt32BE(size + 4)]).toEqual([16, 8]);
    bytes.writeUInt32BE(width, size);
    bytes.writeUInt32BE(height, size + 4);

    await expect(decode(bytes, defaultLimits)).rejects.toBeInstanceOf(CorruptImage);
  });

  it.each([
    ['hvc1', 'AVIF with HEVC inside; save it as a plain AVIF, or as PNG'],
    ['xyz1', "AVIF whose main image is coded as 'xyz1'; save it as a plain AVIF, or as PNG"],
  ])('rejects another coding by name: %s', async (coding, message) => {
    const bytes = readFile('orientation1.avif');
    bytes.write(coding, bytes.indexOf('av01'));

    await expect(decode(bytes, defaultLimits)).rejects.toMatchObject({ name: 'UnsupportedFormat', message });
  });

  it('rejects damaged pixels as CorruptImage', async () => {
    const bytes = readFile('orientation1.avif');
    bytes.fill(0xff, bytes.indexOf('mdat') + 4);

    const answer = decode(bytes, defaultLimits);

    await expect(answer).rejects.toBeInstanceOf(CorruptImage);
    await expect(answer).rejects.toThrow('avif: the decoder refuses the data and gives no reason');
  });
});
