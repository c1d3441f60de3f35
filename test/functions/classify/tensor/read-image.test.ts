import { describe, expect, it } from 'vitest';
import { decode } from '../../../../functions/classify/decode/decode.ts';
import { defaultLimits } from '../../../../functions/classify/image/limits.ts';
import { preprocess } from '../../../../functions/classify/tensor/preprocess.ts';
import { readImage } from '../../../../functions/classify/tensor/read-image.ts';
import { readImage as readGolden } from '../../../goldens/goldens.ts';

const grey = { order: 'L', scale: 1, mean: [0], std: [1] } as const;

describe('readImage', () => {
  it.each([
    { mode: 'torch', interpolation: 'bicubic' },
    { mode: 'torch', interpolation: 'tf-bilinear' },
    { mode: grey, interpolation: 'bicubic' },
    { mode: grey, interpolation: 'nearest' },
  ] as const)(
    "makes of a JPEG's rows the tensor of its whole bitmap: $mode, $interpolation",
    async ({ mode, interpolation }) => {
      const bytes = readGolden('odd_223x149_420.jpg');
      const input = { layout: 'NCHW', width: 60, height: 40 } as const;
      const preprocessing = {
        mode,
        interpolation,
        policy: 'crop',
        cropFraction: 0.8,
        orientation: 'exif',
      } as const;

      const { toTensor } = await readImage(bytes, defaultLimits, { input, preprocess: preprocessing });

      expect(toTensor()).toEqual(preprocess([await decode(bytes, defaultLimits)], input, preprocessing));
    },
  );
});
