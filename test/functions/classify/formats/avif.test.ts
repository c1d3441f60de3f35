import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decode, defaultLimits } from '../../../../functions/classify/decode.ts';
import { CorruptImage } from '../../../../functions/classify/rejections.ts';

const readFile = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url));

describe('an AVIF', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'tells how Pillow has turned and mirrored it: %i',
    async (orientation) => {
      const image = await decode(readFile(`orientation${orientation}.avif`), defaultLimits);

      expect(image).toMatchObject({ orientation, width: 16, height: 8 });
      const [blue, red] = [0, 4 * 127].map((at) => [...image.data.subarray(at, at + 3)]);
      expect(blue[2]).toBeGreaterThan(200);
      expect(red[0]).toBeGreaterThan(200);
    },
  );

  it('whose pixels are damaged is refused by name', async () => {
    const bytes = readFile('orientation1.avif');
    bytes.fill(0xff, bytes.indexOf('mdat') + 4);

    const answer = decode(bytes, defaultLimits);

    await expect(answer).rejects.toBeInstanceOf(CorruptImage);
    await expect(answer).rejects.toThrow('avif: the data are damaged');
  });
});
