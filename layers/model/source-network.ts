/** The vocabulary of a model's source: everything that is known of a network before the user adds to it. */
import type { HeadOptions } from '../../functions/classify/network/head.ts';
import type { ModelManifest } from '../../functions/classify/network/manifest.ts';
import type { Preprocessing } from '../../functions/classify/tensor/preprocess.ts';
import type { WeightsOnlyAnswers } from './keras/converted.ts';
import type { LabelList } from './labels.ts';
import type { Ending } from './onnx/ending.ts';

/** Pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The choices of the user that decide how a file is read. */
export interface ReadingOptions {
  /** The size of the input, needed where the network takes any. */
  readonly size?: Size;
  /** The name of the output with the scores, needed where neither the network nor the labels tell. */
  readonly output?: string;
  /** The number of labels, where the user gives them. */
  readonly labelCount?: number;
  /** The folder with the network's configuration, in the shape of the Hugging Face hub. */
  readonly repository?: string;
  /** The input's properties as the configuration tells them, for networks that take any. */
  readonly assumed?: AssumedInput;
  /** Takes what is converted. */
  readonly folder: string;
  /** The file is, by its digest, one that keras.applications downloads. */
  readonly isPublished?: boolean;
  /** The user's answers, which a Keras file with only weights lacks. */
  readonly weightsOnly?: WeightsOnlyAnswers;
}

export interface AssumedInput {
  readonly layout: 'NCHW';
  readonly channels: 1 | 3;
  readonly size?: Size;
}

/** A network in ONNX, converted where the source is not. */
export interface SourceNetwork {
  /** For people: `ResNet50`. */
  readonly title: string;
  readonly onnxPath: string;
  readonly input: ModelManifest['input'];
  /** 1 for grey images. */
  readonly channels: 1 | 3;
  /** It rounds its input down to bytes, 0 to 255. */
  readonly takesBytes: boolean;
  readonly output: { readonly name: string };
  readonly ending: Ending;
  /** It computes with integers. */
  readonly isQuantised: boolean;
  /** False where it is certain that the network gets pixels that its training code has prepared. */
  readonly preparesPixels?: boolean;
  /** A sentence on how such a network is usually fed. */
  readonly pixelHint?: string;
  /** A sentence on the policy, where the source's own is not supported. */
  readonly policyHint?: string;
  /** Sentences on everything that was taken for granted. */
  readonly assumptions?: readonly string[];
  /** As far as the source says it. */
  readonly preprocess?: Partial<Preprocessing>;
  /** The head, if the source names it next to the network. */
  readonly head?: HeadOptions;
  /** Weights alone: the recipe that they were trained with, if the user names one, tells how logits become scores. */
  readonly takesHeadOfRecipe?: true;
  readonly licence?: string;
  /** Its labels or their file, if the source brings them or they are ImageNet's. */
  readonly labels?: string | LabelList;
  /** The manifest next to the source. */
  readonly manifest?: ModelManifest;
}
