/** The contract of `convertKeras`: the options that it takes and the description of the network that it has written. */

import type { ActivationName } from '../../../functions/classify/network/head.ts';
import type { PreprocessingChoices } from '../preprocessing.ts';
import { UnusableModel } from '../unusable-model.ts';

/** The last operation of an output: `none` for logits. */
export type OutputActivation = 'none' | ActivationName;

export interface ConversionOptions {
  /** An existing folder, in which `model.onnx` and its weights `model.bin` are written. */
  readonly folder: string;
  /** Pixels of the input. Needed where the model takes any size; otherwise it has to be the model's own. */
  readonly size?: { readonly width: number; readonly height: number };
  /** The file is, by its digest, one of those that keras.applications downloads. */
  readonly isPublished: boolean;
  /** The properties that a file of weights alone does not contain. */
  readonly weightsOnly?: WeightsOnlyAnswers;
}

/** A file of weights alone (other than the published ones) is refused unless the user has given all three. */
export interface WeightsOnlyAnswers {
  readonly activation?: OutputActivation;
  readonly pooling?: 'average' | 'max';
  /** The user has said how pixels are prepared (`--mode`, `--scale`, …). */
  readonly hasPreprocessing: boolean;
}

/** @throws UnusableModel if a pooling is given for a network whose pooling is known. */
export function assertNoPooling(weightsOnly: WeightsOnlyAnswers | undefined, path: string): void {
  if (weightsOnly?.pooling === undefined) return;
  throw new UnusableModel(
    `--pooling goes with a Keras file of your own that holds weights alone, which ${path} is not: leave it out`,
  );
}

/** Gathers them from the options of `bucketlens model`. */
export function weightsOnlyAnswers({
  activation,
  pooling,
  preprocessing,
}: {
  readonly activation?: OutputActivation;
  readonly pooling?: 'average' | 'max';
  readonly preprocessing: PreprocessingChoices;
}): WeightsOnlyAnswers {
  const { preprocess, mode, order, scale, mean, std } = preprocessing;
  return {
    // `none` says that the outputs are scores already, which no dense layer gives by itself.
    ...(activation && activation !== 'none' && { activation }),
    ...(pooling && { pooling }),
    hasPreprocessing: [preprocess, mode, order, scale, mean, std].some((given) => given !== undefined),
  };
}

export interface ConvertedNetwork {
  /** For people: `ResNet50`, or the model's class and name. */
  readonly title: string;
  readonly onnxPath: string;
  readonly input: ConvertedInput;
  /** In the order of the model; at least one. */
  readonly outputs: readonly ConvertedOutput[];
  /** The graph itself scales or normalises raw pixels (RGB or grey, 0 to 255). */
  readonly hasPreprocessing: boolean;
  /** The graph's arithmetic stretches pixels, so it was trained on pixels that were scaled down first. */
  readonly takesScaledPixels: boolean;
  /** The network of keras.applications that the model is or contains, if it is recognised by its layers. */
  readonly base?: KerasBase;
  /** Sentences about all that the file does not say and that was taken for granted. */
  readonly assumptions: readonly string[];
}

/** float32 [batch, channels, height, width] */
export interface ConvertedInput {
  readonly name: string;
  readonly layout: 'NCHW';
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** 3 (RGB unless trained otherwise) or 1 (grey). */
  readonly channels: 1 | 3;
}

/** float32 [batch, classes] */
export interface ConvertedOutput {
  readonly name: string;
  readonly classes: number;
  /** Absent if the last layer is neither linear nor one of the activations. */
  readonly activation?: OutputActivation;
  /** Path of the Keras layer that computes it, for messages. */
  readonly layer: string;
}

export interface KerasBase {
  /** `MobileNetV2` */
  readonly name: string;
  /** How keras.applications prepares pixels for it; absent where the network does so itself. */
  readonly mode?: 'caffe' | 'tf' | 'torch';
}
