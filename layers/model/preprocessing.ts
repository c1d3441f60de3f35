/** The preprocessing of a new model: the user's choices override its source's. */
import type { Preprocessing } from '../../functions/classify/tensor/preprocess.ts';
import { UnusableModel } from './unusable-model.ts';

type Triple = [number, number, number];

/** The choices of the command line: `mode`, or any of the four values that spell it out. */
export interface PreprocessingChoices {
  readonly mode?: 'caffe' | 'tf' | 'torch';
  readonly order?: 'RGB' | 'BGR';
  readonly scale?: number;
  readonly mean?: Triple;
  readonly std?: Triple;
  readonly interpolation?: Preprocessing['interpolation'];
  readonly policy?: Preprocessing['policy'];
  readonly cropFraction?: number;
  readonly orientation?: Preprocessing['orientation'];
}

/** The preprocessing of keras.applications' ResNet and of `load_img`, but with photos turned upright. */
export const kerasResnetPreprocessing: Preprocessing = {
  mode: 'caffe',
  interpolation: 'nearest',
  policy: 'stretch',
  orientation: 'exif',
};

/**
 * Chooses the preprocessing of a new model: every value from the user, else from the source. Only the orientation has a
 * default.
 *
 * @param base The source's own, if it has one; a network in ONNX has none, unless there is a manifest for it.
 * @throws UnusableModel if a value is missing, or the arithmetic is given twice or in part.
 */
export function choosePreprocessing(
  choices: PreprocessingChoices,
  base: Preprocessing | undefined,
): Preprocessing {
  const mode = chooseMode(choices, base?.mode);
  const { interpolation, policy } = { ...base, ...choices };
  if (!mode || !interpolation || !policy) {
    throw new UnusableModel(
      `the network does not tell how it was trained to see an image: give ${[
        ...(mode ? [] : ['--mode caffe, tf or torch (or --order, --scale, --mean and --std)']),
        ...(interpolation
          ? []
          : [`--interpolation (torchvision's and most others: bilinear; Keras' load_img: nearest)`]),
        ...(policy ? [] : [`--policy (stretch: the whole image, as Keras; crop: the centre)`]),
      ].join(', ')}`,
    );
  }
  const orientation = choices.orientation ?? base?.orientation ?? 'exif';
  const cropFraction = choices.cropFraction ?? (policy === 'crop' ? base?.cropFraction : undefined);
  return { mode, interpolation, policy, ...(cropFraction !== undefined && { cropFraction }), orientation };
}

function chooseMode(
  { mode, ...choices }: PreprocessingChoices,
  base: Preprocessing['mode'] | undefined,
): Preprocessing['mode'] | undefined {
  const given = partNames.filter((name) => choices[name] !== undefined);
  if (given.length === 0) return mode ?? base;
  if (mode)
    throw new UnusableModel(
      `--mode ${mode} stands for --order, --scale, --mean and --std: give either it or them`,
    );
  if (typeof base === 'string' && given.length < partNames.length) {
    throw new UnusableModel(
      `the source's arithmetic is mode ${base}, and --${given.join(', --')} would change it in part: give --order, --scale, --mean and --std, all four`,
    );
  }
  const { order, scale, mean, std } = {
    ...plainArithmetic,
    ...(typeof base === 'object' && base),
    ...choices,
  };
  return { order, scale, mean, std };
}

const partNames = ['order', 'scale', 'mean', 'std'] as const;

/** Leaves pixels as they are. */
const plainArithmetic: Exclude<Preprocessing['mode'], string> = {
  order: 'RGB',
  scale: 1,
  mean: [0, 0, 0],
  std: [1, 1, 1],
};
