import { describe, expect, it } from 'vitest';
import { decode, defaultLimits } from '../../../functions/classify/decode.ts';
import { type Preprocessing, preprocess } from '../../../functions/classify/preprocess.ts';
import { readImage } from '../../../functions/classify/read-image.ts';
import { readImage as readGolden } from '../../goldens/goldens.ts';

const resnet: Preprocessing = {
  mode: 'caffe',
  interpolation: 'nearest',
  policy: 'stretch',
  orientation: 'exif',
};
const shapes = [
  { layout: 'NHWC', width: 224, height: 224 },
  { layout: 'NCHW', width: 37, height: 61 },
] as const;

describe('reading an image for a network', () => {
  const files = [
    ...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => `exif_o${n}.jpg`),
    'coffee_prog_420.jpg',
    'rgb8.png',
    'tall_8x2000.jpg',
  ];
  const hows: Partial<Preprocessing>[] = [
    {},
    { orientation: 'ignore' },
    { policy: 'fit' },
    { policy: 'crop', cropFraction: 0.61 },
    { interpolation: 'bicubic' },
    { interpolation: 'bicubic', policy: 'crop', cropFraction: 0.875 },
  ];

  describe.each(files)('%s', (file) => {
    it.each(hows)('feeds the same as the whole image would: %j', async (how) => {
      const whole = await decode(readGolden(file), defaultLimits);
      for (const input of shapes) {
        const { info, toTensor } = await readImage(readGolden(file), defaultLimits, {
          input,
          preprocess: { ...resnet, ...how },
        });

        expect(toTensor()).toEqual(preprocess([whole], input, { ...resnet, ...how }));
        expect(info).toEqual({
          format: whole.format,
          width: whole.width,
          height: whole.height,
          orientation: whole.orientation,
        });
      }
    });
  });

  it('still refuses a damaged image whose selected pixels are all there', async () => {
    const cut = readGolden('bad_truncated.jpg');
    const input = { layout: 'NHWC', width: 1, height: 1 } as const;

    await expect(readImage(cut, defaultLimits, { input, preprocess: resnet })).rejects.toMatchObject({
      name: 'CorruptImage',
      image: { format: 'jpeg', width: 300, height: 200 },
    });
  });
});
