/** Wrong and malicious models are refused with the layer's name, and in time. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { type TestTensor, temporaryFolder, writeHdf5, writeTensor } from '../fixtures.ts';
import { call3, functional, layer2, layer3, sequential, tensor3 } from './configs.ts';
import { runConverted } from './run-converted.ts';

const folder = temporaryFolder();
let files = 0;

/** A `.keras` file. @param weights By group, such as `dense` or `conv2d_1`. */
function write(
  model: object,
  weights: Record<string, readonly TestTensor[]> = {},
  version = '3.15.1',
): string {
  const hdf5 = writeHdf5(join(folder, `weights-${files++}.h5`), (root) => {
    const layers = root.create_group('layers');
    for (const [group, tensors] of Object.entries(weights)) {
      const vars = layers.create_group(group).create_group('vars');
      for (const [i, tensor] of tensors.entries()) writeTensor(vars, String(i), tensor);
    }
  });
  const path = join(folder, `model-${files++}.keras`);
  const entries = {
    'config.json': strToU8(JSON.stringify(model)),
    'metadata.json': strToU8(JSON.stringify({ keras_version: version })),
    'model.weights.h5': new Uint8Array(readFileSync(hdf5)),
  };
  writeFileSync(path, zipSync(entries));
  return path;
}

function floats(...shape: number[]): TestTensor {
  return { name: '', shape, values: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.5) };
}

function input(...shape: (number | null)[]) {
  return layer3('InputLayer', 'in', { batch_shape: [null, ...shape] });
}

const image = input(8, 8, 3);
const pool = layer3('GlobalAveragePooling2D', 'pool', {});

/** The image, some layers one after the other, and an average. */
function chain(...layers: readonly object[]) {
  return sequential([image, ...layers, pool]);
}

/** The image, an operation of `keras.ops`, and an average. */
function operation(className: string, config: object) {
  const step = {
    ...layer3(className, 'operation', config, [call3(tensor3('in'))]),
    module: 'keras.src.ops.numpy',
  };
  const end = layer3('GlobalAveragePooling2D', 'pool', {}, [call3(tensor3('operation'))]);
  return functional([image, step, end], 'in', ['pool', 0, 0]);
}

const convolution = { filters: 2, kernel_size: [3, 3] };

