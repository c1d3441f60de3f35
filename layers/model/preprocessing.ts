/** The preprocessing of a model: what the user says, over what its source says. */
import type { Preprocessing } from '../../functions/classify/preprocess.ts';
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
 * @throws UnusableModel if the arithmetic is not given at all, or twice.
 */
export const choosePreprocessing = (
  choices: PreprocessingChoices,
  base: Preprocessing | undefined,
): Preprocessing => {
  const mode = chooseMode(choices) ?? base?.mode;
  if (!mode) {
    throw new UnusableModel(
      'how the network wants its pixels is not known: give --mode caffe, tf or torch, or --order, --scale, --mean and --std (and --interpolation and --policy, if not nearest and stretch)',
    );
  }
  const { interpolation, policy, orientation } = { ...kerasResnetPreprocessing, ...base, ...choices };
  const cropFraction = choices.cropFraction ?? (policy === 'crop' ? base?.cropFraction : undefined);
  return { mode, interpolation, policy, ...(cropFraction !== undefined && { cropFraction }), orientation };
};

const chooseMode = ({
  mode,
  order,
  scale,
  mean,
  std,
}: PreprocessingChoices): Preprocessing['mode'] | undefined => {
  if ([order, scale, mean, std].every((value) => value === undefined)) return mode;
  if (mode)
    throw new UnusableModel(
      `--mode ${mode} stands for --order, --scale, --mean and --std: give either it or them`,
    );
  return { order: order ?? 'RGB', scale: scale ?? 1, mean: mean ?? [0, 0, 0], std: std ?? [1, 1, 1] };
};
