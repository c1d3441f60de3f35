/** Which converter takes which Keras class. */
import type { Layer } from '../graph/model-graph.ts';
import { type Converter, entryOf } from './layer-call.ts';
import {
  activationLayer,
  eluLayer,
  leakyReluLayer,
  preluLayer,
  reluLayer,
  softmaxLayer,
  thresholdedRelu,
} from './layers/activation-layers.ts';
import { einsumDense, multiHeadAttention } from './layers/attention.ts';
import { conv2d, depthwiseConv2d, separableConv2d } from './layers/convolution.ts';
import { dense } from './layers/dense.ts';
import { identity } from './layers/identity.ts';
import { average, dot, mergeLayer } from './layers/merge.ts';
import {
  batchNormalization,
  groupNormalization,
  layerNormalization,
  layerScale,
  rmsNormalization,
  unitNormalization,
} from './layers/normalisation.ts';
import { keras2Operations, keras3Operations } from './layers/operation-table.ts';
import {
  adaptivePool2d,
  globalPool1d,
  globalPool2d,
  pool1d,
  pool2d,
  repeatVector,
} from './layers/pooling.ts';
import { autoContrast, customScale, normalization, rescaling } from './layers/preprocessing-layers.ts';
import { centerCrop, randomCrop, resizing, upSampling2d } from './layers/resize.ts';
import { alongSteps } from './layers/sequences.ts';
import { concatenate, cropping2d, flatten, permute, reshapeLayer, zeroPadding2d } from './layers/shape.ts';
import { conv2dTranspose } from './layers/transposed-convolution.ts';

/** Layers of one tensor. */
const unaryLayers: Readonly<Record<string, Converter>> = {
  Conv2D: conv2d,
  DepthwiseConv2D: depthwiseConv2d,
  SeparableConv2D: separableConv2d,
  Conv2DTranspose: conv2dTranspose,
  Conv1D: alongSteps(conv2d),
  DepthwiseConv1D: alongSteps(depthwiseConv2d),
  SeparableConv1D: alongSteps(separableConv2d),
  Conv1DTranspose: alongSteps(conv2dTranspose),
  Dense: dense,
  EinsumDense: einsumDense,
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  GroupNormalization: groupNormalization,
  RMSNormalization: rmsNormalization,
  UnitNormalization: unitNormalization,
  LayerScale: layerScale,
  Activation: activationLayer,
  ReLU: reluLayer,
  LeakyReLU: leakyReluLayer,
  ELU: eluLayer,
  PReLU: preluLayer,
  Softmax: softmaxLayer,
  ThresholdedReLU: thresholdedRelu,
  MaxPooling2D: pool2d('MaxPool'),
  AveragePooling2D: pool2d('AveragePool'),
  MaxPooling1D: pool1d('MaxPool'),
  AveragePooling1D: pool1d('AveragePool'),
  GlobalMaxPooling2D: globalPool2d('GlobalMaxPool'),
  GlobalAveragePooling2D: globalPool2d('GlobalAveragePool'),
  GlobalMaxPooling1D: globalPool1d('ReduceMax'),
  GlobalAveragePooling1D: globalPool1d('ReduceMean'),
  AdaptiveMaxPooling2D: adaptivePool2d('MaxPool'),
  AdaptiveAveragePooling2D: adaptivePool2d('AveragePool'),
  AdaptiveMaxPooling1D: alongSteps(adaptivePool2d('MaxPool')),
  AdaptiveAveragePooling1D: alongSteps(adaptivePool2d('AveragePool')),
  ZeroPadding1D: alongSteps(zeroPadding2d),
  Cropping1D: alongSteps(cropping2d),
  UpSampling1D: alongSteps(upSampling2d),
  ZeroPadding2D: zeroPadding2d,
  Cropping2D: cropping2d,
  UpSampling2D: upSampling2d,
  Resizing: resizing,
  CenterCrop: centerCrop,
  RandomCrop: randomCrop,
  AutoContrast: autoContrast,
  Rescaling: rescaling,
  Normalization: normalization,
  Reshape: reshapeLayer,
  Flatten: flatten,
  Permute: permute,
  RepeatVector: repeatVector,
};

