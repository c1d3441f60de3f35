import { describe, expect, it } from 'vitest';
import type { Preprocessing } from '../../../functions/classify/tensor/preprocess.ts';
import { choosePreprocessing, type PreprocessingChoices } from '../../../layers/model/preprocessing.ts';
import { kerasResnetPreprocessing, recipeOf } from '../../../layers/model/recipes.ts';

const input = { width: 224, height: 224 };
const cropped: Preprocessing = {
  mode: 'tf',
  interpolation: 'bilinear',
  policy: 'crop',
  cropFraction: 0.875,
  orientation: 'ignore',
};
const torchvision: Preprocessing = {
  mode: 'torch',
  interpolation: 'bilinear',
  policy: 'resize-crop',
  resizeTo: 256,
  orientation: 'exif',
};
const bgr = { order: 'BGR', scale: 2, mean: [4, 5, 6], std: [7, 8, 9] } as const;

describe('choosing the preprocessing of a model', () => {
  it.each<[string, PreprocessingChoices, Partial<Preprocessing> | undefined, Preprocessing]>([
    ["keeps the source's own", {}, cropped, cropped],
    ['overrides single parts of it', { interpolation: 'box' }, cropped, { ...cropped, interpolation: 'box' }],
    [
      'drops the crop fraction with the policy',
      { policy: 'fit' },
      cropped,
      { mode: 'tf', interpolation: 'bilinear', policy: 'fit', orientation: 'ignore' },
    ],
    ['takes a recipe by name', { preprocess: 'torchvision' }, undefined, torchvision],
    ["prefers a recipe to the source's own", { preprocess: 'torchvision' }, cropped, torchvision],
    [
      'overrides parts of a recipe',
      { preprocess: 'torchvision', resizeTo: 232, interpolation: 'bicubic', orientation: 'ignore' },
      undefined,
      { ...torchvision, resizeTo: 232, interpolation: 'bicubic', orientation: 'ignore' },
    ],
    [
      'drops the size of a recipe whose policy is overridden',
      { preprocess: 'torchvision', policy: 'stretch' },
      undefined,
      { mode: 'torch', interpolation: 'bilinear', policy: 'stretch', orientation: 'exif' },
    ],
    [
      'spells out the arithmetic of a recipe to override its mean and std',
      { preprocess: 'torchvision', mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
      undefined,
      {
        ...torchvision,
        mode: { order: 'RGB', scale: 1 / 255, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
      },
    ],
    [
      'leaves pixels as they are where the arithmetic says nothing',
      { mean: [104, 117, 123], order: 'BGR', interpolation: 'bilinear', policy: 'stretch' },
      undefined,
      {
        mode: { order: 'BGR', scale: 1, mean: [104, 117, 123], std: [1, 1, 1] },
        interpolation: 'bilinear',
        policy: 'stretch',
        orientation: 'exif',
      },
    ],
    [
      "keeps the parts of the source's arithmetic that are not overridden",
      { mean: [1, 2, 3] },
      { ...cropped, mode: bgr },
      { ...cropped, mode: { ...bgr, mean: [1, 2, 3] } },
    ],
    [
      'makes grey of a recipe that treats all channels alike',
      { preprocess: 'keras-dataset', order: 'L', scale: 1 / 255 },
      undefined,
      {
        ...recipeOf('keras-dataset', input),
        mode: { order: 'L', scale: 1 / 255, mean: [0], std: [1] },
      },
    ],
  ])('%s', (_, choices, source, expected) => {
    expect(choosePreprocessing(choices, source, input)).toEqual(expected);
  });

  it.each<[string, PreprocessingChoices, Partial<Preprocessing> | undefined, RegExp]>([
    [
      'preprocessing that nobody has given',
      {},
      undefined,
      /--preprocess \(torchvision, timm, keras, keras-dataset\), or give --mode .*, --interpolation, --policy$/,
    ],
    [
      'a filter and a policy that nobody has given',
      { mode: 'torch' },
      undefined,
      /or give --interpolation, --policy$/,
    ],
    [
      'a mode together with its parts',
      { mode: 'tf', scale: 2 },
      cropped,
      /--mode tf stands for --order, --scale, --mean and --std/,
    ],
    [
      'another order of channels without their means',
      { order: 'RGB' },
      kerasResnetPreprocessing,
      /--mean lists one value per channel, in the order of --order: give --mean too \(now 103\.939,116\.779,123\.68\)/,
    ],
    [
      'three means for grey',
      { order: 'L', mean: [1, 2, 3] },
      cropped,
      /^grey images have one channel: give one value each, such as --mean 1 --std 1$/,
    ],
    [
      'three means and deviations for grey',
      { order: 'L', mean: [1, 2, 3], std: [1, 2, 3] },
      torchvision,
      /such as --mean 0\.449 --std 0\.226$/,
    ],
    [
      "the recipe's means for grey",
      { preprocess: 'torchvision', order: 'L' },
      undefined,
      /such as --mean 0\.449 --std 0\.226$/,
    ],
    ['one std for three channels', { std: [1] }, cropped, /--std has 1 values; order RGB needs 3/],
    [
      'a resize-crop without a size',
      { policy: 'resize-crop' },
      kerasResnetPreprocessing,
      /--policy resize-crop needs --resize-to/,
    ],
    [
      'a size to scale to without a resize-crop',
      { resizeTo: 256 },
      cropped,
      /--resize-to goes with --policy resize-crop; the policy is crop/,
    ],
    [
      'a crop fraction without a crop',
      { cropFraction: 0.9 },
      torchvision,
      /--crop-fraction goes with --policy crop; the policy is resize-crop/,
    ],
  ])('refuses %s', (_, choices, source, message) => {
    expect(() => choosePreprocessing(choices, source, input)).toThrow(message);
  });
});

describe('choosing the preprocessing of a network that takes grey images', () => {
  const grey = { ...input, channels: 1 } as const;
  const plain = { interpolation: 'nearest', policy: 'stretch' } as const;

  it.each<[PreprocessingChoices, object]>([
    [
      { scale: 1 / 255, ...plain },
      { order: 'L', scale: 1 / 255, mean: [0], std: [1] },
    ],
    [
      { order: 'L', ...plain },
      { order: 'L', scale: 1, mean: [0], std: [1] },
    ],
    [{ preprocess: 'keras-dataset' }, { order: 'L', scale: 1, mean: [0], std: [1] }],
  ])('takes %j for grey', (choices, mode) => {
    expect(choosePreprocessing(choices, undefined, grey).mode).toEqual(mode);
  });

  it.each<[PreprocessingChoices, RegExp]>([
    [plain, /give --scale, --mean and --std \(the network takes grey images\)$/],
    [{ mode: 'tf', ...plain }, /takes grey images, and --mode tf gives three channels: give --order L/],
    [{ order: 'RGB', ...plain }, /--order RGB gives three channels/],
  ])('refuses %j', (choices, message) => {
    expect(() => choosePreprocessing(choices, undefined, grey)).toThrow(message);
  });

  it('refuses grey for three channels', () => {
    expect(() => choosePreprocessing({ order: 'L', ...plain }, undefined, { ...input, channels: 3 })).toThrow(
      /takes three channels, and --order L gives one/,
    );
  });
});

describe('choosing the preprocessing of a network that takes bytes', () => {
  const bytes = { ...input, takesBytes: true };
  const plain = { interpolation: 'bilinear', policy: 'stretch' } as const;

  it('asks for the order of the channels alone', () => {
    expect(() => choosePreprocessing(plain, undefined, bytes)).toThrow(
      /give --order RGB or BGR \(the network takes bytes as they are\)$/,
    );
    expect(choosePreprocessing({ order: 'BGR', ...plain }, undefined, bytes).mode).toEqual({
      order: 'BGR',
      scale: 1,
      mean: [0, 0, 0],
      std: [1, 1, 1],
    });
  });

  it('refuses an arithmetic, whose results it would round down', () => {
    expect(() => choosePreprocessing({ mode: 'torch', ...plain }, undefined, bytes)).toThrow(
      /takes bytes, 0 to 255, and would round anything else down: give --order RGB or BGR and no other arithmetic/,
    );
  });
});

describe('choosing the preprocessing of a network that takes grey bytes', () => {
  const bytes = { ...input, channels: 1, takesBytes: true } as const;
  const plain = { interpolation: 'bilinear', policy: 'stretch' } as const;

  it.each<[PreprocessingChoices, RegExp]>([
    [plain, /give --order L$/],
    [{ order: 'L', scale: 2, ...plain }, /give --order L and no other arithmetic$/],
  ])('refuses %j', (choices, message) => {
    expect(() => choosePreprocessing(choices, undefined, bytes)).toThrow(message);
  });
});

describe('choosing the preprocessing of a Keras network that does not prepare its pixels', () => {
  const framing = { interpolation: 'nearest', policy: 'stretch' } as const;
  const question = 'the model does not prepare raw pixels itself: say how its training code did, with';
  const modes = " --mode caffe, tf or torch (keras.applications' preprocess_input),";
  const rest = ' --scale 1/255, --scale 1 (raw pixels), or --order, --scale, --mean and --std';

  it.each([
    ['colour images', {}, question + modes + rest],
    ['grey images', { channels: 1 }, question + rest],
    [
      'colour images, with a hint',
      { pixelHint: 'It contains VGG16' },
      `${question}${modes}${rest}. It contains VGG16`,
    ],
  ] as const)('asks for the arithmetic of %s', (_, more, message) => {
    const network = { ...input, preparesPixels: false, ...more };

    expect(() => choosePreprocessing({}, framing, network)).toThrow(message);
  });
});

describe('a recipe', () => {
  it.each([
    ['torchvision', 224, 256],
    ['torchvision', 299, 342],
    ['timm', 224, 256],
    ['timm', 300, 342],
  ] as const)('of %s scales the shorter side for an input of %i to %i', (name, side, resizeTo) => {
    expect(recipeOf(name, { width: side + 1, height: side })).toMatchObject({
      policy: 'resize-crop',
      resizeTo,
    });
  });
});
