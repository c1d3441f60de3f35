/** Whole preprocessing recipes by the name of the library whose training or evaluation code they repeat. */
import type { Size } from '../../functions/classify/tensor/frame.ts';
import type { Preprocessing } from '../../functions/classify/tensor/preprocess.ts';

export const recipeNames = ['torchvision', 'timm', 'keras', 'keras-dataset'] as const;
export type RecipeName = (typeof recipeNames)[number];

/** Their training code takes the cross entropy of a softmax, so the classes exclude each other. */
export function trainsWithSoftmax(name: RecipeName | undefined): boolean {
  return name === 'torchvision' || name === 'timm';
}

/** The assumption behind that, for the user. */
export const softmaxAssumption =
  'the classes exclude each other (softmax), as the training code of the recipe has them; if each was trained on its own, use --activation sigmoid';

/** Keras' `load_img` and the `preprocess_input` of its ResNets, except that photos are turned upright. */
export const kerasResnetPreprocessing: Preprocessing = {
  mode: 'caffe',
  interpolation: 'nearest',
  policy: 'stretch',
  orientation: 'exif',
};

/** The part of the scaled image that torchvision and timm keep along its shorter side, unless a model says otherwise. */
const keptShare = 0.875;

/** The recipe for an input of this size. torchvision scales 224 to 256 and 299 to 342; timm rounds down. */
export function recipeOf(name: RecipeName, input: Size): Preprocessing {
  return recipes[name](Math.min(input.width, input.height));
}

const imagenet = { mode: 'torch', policy: 'resize-crop', orientation: 'exif' } as const;

const recipes: Readonly<Record<RecipeName, (shorterSide: number) => Preprocessing>> = {
  torchvision: (side) => ({ ...imagenet, interpolation: 'bilinear', resizeTo: Math.round(side / keptShare) }),
  timm: (side) => ({ ...imagenet, interpolation: 'bicubic', resizeTo: Math.floor(side / keptShare) }),
  keras: () => kerasResnetPreprocessing,
  // The arithmetic is part of the model: most tutorials begin it with a Rescaling layer.
  'keras-dataset': () => ({
    mode: { order: 'RGB', scale: 1, mean: [0, 0, 0], std: [1, 1, 1] },
    interpolation: 'tf-bilinear',
    policy: 'stretch',
    orientation: 'exif',
  }),
};
