/** The preprocessing of a model: what the user says, over what its source says. */
import type { Preprocessing } from '../../functions/classify/tensor/preprocess.ts';
import { UnusableModel } from './unusable-model.ts';

type Triple = [number, number, number];

/** What can be given on the command line; `mode` or any of the four values that spell it out. */
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

/** What keras.applications does for ResNet, and `load_img` for the picture; but people's photos are turned upright. */
export const kerasResnetPreprocessing: Preprocessing = {
  mode: 'caffe',
  interpolation: 'nearest',
  policy: 'stretch',
  orientation: 'exif',
};

/**
 * @param base The source's own; a network in ONNX has none, unless a manifest lies beside it.
 * @throws UnusableModel if the arithmetic is not given at all, or twice, or in part where the source's has no parts.
 */
export function choosePreprocessing(
  choices: PreprocessingChoices,
  base: Preprocessing | undefined,
): Preprocessing {
  const mode = chooseMode(choices, base?.mode);
  if (!mode) {
    throw new UnusableModel(
      'how the network wants its pixels is not known: give --mode caffe, tf or torch, or --order, --scale, --mean and --std (and --interpolation and --policy, if not nearest and stretch)',
    );
  }
  const { interpolation, policy, orientation } = { ...kerasResnetPreprocessing, ...base, ...choices };
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

/** Takes pixels as they are. */
const plainArithmetic: Exclude<Preprocessing['mode'], string> = {
  order: 'RGB',
  scale: 1,
  mean: [0, 0, 0],
  std: [1, 1, 1],
};