/** RandomCrop and AutoContrast have conversions of their own: they change images at inference too, as Equalization does. */
const trainingLayers = [
  'Identity Dropout SpatialDropout1D SpatialDropout2D AlphaDropout GaussianDropout GaussianNoise ActivityRegularization',
  'StochasticDepth RandomFlip RandomRotation RandomZoom RandomTranslation RandomContrast RandomBrightness RandomHeight',
  'RandomWidth RandomShear RandomGrayscale RandomHue RandomSaturation RandomSharpness RandomColorJitter RandomInvert',
  'RandomColorDegeneration RandomPosterization RandomPerspective RandomErasing RandomGaussianBlur RandomElasticTransform',
  'RandAugment AugMix CutMix MixUp Solarization',
].flatMap((names) => names.split(' '));

const mergeLayers: Readonly<Record<string, Converter>> = {
  Add: mergeLayer('Add'),
  Subtract: mergeLayer('Sub'),
  Multiply: mergeLayer('Mul'),
  Maximum: mergeLayer('Max'),
  Minimum: mergeLayer('Min'),
  Average: average,
  Concatenate: concatenate,
  Dot: dot,
  CustomScaleLayer: customScale,
  MultiHeadAttention: multiHeadAttention,
};

/** Names of other versions of Keras. */
const aliases: Readonly<Record<string, string>> = {
  MaxPool2D: 'MaxPooling2D',
  AvgPool2D: 'AveragePooling2D',
  GlobalMaxPool2D: 'GlobalMaxPooling2D',
  GlobalAvgPool2D: 'GlobalAveragePooling2D',
  Convolution2D: 'Conv2D',
  SeparableConvolution2D: 'SeparableConv2D',
  Convolution2DTranspose: 'Conv2DTranspose',
  Deconvolution2D: 'Conv2DTranspose',
  BatchNormalizationV1: 'BatchNormalization',
  BatchNormalizationV2: 'BatchNormalization',
  SyncBatchNormalization: 'BatchNormalization',
  // The name under which Keras 2 registers its own class.
  'Custom>CustomScaleLayer': 'CustomScaleLayer',
};

export interface Conversion {
  readonly convert: Converter;
  /** Tensors that a call may have. */
  readonly inputs: 'one' | 'several' | 'any';
}

/** @returns Nothing for a class that is not Keras' own, or that cannot be converted. */
export function conversionOf(layer: Layer): Conversion | undefined {
  const { className, config } = layer;
  if (layer.isOwn) return undefined;
  if (className === 'TFOpLambda' || className === 'SlicingOpLambda') {
    const convert = entryOf(keras2Operations, String(config.function));
    return convert && { convert, inputs: 'any' };
  }
  if (isOperation(layer)) {
    const convert = entryOf(keras3Operations, className);
    return convert && { convert, inputs: 'any' };
  }
  const name = entryOf(aliases, className) ?? className;
  if (trainingLayers.includes(name)) return { convert: identity, inputs: 'one' };
  const unary = entryOf(unaryLayers, name);
  if (unary) return { convert: unary, inputs: 'one' };
  const merge = entryOf(mergeLayers, name);
  return merge && { convert: merge, inputs: 'several' };
}

/** Tells the functions of `keras.ops` from layers, as some have the same class name. */
export function isOperation({ className, module, config }: Layer): boolean {
  if (module !== undefined) return /^keras\.(src\.)?ops\b/.test(module);
  // In .h5 files of Keras 3 there is no module; but every layer has this setting, and no operation.
  return entryOf(keras3Operations, className) !== undefined && !('trainable' in config);
}
