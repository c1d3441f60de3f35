import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { modernLayer } from '../../../../../layers/model/keras/graph/keras1.ts';
import { temporaryFolder, writeHdf5, writeList, writeTensor } from '../../fixtures.ts';
import { runConverted } from '../run-converted.ts';

const folder = temporaryFolder();

function values(count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => ((i * 7) % 11) / 10 - 0.5);
}

const kernels = {
  convolution: values(3 * 3 * 3 * 2),
  bias: values(2),
  dense: values(2 * 4),
  denseBias: values(4),
};
const ones = new Float32Array(2).fill(1);

/** The same network in the words of two versions; only layers with weights differ in the names of these. */
function write(
  name: string,
  version: string,
  layers: readonly object[],
  names: (layer: string, weight: string) => string,
) {
  return writeHdf5(join(folder, name), (root) => {
    root.create_attribute('keras_version', version);
    root.create_attribute('model_config', JSON.stringify({ class_name: 'Sequential', config: layers }));
    const weights = root.create_group('model_weights');
    writeList(weights, 'layer_names', ['conv', 'bn', 'dense']);
    const layer = (layerName: string, tensors: Record<string, [number[], Float32Array]>) => {
      const group = weights.create_group(layerName);
      const full = Object.keys(tensors).map((weight) => names(layerName, weight));
      writeList(group, 'weight_names', full);
      if (full[0]!.includes('/')) group.create_group(layerName);
      for (const [i, [shape, data]] of Object.values(tensors).entries()) {
        writeTensor(group, full[i]!, { name: '', shape, values: data });
      }
    };
    layer('conv', { kernel: [[3, 3, 3, 2], kernels.convolution], bias: [[2], kernels.bias] });
    layer('bn', {
      gamma: [[2], ones],
      beta: [[2], kernels.bias],
      moving_mean: [[2], kernels.bias],
      moving_variance: [[2], ones],
    });
    layer('dense', { kernel: [[2, 4], kernels.dense], bias: [[4], kernels.denseBias] });
  });
}

const suffixes: Readonly<Record<string, string>> = {
  kernel: 'W',
  bias: 'b',
  moving_mean: 'running_mean',
  moving_variance: 'running_std',
};

const first = [
  {
    class_name: 'Convolution2D',
    config: {
      name: 'conv',
      batch_input_shape: [null, 9, 9, 3],
      nb_filter: 2,
      nb_row: 3,
      nb_col: 3,
      border_mode: 'same',
      subsample: [2, 2],
      dim_ordering: 'tf',
      activation: 'relu',
      bias: true,
      init: 'glorot_uniform',
      input_dtype: 'float32',
    },
  },
  {
    class_name: 'BatchNormalization',
    config: {
      name: 'bn',
      mode: 0,
      axis: -1,
      epsilon: 0.001,
      momentum: 0.99,
      gamma_init: 'one',
      beta_init: 'zero',
    },
  },
  {
    class_name: 'MaxPooling2D',
    config: { name: 'pool', pool_size: [2, 2], strides: [2, 2], border_mode: 'valid', dim_ordering: 'tf' },
  },
  { class_name: 'GlobalAveragePooling2D', config: { name: 'average', dim_ordering: 'tf' } },
  { class_name: 'Dropout', config: { name: 'dropout', p: 0.5 } },
  {
    class_name: 'Dense',
    config: { name: 'dense', output_dim: 4, activation: 'softmax', bias: true, init: 'glorot_uniform' },
  },
];
const second = [
  {
    class_name: 'Conv2D',
    config: {
      name: 'conv',
      batch_input_shape: [null, 9, 9, 3],
      filters: 2,
      kernel_size: [3, 3],
      padding: 'same',
      strides: [2, 2],
      activation: 'relu',
      trainable: true,
    },
  },
  { class_name: 'BatchNormalization', config: { name: 'bn', axis: [3], epsilon: 0.001, trainable: true } },
  {
    class_name: 'MaxPooling2D',
    config: { name: 'pool', pool_size: [2, 2], strides: [2, 2], trainable: true },
  },
  {
    class_name: 'GlobalAveragePooling2D',
    config: { name: 'average', trainable: true, data_format: 'channels_last' },
  },
  { class_name: 'Dense', config: { name: 'dense', units: 4, activation: 'softmax', trainable: true } },
];

describe('a model of Keras 1', () => {
  it('gives the scores of the same model in the words of Keras 2', async () => {
    const keras1 = write(
      'keras1.h5',
      '1.2.2',
      first,
      (layer, weight) => `${layer}_${suffixes[weight] ?? weight}`,
    );
    const keras2 = write('keras2.h5', '2.2.4', second, (layer, weight) => `${layer}/${weight}:0`);
    const pixels = values(9 * 9 * 3);

    const [old, recent] = await Promise.all([runConverted(keras1, [pixels]), runConverted(keras2, [pixels])]);

    expect(old.network.outputs).toMatchObject([{ classes: 4, activation: 'softmax' }]);
    expect(old.outputs).toEqual(recent.outputs);
  });

  it('is refused with its channels first', async () => {
    const theano = first.map((layer) => ({
      ...layer,
      config: { ...layer.config, ...('dim_ordering' in layer.config && { dim_ordering: 'th' }) },
    }));
    const path = write(
      'theano.h5',
      '1.2.2',
      theano,
      (layer, weight) => `${layer}_${suffixes[weight] ?? weight}`,
    );

    await expect(runConverted(path, [])).rejects.toThrow(/layer 'conv' \(Convolution2D\) is channels_first/);
  });
});

describe('a layer of Keras 1 that merges tensors', () => {
  it.each([
    ['sum', 'Add', {}],
    ['mul', 'Multiply', {}],
    ['ave', 'Average', {}],
    ['max', 'Maximum', {}],
    ['concat', 'Concatenate', { axis: -1 }],
  ])('has the class of today: %s', (mode, className, settings) => {
    expect(modernLayer('Merge', { name: 'it', mode, concat_axis: -1, dot_axes: -1 })).toEqual({
      className,
      config: { name: 'it', trainable: true, ...settings },
    });
  });

  it('keeps its class where there is none of today, so that it is refused by name', () => {
    expect(modernLayer('Merge', { name: 'it', mode: 'cos', concat_axis: -1 }).className).toBe('Merge');
  });
});
