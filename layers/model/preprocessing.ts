/** The preprocessing of a model: the user's choices, over a recipe by name or the source's own. */
import { type CustomArithmetic, namedArithmetic } from '../../functions/classify/tensor/arithmetic.ts';
import type { Framing, Size } from '../../functions/classify/tensor/frame.ts';
import type {
  Interpolation,
  ModeName,
  Order,
  OrientationChoice,
  Policy,
} from '../../functions/classify/tensor/names.ts';
import type { Preprocessing } from '../../functions/classify/tensor/preprocess.ts';
import { type RecipeName, recipeNames, recipeOf } from './recipes.ts';
import { UnusableModel } from './unusable-model.ts';

/** The choices on the command line: a recipe, and parts that override it. */
export interface PreprocessingChoices {
  readonly preprocess?: RecipeName;
  /** The arithmetic by name, or any of the four values that spell it out. */
  readonly mode?: ModeName;
  readonly order?: Order;
  readonly scale?: number;
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
  readonly interpolation?: Interpolation;
  readonly policy?: Policy;
  readonly cropFraction?: number;
  readonly resizeTo?: number | Size;
  readonly orientation?: OrientationChoice;
}

/** The input of a network, as far as it concerns preprocessing. */
export interface NetworkInput extends Size {
  /** 1 for grey images; absent where any number will do. */
  readonly channels?: 1 | 3;
  /** It rounds its input down to bytes, 0 to 255. */
  readonly takesBytes?: boolean;
  /** False where it is certain that the network gets pixels that its training code has prepared. */
  readonly preparesPixels?: boolean;
  /** A sentence on how such a network is usually fed, for messages. */
  readonly pixelHint?: string;
  /** A sentence on the policy, where the source's own is not supported. */
  readonly policyHint?: string;
}

/**
 * Combines the user's choices with a recipe or the source's own preprocessing. Only the orientation has a default.
 *
 * @param source As far as the source knows its preprocessing; a plain ONNX file knows nothing.
 * @param input The network's input, from whose size recipes derive the size to scale to.
 * @throws UnusableModel if a part is missing, given twice, or does not go with another or with the input.
 */
export function choosePreprocessing(
  choices: PreprocessingChoices,
  source: Partial<Preprocessing> | undefined,
  input: NetworkInput,
): Preprocessing {
  const base = choices.preprocess ? recipeFor(choices.preprocess, input) : source;
  const mode = chooseMode(withGrey(choices, base, input), base?.mode);
  if (!mode && input.preparesPixels === false) throw new UnusableModel(arithmeticQuestion(input));
  const interpolation = choices.interpolation ?? base?.interpolation;
  const policy = choices.policy ?? base?.policy;
  if (!policy && input.policyHint) throw new UnusableModel(input.policyHint);
  if (!mode || !interpolation || !policy) {
    throw new UnusableModel(
      `the network's file does not say how its training prepared images: name the training code with --preprocess (${recipeNames.join(', ')}), or give ${[
        !mode && arithmeticOptions(input),
        !interpolation && '--interpolation',
        !policy && '--policy',
      ]
        .filter(Boolean)
        .join(', ')}`,
    );
  }
  assertFitsInput(mode, input);
  return {
    mode,
    interpolation,
    policy,
    ...chooseFraming(policy, choices, base),
    orientation: choices.orientation ?? base?.orientation ?? 'exif',
  };
}

/** `keras-dataset` relies on the arithmetic of the network, so a network without any is still asked about it. */
function recipeFor(name: RecipeName, input: NetworkInput): Partial<Preprocessing> {
  const { mode, ...framing } = recipeOf(name, input);
  return name === 'keras-dataset' && input.preparesPixels === false ? framing : { mode, ...framing };
}

function arithmeticQuestion({ channels, pixelHint }: NetworkInput): string {
  const named = channels === 1 ? '' : " --mode caffe, tf or torch (keras.applications' preprocess_input),";
  return `the model does not prepare raw pixels itself: say how its training code did, with${named} --scale 1/255, --scale 1 (raw pixels), or --order, --scale, --mean and --std${pixelHint ? `. ${pixelHint}` : ''}`;
}

/** A single channel has only the order L; it is set as soon as any arithmetic is given. */
function withGrey(
  choices: PreprocessingChoices,
  base: Partial<Preprocessing> | undefined,
  { channels }: NetworkInput,
): PreprocessingChoices {
  const { mode, order, scale, mean, std } = choices;
  const isSpelledOut = base?.mode !== undefined || scale !== undefined || mean || std;
  return channels === 1 && !mode && !order && isSpelledOut ? { ...choices, order: 'L' } : choices;
}

/** Sentences on scaling that the user has not given, and on arithmetic that is applied twice; for Keras models alone. */
export function pixelAssumptions(
  { preprocess, interpolation, policy }: PreprocessingChoices,
  { preparesPixels }: Pick<NetworkInput, 'preparesPixels'>,
  { mode }: Preprocessing,
): string[] {
  if (preparesPixels === undefined) return [];
  const isScalingGiven = preprocess !== undefined || (interpolation !== undefined && policy !== undefined);
  const scaling =
    "images are scaled as Keras' load_img does; if image_dataset_from_directory scaled them in training, use --preprocess keras-dataset";
  const arithmetic =
    'the network prepares its pixels itself, after the arithmetic given; if it was trained on raw pixels, leave out --mode, --scale, --mean and --std';
  return [
    ...(isScalingGiven ? [] : [scaling]),
    ...(preparesPixels && !leavesPixels(mode) ? [arithmetic] : []),
  ];
}

