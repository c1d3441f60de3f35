import { describe, expect, it } from 'vitest';
import type { Preprocessing } from '../../../functions/classify/tensor/preprocess.ts';
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
      'turns images upright where nothing is said',
      { mode: 'torch', interpolation: 'bilinear', policy: 'stretch' },
      undefined,
      { mode: 'torch', interpolation: 'bilinear', policy: 'stretch', orientation: 'exif' },
    ],
    [
      'leaves out what is not given of the arithmetic',
      { mean: [104, 117, 123], order: 'BGR', interpolation: 'nearest', policy: 'stretch' },
      undefined,
      {
        ...kerasResnetPreprocessing,
        mode: { order: 'BGR', scale: 1, mean: [104, 117, 123], std: [1, 1, 1] },
      },
    ],
    [
      "puts the user's arithmetic in place of the source's",
      { order: 'RGB', scale: 1 / 255, mean: [0, 0, 0], std: [1, 1, 1] },
      kerasResnetPreprocessing,
      {
        ...kerasResnetPreprocessing,
        mode: { order: 'RGB', scale: 1 / 255, mean: [0, 0, 0], std: [1, 1, 1] },
      },
    ],
    [
      "keeps of the source's arithmetic what is not given anew",
      { mean: [1, 2, 3] },
      { ...cropped, mode: { order: 'BGR', scale: 2, mean: [4, 5, 6], std: [7, 8, 9] } },
      { ...cropped, mode: { order: 'BGR', scale: 2, mean: [1, 2, 3], std: [7, 8, 9] } },
    ],
  ])('%s', (_, choices, base, expected) => {
    expect(choosePreprocessing(choices, base)).toEqual(expected);
  });

  it.each<[PreprocessingChoices, RegExp]>([
    [{}, /give --mode caffe, tf or torch \(or --order, .*\), --interpolation \(.*\), --policy \(.*\)$/],
    [{ policy: 'crop', interpolation: 'bilinear' }, /give --mode caffe, tf or torch \(or [^)]*\)$/],
    [{ mode: 'torch' }, /give --interpolation \(.*\), --policy/],
    [{ mode: 'torch', interpolation: 'bilinear' }, /give --policy/],
  ])('asks for every value that nobody gives: %j', (choices, message) => {
    expect(() => choosePreprocessing(choices, undefined)).toThrow(message);
  });

  it("refuses a part of the arithmetic where the source's has a name", () => {
    expect(() => choosePreprocessing({ mean: [1, 2, 3], order: 'RGB' }, cropped)).toThrow(
      /mode tf, and --order, --mean would change it in part: give .*all four/,
    );
  });

  it('refuses a mode and its parts together', () => {
    expect(() => choosePreprocessing({ mode: 'tf', scale: 2 }, undefined)).toThrow(
      /--mode tf stands for --order, --scale, --mean and --std/,
    );
  });
});
