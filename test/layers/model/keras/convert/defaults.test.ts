/** Versions of Keras differ in the settings that they write. */
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../fixtures.ts';
import { networkOf, type WeightShapes } from './in-memory.ts';
import { image, layerOf, modelOf, operationOf, sequence } from './one-layer.ts';

const folder = temporaryFolder();
const statistics = [[3], [3], [3], [3]];

// The defaults of the constructors in keras.layers and of the functions in keras.ops.
it.each<[string, object, object, unknown?, WeightShapes?]>([
  [
    'MaxPooling2D',
    {},
    { pool_size: [2, 2], strides: [2, 2], padding: 'valid', data_format: 'channels_last' },
  ],
  ['AveragePooling1D', {}, { pool_size: 2, strides: 2, padding: 'valid' }, sequence],
  ['GlobalMaxPooling1D', {}, { keepdims: false }, sequence],
  ['UpSampling2D', {}, { size: [2, 2], interpolation: 'nearest' }],
  ['Resizing', { height: 4, width: 3 }, { interpolation: 'bilinear', crop_to_aspect_ratio: false }],
  ['LeakyReLU', {}, { negative_slope: 0.3 }],
  ['ELU', {}, { alpha: 1 }],
  ['ReLU', {}, { max_value: null, negative_slope: 0, threshold: 0 }],
  ['Softmax', {}, { axis: -1 }],
  ['Rescaling', { scale: 0.5 }, { offset: 0 }],
  ['UnitNormalization', {}, { axis: -1 }],
  [
    'BatchNormalization',
    {},
    { axis: -1, epsilon: 0.001, center: true, scale: true },
    image,
    { it: statistics },
  ],
  [
    'LayerNormalization',
    {},
    { axis: -1, epsilon: 0.001, center: true, scale: true },
    sequence,
    { it: [[3], [3]] },
  ],
  [
    'GroupNormalization',
    { groups: 3 },
    { axis: -1, epsilon: 0.001, center: true, scale: true },
    image,
    { it: [[3], [3]] },
  ],
  ['GroupNormalization', { groups: -1 }, { groups: 3 }, image, { it: [[3], [3]] }],
  [
    'Rescaling',
    { scale: { class_name: '__numpy__', config: { value: [0.5, 0.25, 1], dtype: 'float32' } } },
    { scale: [0.5, 0.25, 1] },
  ],
  [
    'Conv2D',
    { filters: 2, kernel_size: 3 },
    { strides: 1, padding: 'valid', dilation_rate: 1, groups: 1, activation: 'linear', use_bias: true },
    image,
    { it: [[3, 3, 3, 2], [2]] },
  ],
])(
  'a %s without some settings has the defaults of Keras',
  (className, settings, defaults, input = image, weights = {}) => {
    const explicit = networkOf(
      folder,
      modelOf(layerOf(className, { ...settings, ...defaults }, input)),
      weights,
    );

    expect(networkOf(folder, modelOf(layerOf(className, settings, input)), weights)).toEqual(explicit);
  },
);

it.each<[string, object, object]>([
  ['Softmax', {}, { axis: -1 }],
  ['Gelu', {}, { approximate: true }],
  ['LeakyRelu', {}, { negative_slope: 0.2 }],
  ['ExpandDims', {}, { axis: -1 }],
  ['Resize', { size: [4, 3] }, { interpolation: 'bilinear', antialias: false }],
])('the operation %s without some options has the defaults of Keras', (className, options, defaults) => {
  const explicit = networkOf(folder, modelOf(operationOf(className, { ...options, ...defaults }, image)));

  expect(networkOf(folder, modelOf(operationOf(className, options, image)))).toEqual(explicit);
});
