import { describe, expect, it } from 'vitest';
import { withPlainLocations } from '../../../../../functions/classify/decode/avif/plain-locations.ts';
import { decode } from '../../../../../functions/classify/decode/decode.ts';
import { readMeta } from '../../../../../functions/classify/decode/shared/heif.ts';
import { defaultLimits } from '../../../../../functions/classify/image/limits.ts';
import { CorruptImage } from '../../../../../functions/classify/image/rejections.ts';
import { readImage } from '../../../../goldens/goldens.ts';
import { type LocationOptions, withLocations } from './locations.ts';

const plain = { version: 0, offset: 4, length: 4, base: 0 } as const;

// Pillow 13 reads each of these files to the pixels of the original.
describe('decode, AVIF with other lists of positions', () => {
  it.each<[string, LocationOptions]>([
    ['version 0 with a base', { ...plain, base: 4 }],
    ['version 0 with nothing but a base', { ...plain, offset: 0, base: 8 }],
    ['version 1', { ...plain, version: 1 }],
    ['version 1 with a base', { ...plain, version: 1, base: 4 }],
    ['version 1 with indices', { ...plain, version: 1, index: 4 }],
    ['version 1 with indices and three pieces', { ...plain, version: 1, index: 4, extents: 3 }],
    ['version 1 with positions in the metadata', { ...plain, version: 1, index: 4, inMeta: true }],
    ['version 2', { ...plain, version: 2 }],
    ['version 2 with a base of 64 bits', { version: 2, offset: 8, length: 8, base: 8 }],
    ['version 2 with a base, indices and pieces', { ...plain, version: 2, base: 4, index: 8, extents: 2 }],
  ])('reads %s', async (_, options) => {
    const file = Buffer.from(readImage('alpha.avif'));

    const image = await decode(withLocations(file, options), defaultLimits);

    expect(image.data).toEqual((await decode(file, defaultLimits)).data);
  });
});

describe('withPlainLocations', () => {
  it('leaves a file without bases and indices as it is', () => {
    const { boxes } = readMeta(readImage('alpha.avif'));

    expect(withPlainLocations(boxes)).toBe(boxes);
  });

  it('rejects more than 100,000 pieces, which take no bytes in the file', () => {
    const item = [0, 1, 0, 0, 0, 0, 0, 0, 0xff, 0xff];
    const data = Uint8Array.from([0, 0, 0, 0, 0x00, 0x40, 0, 2, ...item, ...item]);

    expect(() => withPlainLocations([{ type: 'iloc', data }])).toThrow(
      new CorruptImage('the file is in more than 100000 parts'),
    );
  });
});
