import { describe, expect, it } from 'vitest';
import type { Preprocessing } from '../../../functions/classify/preprocess.ts';
import {
  choosePreprocessing,
  kerasResnetPreprocessing,
  type PreprocessingChoices,
} from '../../../layers/model/preprocessing.ts';

const cropped: Preprocessing = {
  mode: 'tf',
  interpolation: 'bilinear',
  policy: 'crop',
  cropFraction: 0.875,
  orientation: 'ignore',
};

describe('choosePreprocessing', () => {
  it.each<[string, PreprocessingChoices, Preprocessing | undefined, Preprocessing]>([
    ["takes the source's own", {}, cropped, cropped],
    ['takes single values over it', { interpolation: 'box' }, cropped, { ...cropped, interpolation: 'box' }],
    [
      'forgets the fraction of a crop that is no more',
      { policy: 'fit' },
      cropped,
      { mode: 'tf', interpolation: 'bilinear', policy: 'fit', orientation: 'ignore' },
    ],
    [
      "does as Keras' load_img where nothing is said",
      { mode: 'torch' },
      undefined,
      { ...kerasResnetPreprocessing, mode: 'torch' },
    ],
    [
      'leaves out what is not given of the arithmetic',
      { mean: [104, 117, 123], order: 'BGR' },
      undefined,
      {
        ...kerasResnetPreprocessing,
        mode: { order: 'BGR', scale: 1, mean: [104, 117, 123], std: [1, 1, 1] },
      },
    ],
    [
      "puts the user's arithmetic in place of the source's",
      { scale: 1 / 255 },
      kerasResnetPreprocessing,
      {
        ...kerasResnetPreprocessing,
        mode: { order: 'RGB', scale: 1 / 255, mean: [0, 0, 0], std: [1, 1, 1] },
      },
    ],
  ])('%s', (_, choices, base, expected) => {
    expect(choosePreprocessing(choices, base)).toEqual(expected);
  });

  it('refuses to guess the arithmetic', () => {
    expect(() => choosePreprocessing({ policy: 'crop' }, undefined)).toThrow(
      /give --mode caffe, tf or torch, or --order, --scale/,
    );
  });

  it('refuses a mode and its parts together', () => {
    expect(() => choosePreprocessing({ mode: 'tf', scale: 2 }, undefined)).toThrow(
      /--mode tf stands for --order, --scale, --mean and --std/,
    );
  });
});
