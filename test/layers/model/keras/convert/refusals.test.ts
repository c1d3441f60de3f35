/** Layers that cannot be converted exactly are refused with the layer's name, the reason and a way on. */
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../fixtures.ts';
import { layer3 } from '../configs.ts';
import type { WeightShapes } from './in-memory.ts';
import {
  image,
  type Layer,
  layerOf,
  leaveOut,
  onlyOnnx,
  refusalOf,
  saveAgain,
  sequence,
  vector,
} from './one-layer.ts';

const folder = temporaryFolder();

describe('a layer is refused', () => {
  it.each<[string, Layer, string, WeightShapes?]>([
    // Arguments
    ['called without a tensor', layerOf('ReLU', {}), `(ReLU) is called without a tensor: ${saveAgain}`],
    [
      'of one tensor, called with two',
      layerOf('ReLU', {}, image, image),
      `(ReLU) takes one tensor, not 2: ${saveAgain}`,
    ],
    [
      'of several tensors, called with one',
      layerOf('Add', {}, image),
      `(Add) takes two or more tensors, not one: ${saveAgain}`,
    ],
    [
      'called with an argument that it does not know',
      layerOf('ReLU', {}, image, 5),
      `(ReLU) is called with an argument (number 2) that is not supported: ${leaveOut}`,
    ],
    [
      'called with a keyword that it does not know',
      layer3('GlobalAveragePooling1D', 'it', {}, [{ args: [sequence], kwargs: { mask: true } }]),
      `(GlobalAveragePooling1D) is called with 'mask', which is not supported: ${leaveOut}`,
    ],
    // Settings
    [
      'with a number that is none',
      layerOf('LeakyReLU', { negative_slope: 'much' }, image),
      `(LeakyReLU) has negative_slope "much"; expected a number: ${onlyOnnx}`,
    ],
    [
      'without a number that it needs',
      layerOf('Reshape', { target_shape: [2] }, image),
      `(Reshape) reshapes [8, 6, 3] to [2]: ${onlyOnnx}`,
    ],
    [
      'with a flag that is none',
      layerOf('GlobalAveragePooling2D', { keepdims: 'yes' }, image),
      `(GlobalAveragePooling2D) has keepdims "yes"; expected true or false: ${onlyOnnx}`,
    ],
    [
      'with a name that is none',
      layerOf('MaxPooling2D', { padding: 1 }, image),
      `(MaxPooling2D) has padding 1; expected a name: ${onlyOnnx}`,
    ],
    [
      'with a window that is not a pair',
      layerOf('MaxPooling2D', { pool_size: 'two' }, image),
      `(MaxPooling2D) has pool_size "two"; expected one or two whole numbers of at least 1: ${onlyOnnx}`,
    ],
    [
      'without the setting that it needs',
      layerOf('Dense', {}, image),
      `(Dense) has units nothing; expected a whole number of at least 1: ${onlyOnnx}`,
    ],
    // Activations
    [
      'with a layer as its activation that has weights',
      layerOf(
        'Activation',
        { activation: { module: 'keras.layers', class_name: 'PReLU', config: {} } },
        image,
      ),
      `(Activation) has the activation {"module":"keras.layers","class_name":"PReLU","config":{}}; expected a function of Keras by its name, or one of the layers LeakyReLU, ReLU, ELU: ${onlyOnnx}`,
    ],
    [
      'with an activation that has an unknown setting',
      layerOf('Activation', { activation: { class_name: 'ELU', config: { alpha: 1, beta: 2 } } }, image),
      `(Activation) has an activation with the setting 'beta', which is not supported: ${onlyOnnx}`,
    ],
    [
      'with a softmax over two axes',
      layerOf('Softmax', { axis: [1, 2] }, image),
      `(Softmax) has the axis [1,2]; expected one: ${onlyOnnx}`,
    ],
    [
      'with a softmax over the batch',
      layerOf('Softmax', { axis: 0 }, image),
      `(Softmax) works along the batch axis; each image must be classified on its own: ${onlyOnnx}`,
    ],
    [
      'with an axis that the tensor has not',
      layerOf('Softmax', { axis: 4 }, image),
      `(Softmax) has the axis 4, but a tensor of 4 dimensions: ${onlyOnnx}`,
    ],
    // Convolutions
    [
      'with groups in a separable convolution',
      layerOf('SeparableConv2D', { filters: 2, kernel_size: 3, groups: 3 }, image),
      `(SeparableConv2D) has groups; expected 1: ${onlyOnnx}`,
    ],
    [
      'with groups in a transposed convolution',
      layerOf('Conv2DTranspose', { filters: 2, kernel_size: 3, groups: 3 }, image),
      `(Conv2DTranspose) has groups; expected 1: ${onlyOnnx}`,
    ],
    [
      'with an unknown padding in a transposed convolution',
      layerOf('Conv2DTranspose', { filters: 2, kernel_size: 3, padding: 'full' }, image),
      `(Conv2DTranspose) has the padding 'full'; expected 'valid' or 'same': ${onlyOnnx}`,
    ],
    [
      'with an unknown padding in a window',
      layerOf('MaxPooling2D', { padding: 'causal' }, image),
      `(MaxPooling2D) has the padding 'causal'; expected 'valid' or 'same': ${onlyOnnx}`,
    ],
    [
      'of images, called with a sequence',
      layerOf('MaxPooling2D', {}, sequence),
      `(MaxPooling2D) takes images, not a tensor of the shape [batch, 48, 3]: ${onlyOnnx}`,
    ],
    // Pooling
    [
      'of sequences, called with an image',
      layerOf('MaxPooling1D', {}, image),
      `(MaxPooling1D) takes sequences, not a tensor of the shape [batch, 8, 6, 3]: ${onlyOnnx}`,
    ],
    [
      'of vectors, called with an image',
      layerOf('RepeatVector', { n: 2 }, image),
      `(RepeatVector) takes vectors, not [batch, 8, 6, 3]: ${onlyOnnx}`,
    ],
    [
      'with a window that is no number',
      layerOf('MaxPooling1D', { pool_size: 'two' }, sequence),
      `(MaxPooling1D) has the window "two"; expected a whole number: ${onlyOnnx}`,
    ],
    // Normalisation
    [
      'with a batch normalisation of rows',
      layerOf('BatchNormalization', { axis: 1 }, image),
      `(BatchNormalization) normalises along axis 1; expected the last: ${onlyOnnx}`,
      { it: [[8], [8], [8], [8]] },
    ],
    [
      'with rms_scaling',
      layerOf('LayerNormalization', { rms_scaling: true }, image),
      `(LayerNormalization) has rms_scaling, which is not supported: ${onlyOnnx}`,
    ],
    [
      'with a group normalisation of rows',
      layerOf('GroupNormalization', { axis: 1 }, image),
      `(GroupNormalization) normalises along axis 1; expected the last: ${onlyOnnx}`,
    ],
    [
      'with groups that do not divide the channels',
      layerOf('GroupNormalization', { groups: 2 }, image),
      `(GroupNormalization) has 2 groups of 3 channels: ${onlyOnnx}`,
    ],
    [
      'with an axis that is no number',
      layerOf('UnitNormalization', { axis: 'rows' }, image),
      `(UnitNormalization) has the axis "rows"; expected a number: ${onlyOnnx}`,
    ],
    [
      'with a mean of too many numbers',
      layerOf('Normalization', { axis: -1, mean: [1, 2], variance: [1, 2, 3] }, image),
      `(Normalization) has a mean of 2 numbers; expected 3: ${onlyOnnx}`,
    ],
    // Shapes
    [
      'with a permutation that is none',
      layerOf('Permute', { dims: [1, 1, 2] }, image),
      `(Permute) permutes the axes 1, 1, 2: ${onlyOnnx}`,
    ],
    [
      'with a crop of the whole image',
      layerOf('Cropping2D', { cropping: [4, 4] }, image),
      `(Cropping2D) crops all of its input of 8x6: ${onlyOnnx}`,
    ],
    [
      'with borders that are none',
      layerOf('ZeroPadding2D', { padding: [1, -1] }, image),
      `(ZeroPadding2D) has padding [1,-1]; expected [[top, bottom], [left, right]]: ${onlyOnnx}`,
    ],
    [
      'with gigantic borders',
      layerOf('ZeroPadding2D', { padding: 10_001 }, image),
      `(ZeroPadding2D) has padding 10001; expected [[top, bottom], [left, right]]: ${onlyOnnx}`,
    ],
    [
      'with tensors that cannot be joined',
      layerOf('Concatenate', {}, [image, sequence]),
      `(Concatenate) joins tensors of the shapes [8, 6, 3] and [48, 3]: ${onlyOnnx}`,
    ],
    // Scaling
    [
      'with an unknown interpolation',
      layerOf('UpSampling2D', { interpolation: 'gaussian' }, image),
      `(UpSampling2D) has the interpolation 'gaussian'; supported are nearest, bilinear, bicubic, area, lanczos3, lanczos5: ${onlyOnnx}`,
    ],
    // Merging
    [
      'with a product of images',
      layerOf('Dot', { axes: 1 }, [image, image]),
      `(Dot) takes two vectors or two matrices: ${onlyOnnx}`,
    ],
    [
      'with a normalised product',
      layerOf('Dot', { axes: 1, normalize: true }, [vector, vector]),
      `(Dot) has normalize, which is not supported: ${onlyOnnx}`,
    ],
    [
      'with a product along no axis',
      layerOf('Dot', { axes: 'all' }, [vector, vector]),
      `(Dot) has the axes ["all"]; expected one or two numbers: ${onlyOnnx}`,
    ],
    [
      'with a product of axes of different lengths',
      layerOf('Dot', { axes: [1, 2] }, [sequence, sequence]),
      `(Dot) multiplies axes of different lengths: ${onlyOnnx}`,
    ],
    [
      'with a scaled sum of different shapes',
      layerOf('CustomScaleLayer', { scale: 2 }, [image, vector]),
      `(CustomScaleLayer) adds tensors of different shapes: ${onlyOnnx}`,
    ],
    // Attention
    [
      'with an attention over other axes',
      layerOf('MultiHeadAttention', { num_heads: 1, key_dim: 2, attention_axes: [2] }, sequence, sequence),
      `(MultiHeadAttention) has the attention_axes [2]; expected [1]: ${onlyOnnx}`,
    ],
    [
      'with an attention of several output dimensions',
      layerOf('MultiHeadAttention', { num_heads: 1, key_dim: 2, output_shape: [2, 3] }, sequence, sequence),
      `(MultiHeadAttention) has an output_shape of several dimensions; expected one: ${onlyOnnx}`,
    ],
    [
      'with an attention of an image',
      layerOf('MultiHeadAttention', { num_heads: 1, key_dim: 2 }, sequence, image),
      `(MultiHeadAttention) takes a value of the shape [batch, steps, features]; found [batch, 8, 6, 3]: ${onlyOnnx}`,
    ],
    [
      'with an attention to nothing',
      layer3('MultiHeadAttention', 'it', { num_heads: 1, key_dim: 2 }, [
        { args: [sequence], kwargs: { key: sequence } },
      ]),
      `(MultiHeadAttention) takes a value of the shape [batch, steps, features]; found none: ${onlyOnnx}`,
    ],
    [
      'with an equation of an unknown size',
      layerOf('EinsumDense', { equation: 'abc,cd->abd', output_shape: [null, null] }, sequence),
      `(EinsumDense) does not say how large 'd' is in its equation: ${onlyOnnx}`,
    ],
    [
      'with an equation that is none',
      layerOf('EinsumDense', { equation: 'abc' }, sequence),
      `(EinsumDense) has the equation 'abc', which does not fit its input of 3 dimensions: ${onlyOnnx}`,
    ],
    [
      'with an equation of more dimensions',
      layerOf('EinsumDense', { equation: 'abcd,de->abce', output_shape: [null, 2] }, sequence),
      `(EinsumDense) has the equation 'abcd,de->abce', which does not fit its input of 3 dimensions: ${onlyOnnx}`,
    ],
  ])('%s', (_, layer, message, weights) => {
    expect(refusalOf(folder, layer, weights)).toBe(message);
  });
});