function leavesPixels(mode: Preprocessing['mode']): boolean {
  const { scale, mean, std } = typeof mode === 'string' ? spelledOut[mode] : mode;
  return scale === 1 && mean.every((value) => value === 0) && std.every((value) => value === 1);
}

function arithmeticOptions({ channels, takesBytes }: NetworkInput): string {
  if (takesBytes)
    return channels === 1 ? '--order L' : '--order RGB or BGR (the network takes bytes as they are)';
  return channels === 1
    ? '--scale, --mean and --std (the network takes grey images)'
    : '--mode (or --order, --scale, --mean and --std)';
}

function assertFitsInput(mode: Preprocessing['mode'], { channels, takesBytes }: NetworkInput): void {
  const { order } = typeof mode === 'string' ? spelledOut[mode] : mode;
  if (channels !== undefined && order.length !== channels) {
    throw new UnusableModel(
      channels === 1
        ? `the network takes grey images, and ${typeof mode === 'string' ? `--mode ${mode}` : `--order ${order}`} gives three channels: give --order L with --scale, --mean and --std`
        : 'the network takes three channels, and --order L gives one: give --order RGB or BGR',
    );
  }
  if (takesBytes && !leavesPixels(mode)) {
    throw new UnusableModel(
      `the network takes bytes, 0 to 255, and would round anything else down: give --order ${channels === 1 ? 'L' : 'RGB or BGR'} and no other arithmetic`,
    );
  }
}

function chooseFraming(
  policy: Policy,
  choices: PreprocessingChoices,
  base: Partial<Preprocessing> | undefined,
): Pick<Framing, 'cropFraction' | 'resizeTo'> {
  if (choices.cropFraction !== undefined && policy !== 'crop') {
    throw new UnusableModel(`--crop-fraction goes with --policy crop; the policy is ${policy}`);
  }
  if (choices.resizeTo !== undefined && policy !== 'resize-crop') {
    throw new UnusableModel(`--resize-to goes with --policy resize-crop; the policy is ${policy}`);
  }
  const cropFraction = policy === 'crop' ? (choices.cropFraction ?? base?.cropFraction) : undefined;
  const resizeTo = policy === 'resize-crop' ? (choices.resizeTo ?? base?.resizeTo) : undefined;
  if (policy === 'resize-crop' && resizeTo === undefined) {
    throw new UnusableModel(
      '--policy resize-crop needs --resize-to, the length of the shorter side before the cut: --resize-to 256',
    );
  }
  return { ...(cropFraction !== undefined && { cropFraction }), ...(resizeTo !== undefined && { resizeTo }) };
}

function chooseMode(
  { mode, order, scale, mean, std }: PreprocessingChoices,
  base: Preprocessing['mode'] | undefined,
): Preprocessing['mode'] | undefined {
  if (order === undefined && scale === undefined && !mean && !std) return mode ?? base;
  if (mode) {
    throw new UnusableModel(
      `--mode ${mode} stands for --order, --scale, --mean and --std: give either it or them`,
    );
  }
  const parts = base === undefined ? unchanged : typeof base === 'string' ? spelledOut[base] : base;
  const { length } = order ?? parts.order;
  const reordered = order !== undefined && order !== parts.order;
  const chosen = {
    order: order ?? parts.order,
    scale: scale ?? parts.scale,
    mean: mean ?? (reordered ? equalValues('mean', parts, length) : parts.mean),
    std: std ?? (reordered ? equalValues('std', parts, length) : parts.std),
  };
  for (const part of ['mean', 'std'] as const) {
    if (chosen[part].length === length) continue;
    if (length === 1) throw new UnusableModel(greyAdvice(parts));
    throw new UnusableModel(
      `--${part} has ${chosen[part].length} values; order ${chosen.order} needs ${length}, one per channel`,
    );
  }
  return chosen as CustomArithmetic;
}

/** The values for another order of channels, which are certain only if all channels have the same one. */
function equalValues(part: 'mean' | 'std', parts: CustomArithmetic, length: number): readonly number[] {
  const [first, ...others] = parts[part];
  if (others.every((value) => value === first)) return Array<number>(length).fill(first);
  throw new UnusableModel(
    length === 1
      ? greyAdvice(parts)
      : `--${part} lists one value per channel, in the order of --order: give --${part} too (now ${parts[part].join(',')})`,
  );
}

/** Suggests the averages of the channels, as training code uses them for grey images. */
function greyAdvice({ mean, std }: CustomArithmetic): string {
  return `grey images have one channel: give one value each, such as --mean ${average(mean)} --std ${average(std)}`;
}

function average(values: readonly number[]): number {
  return Number((values.reduce((sum, value) => sum + value) / values.length).toPrecision(6));
}

/** Takes pixels as they are. */
const unchanged: CustomArithmetic = { order: 'RGB', scale: 1, mean: [0, 0, 0], std: [1, 1, 1] };

/** The named modes in parts, equal to them up to the last bit of a float32. */
const spelledOut: Readonly<Record<ModeName, CustomArithmetic>> = {
  caffe: inParts('caffe'),
  tf: inParts('tf'),
  torch: inParts('torch'),
};

function inParts(mode: ModeName): CustomArithmetic {
  const { divisor, ...parts } = namedArithmetic[mode];
  return { ...parts, scale: 1 / divisor };
}