describe('a model that cannot be converted', () => {
  it.each<[string, object, Record<string, readonly TestTensor[]>, RegExp]>([
    [
      'a weight of another shape',
      chain(layer3('Conv2D', 'conv', convolution)),
      { conv2d: [floats(3, 3, 3, 4), floats(2)] },
      /layer 'conv' \(Conv2D\): kernel is \[3, 3, 3, 4\]; expected \[3, 3, 3, 2\]: .*save the whole model/,
    ],
    [
      'a missing weight',
      chain(layer3('Conv2D', 'conv', convolution)),
      { conv2d: [floats(3, 3, 3, 2)] },
      /layer 'conv' \(Conv2D\): the file has 1 weights for it; expected kernel, bias.*model\.save\('x\.keras'\)/,
    ],
    [
      'no weights at all',
      chain(layer3('Dense', 'dense', { units: 2 })),
      {},
      /layer 'dense' \(Dense\): the file has 0 weights for it/,
    ],
    [
      'a Lambda',
      chain(layer3('Lambda', 'scale', { function: 'x / 255' })),
      {},
      /layer 'scale' \(Lambda\) cannot be converted: a Lambda runs Python code; replace it/,
    ],
    [
      'a layer of the user’s own, though it has the name of one of Keras',
      chain({ ...layer3('ReLU', 'mine', {}), module: 'my_package.layers' }),
      {},
      /layer 'mine' \(ReLU\) cannot be converted: a custom class needs its Python code.*tf2onnx/,
    ],
    [
      'a layer of the user’s own that was registered under the name of one of Keras',
      chain({ ...layer3('ReLU', 'mine', { max_value: null }), module: null }),
      {},
      /layer 'mine' \(ReLU\) cannot be converted: a custom class needs its Python code/,
    ],
    [
      'a layer without any of the settings of the one in Keras that has its name',
      chain({ ...layer3('ReLU', 'mine', { trainable: true, dtype: 'float32' }), module: undefined }),
      {},
      /layer 'mine' \(ReLU\) cannot be converted: a custom class needs its Python code/,
    ],
    [
      'a layer that is not supported',
      chain(layer3('LSTM', 'lstm', { units: 4 })),
      {},
      /layer 'lstm' \(LSTM\) cannot be converted: it is not among the supported layers.*model\.export\('x\.onnx'.*tf2onnx/,
    ],
    [
      'quantised weights',
      chain(
        layer3('Conv2D', 'conv', {
          ...convolution,
          dtype: { class_name: 'QuantizedDTypePolicy', config: { mode: 'int8', source_name: 'float32' } },
        }),
      ),
      {},
      /layer 'conv' \(Conv2D\) is quantised: convert the model as it was before model\.quantize\(\)/,
    ],
    [
      'weights of 16 bits',
      chain(
        layer3('Conv2D', 'conv', {
          ...convolution,
          dtype: { class_name: 'DTypePolicy', config: { name: 'float16' } },
        }),
      ),
      { conv2d: [floats(3, 3, 3, 2), floats(2)] },
      /layer 'conv' \(Conv2D\) stores its weights in float16: build the model again .*set_weights/,
    ],
    [
      'arithmetic on bytes',
      functional(
        [
          layer3('InputLayer', 'in', { batch_shape: [null, 8, 8, 3], dtype: 'uint8' }),
          layer3('RandomFlip', 'flip', {}, [call3(tensor3('in'))]),
          { ...layer3('Multiply', 'double', {}, [call3(tensor3('flip'), 2)]), module: 'keras.src.ops.numpy' },
          layer3('GlobalAveragePooling2D', 'pool', {}, [call3(tensor3('double'))]),
        ],
        'in',
        ['pool', 0, 0],
      ),
      {},
      /layer 'double' \(Multiply\) computes with whole numbers, which wrap around: build the model with an input of floating-point/,
    ],
    [
      'values that are rounded to bytes',
      chain(layer3('Resizing', 'resizing', { height: 4, width: 4, dtype: 'uint8' })),
      {},
      /layer 'resizing' \(Resizing\) computes in uint8; expected a floating-point dtype/,
    ],
    [
      'the name of a property that every object has',
      chain(layer3('constructor', 'c', {}), layer3('Activation', 'a', { activation: 'toString' })),
      {},
      /layer 'c' \(constructor\) cannot be converted/,
    ],
    [
      'an unknown activation',
      chain(layer3('Activation', 'act', { activation: 'constructor' })),
      {},
      /layer 'act' \(Activation\) has the activation 'constructor', which is not supported/,
    ],
    [
      'an activation of the user’s own',
      chain(
        layer3('Activation', 'act', {
          activation: { module: 'builtins', class_name: 'function', config: 'relu' },
        }),
      ),
      {},
      /layer 'act' \(Activation\) has the activation .*; expected a function of Keras by its name/,
    ],
    [
      'a setting of a later Keras',
      chain(layer3('MaxPooling2D', 'max', { pool_size: 2, ceil_mode: true })),
      {},
      /layer 'max' \(MaxPooling2D\) has the setting 'ceil_mode', which is not supported/,
    ],
    [
      'channels first',
      chain(layer3('Conv2D', 'conv', { ...convolution, data_format: 'channels_first' })),
      { conv2d: [floats(3, 3, 3, 2), floats(2)] },
      /layer 'conv' \(Conv2D\) is channels_first; only channels_last/,
    ],
    [
      'a window larger than its input',
      chain(layer3('MaxPooling2D', 'max', { pool_size: 9 })),
      {},
      /layer 'max' \(MaxPooling2D\) has a window of 9x9, larger than its input of 8x8/,
    ],
    [
      'a tensor of gigabytes',
      chain(layer3('UpSampling2D', 'up', { size: [90_000, 90_000] })),
      {},
      /layer 'up' \(UpSampling2D\) gives a tensor of \[720000, 720000, 3\]/,
    ],
    [
      'sizes that are no sizes',
      chain(layer3('Conv2D', 'conv', { filters: 1e12, kernel_size: [3, 3] })),
      {},
      /layer 'conv' \(Conv2D\) has filters 1000000000000; expected a whole number/,
    ],
    [
      'a reshape that does not fit',
      chain(layer3('Reshape', 'shape', { target_shape: [7, 7, 3] })),
      {},
      /layer 'shape' \(Reshape\) reshapes \[8, 8, 3\] to \[7,7,3\]/,
    ],
    [
      'an output that does not belong to its input',
      chain(
        layer3('Conv2DTranspose', 'up', {
          ...convolution,
          kernel_size: [2, 2],
          strides: [2, 2],
          padding: 'same',
          output_padding: [0, 1],
        }),
      ),
      { conv2d_transpose: [floats(2, 2, 2, 3), floats(2)] },
      /layer 'up' \(Conv2DTranspose\) has the output_padding \[0,1\], with which the output does not belong/,
    ],
    [
      'a padding of the output of a whole stride',
      chain(layer3('Conv2DTranspose', 'up', { ...convolution, strides: [2, 2], output_padding: 2 })),
      { conv2d_transpose: [floats(3, 3, 2, 3), floats(2)] },
      /layer 'up' \(Conv2DTranspose\) has the output_padding 2, with which/,
    ],
    [
      'a padding of the output that is no size',
      chain(layer3('Conv2DTranspose', 'up', { ...convolution, output_padding: 'same' })),
      { conv2d_transpose: [floats(3, 3, 2, 3), floats(2)] },
      /layer 'up' \(Conv2DTranspose\) has the output_padding "same", with which/,
    ],
    [
      'another border than a constant',
      chain(layer3('Resizing', 'size', { height: 4, width: 8, fill_mode: 'reflect' })),
      {},
      /layer 'size' \(Resizing\) has the fill_mode 'reflect'; expected 'constant'/,
    ],
    [
      'an unknown interpolation',
      chain(layer3('Resizing', 'size', { height: 4, width: 8, interpolation: 'gaussian', antialias: true })),
      {},
      /layer 'size' \(Resizing\) has the interpolation 'gaussian'; supported are nearest, bilinear/,
    ],
    [
      'a range of no width',
      chain(layer3('AutoContrast', 'contrast', { value_range: [255, 0] })),
      {},
      /layer 'contrast' \(AutoContrast\) has the value_range \[255,0\]/,
    ],
    [
      'an odd number of values to halve',
      chain(layer3('Activation', 'glu', { activation: 'glu' })),
      {},
      /layer 'glu' \(Activation\) halves an axis of 3 values/,
    ],
    [
      'a window of two sizes along a sequence',
      sequential([
        image,
        layer3('Reshape', 'steps', { target_shape: [64, 3] }),
        layer3('Conv1D', 'conv', { filters: 2, kernel_size: [3, 3] }),
      ]),
      {},
      /layer 'conv' \(Conv1D\) has kernel_size \[3,3\]; expected a whole number of at least 1/,
    ],
    [
      'a batch reduced to one number',
      operation('Var', { axis: 0 }),
      {},
      /layer 'operation' \(Var\) works along the batch axis/,
    ],
    [
      'a variance of everything',
      operation('Var', { axis: null }),
      {},
      /layer 'operation' \(Var\) works along the batch axis/,
    ],
    [
      'parts of different sizes',
      operation('Split', { indices_or_sections: 3, axis: 1 }),
      {},
      /layer 'operation' \(Split\) splits 8 values into 3 parts/,
    ],
    [
      'parts beyond the end',
      operation('Split', { indices_or_sections: [2, 9], axis: 1 }),
      {},
      /layer 'operation' \(Split\) splits 8 values at \[2,9\]/,
    ],
    [
      'rounding to decimals',
      operation('Round', { decimals: 2 }),
      {},
      /layer 'operation' \(Round\) rounds to 2 decimals; expected 0/,
    ],
    [
      'a slope that is no number',
      operation('Elu', { alpha: 'much' }),
      {},
      /layer 'operation' \(Elu\) has the alpha "much"; expected a number/,
    ],
    [
      'another kind of input',
      sequential([input(100), layer3('Dense', 'dense', { units: 2 })]),
      {},
      /the shape of the input is \[\?, 100\]; expected \[batch, height, width, channels\]: only networks that classify images/,
    ],
    [
      'an input of unknown shape',
      sequential([pool]),
      {},
      /the shape of the input is unknown; .*save the model after its first predict/,
    ],
    [
      'four channels',
      sequential([input(8, 8, 4), pool]),
      {},
      /the input has 4 channels; expected 3 \(RGB\) or 1 \(grey\)/,
    ],
    [
      'no top',
      chain().config.layers.length > 0 ? sequential([image, layer3('ReLU', 'relu', {})]) : {},
      {},
      /gives \[batch, 8, 8, 3\]; expected \[batch, classes\]: a model without its top has no classes/,
    ],
    [
      'two inputs',
      {
        ...functional([image, pool], 'in', ['pool', 0, 0]),
        config: {
          layers: [image, { ...image, name: 'other' }],
          input_layers: [
            ['in', 0, 0],
            ['other', 0, 0],
          ],
          output_layers: [['in', 0, 0]],
        },
      },
      {},
      /has 2 inputs \('in', 'other'\); expected one, the image/,
    ],
  ])('is refused with %s', async (_, model, weights, message) => {
    await expect(runConverted(write(model, weights), [])).rejects.toThrow(message);
  });

  it('is refused where its configuration belongs to other weights', async () => {
    const path = write(chain(layer3('Conv2D', 'conv', convolution)));
    const hdf5 = writeHdf5(join(folder, 'other.h5'), (root) => {
      const vars = root.create_group('layers').create_group('conv2d').create_group('vars');
      vars.create_attribute('name', 'another');
      writeTensor(vars, '0', floats(3, 3, 3, 2));
      writeTensor(vars, '1', floats(2));
    });
    const config = strToU8(JSON.stringify(chain(layer3('Conv2D', 'conv', convolution))));
    writeFileSync(
      path,
      zipSync({ 'config.json': config, 'model.weights.h5': new Uint8Array(readFileSync(hdf5)) }),
    );

    await expect(runConverted(path, [])).rejects.toThrow(
      "/layers/conv2d holds the weights of layer 'another', where those of 'conv' were expected",
    );
  });

  it('takes bytes that the model scales itself', async () => {
    const bytes = layer3('InputLayer', 'in', { batch_shape: [null, 8, 8, 3], dtype: 'uint8' });
    const half = layer3('Rescaling', 'half', { scale: 0.5 });
    const path = write(sequential([bytes, half, pool]));

    const { outputs } = await runConverted(path, [new Float32Array(192).fill(200)]);

    expect([...outputs[0]![0]!]).toEqual([100, 100, 100]);
  });

  it('numbers the outputs of a dictionary in the order of their names', async () => {
    const average = layer3('GlobalAveragePooling2D', 'average', {}, [call3(tensor3('in'))]);
    const largest = layer3('GlobalMaxPooling2D', 'largest', {}, [call3(tensor3('in'))]);
    const inner = functional([image, average, largest], 'in', ['average', 0, 0]);
    const nested = {
      ...inner,
      name: 'inner',
      config: {
        ...inner.config,
        name: 'inner',
        output_layers: { b: ['average', 0, 0], a: ['largest', 0, 0] },
      },
      inbound_nodes: [call3(tensor3('in'))],
    };
    const path = write(functional([image, nested], 'in', ['inner', 0, 1]));
    const pixels = Float32Array.from({ length: 192 }, (_, i) => (i < 96 ? 0 : 100));

    const { outputs } = await runConverted(path, [pixels]);

    expect([...outputs[0]![0]!]).toEqual([50, 50, 50]);
  });

  it('says that Keras computes less exactly than the network where its precision is mixed', async () => {
    const dtype = { class_name: 'DTypePolicy', config: { name: 'mixed_float16' } };
    const { network } = await runConverted(write(chain(layer3('ReLU', 'relu', { dtype }))), []);

    expect(network.assumptions).toEqual([
      'Keras computes layers of this model in 16 bits (mixed precision), the network in 32: scores differ by about 0.001',
    ]);
  });

  it('is refused if a layer is called with training=True in Keras 2, but not in Keras 3', async () => {
    const layers = [
      layer2('InputLayer', 'in', { batch_input_shape: [null, 8, 8, 3] }, []),
      layer2('Dropout', 'drop', { rate: 0.5 }, [[['in', 0, 0, { training: true }]]]),
      layer2('GlobalAveragePooling2D', 'pool', {}, [[['drop', 0, 0, {}]]]),
    ];
    const model = functional(layers, 'in', ['pool', 0, 0]);

    await expect(runConverted(write(model, {}, '2.15.0'), [])).rejects.toThrow(
      /layer 'drop' \(Dropout\) is called with training=True, so that its answers are random/,
    );
    await expect(runConverted(write(model, {}, '3.15.1'), [])).resolves.toBeDefined();
  });

  it('is refused before nested models that call each other have grown to billions of layers', async () => {
    let model = functional([image, { ...layer3('ReLU', 'relu', {}, [call3(tensor3('in'))]) }], 'in', [
      'relu',
      0,
      0,
    ]);
    for (let depth = 0; depth < 14; depth++) {
      const calls = Array.from({ length: 5 }, (_, i) =>
        call3(tensor3(i === 0 ? 'in' : 'inner', Math.max(i, 1))),
      );
      const first = { ...calls[0]!, args: [tensor3('in')] };
      const inner = { ...model, name: 'inner', inbound_nodes: [first, ...calls.slice(1)] };
      model = functional([image, inner], 'in', ['inner', 5, 0]);
    }

    // Within the test's time limit, which a conversion of all layers would exceed by years.
    await expect(runConverted(write(model), [])).rejects.toThrow(
      /has more than 50000 operations; conversion stopped at 'inner\//,
    );
  });
});
