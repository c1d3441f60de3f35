import { describe, expect, it } from 'vitest';
import { readModelConfig } from '../../../../layers/model/keras/model-config.ts';

function layer(className: string, config: object) {
  return {
    class_name: className,
    config: { name: 'some', ...config },
  };
}
function model(...layers: object[]) {
  return JSON.stringify(layer('Functional', { layers }));
}
function read(...layers: object[]) {
  return readModelConfig(model(...layers), 'model.keras');
}

describe('readModelConfig', () => {
  it('finds the size of the input, the strides and the epsilons, also in a model within the model', () => {
    const inner = layer('Functional', {
      layers: [
        layer('InputLayer', { batch_shape: [null, null, null, 3] }),
        layer('Conv2D', { name: 'conv1_conv', strides: [2, 2], activation: 'linear' }),
        layer('BatchNormalization', { name: 'conv1_bn', epsilon: 1e-3 }),
      ],
    });

    const config = read(
      layer('InputLayer', { batch_shape: [null, 160, 192, 3] }),
      layer('RandomFlip', {}),
      inner,
    );

    expect(config.inputSize).toEqual({ width: 192, height: 160 });
    expect([...config.strides]).toEqual([['conv1_conv', 2]]);
    expect([...config.epsilons]).toEqual([['conv1_bn', 1e-3]]);
  });

  it('reads the shape as Keras 2 writes it', () => {
    expect(read(layer('InputLayer', { batch_input_shape: [null, 96, 64, 3] })).inputSize).toEqual({
      width: 64,
      height: 96,
    });
  });

  it('leaves the size open where the model takes any', () => {
    expect(read(layer('InputLayer', { batch_shape: [null, null, null, 3] })).inputSize).toBeUndefined();
  });

  it.each([
    [
      'preprocessing in the model',
      layer('Rescaling', {}),
      /layer 'some' is a Rescaling, which no ResNet has; take preprocessing out of the model/,
    ],
    ['operations that Keras recorded', layer('TFOpLambda', {}), /layer 'some' is a TFOpLambda/],
    ['maximum pooling before the head', layer('GlobalMaxPooling2D', {}), /is a GlobalMaxPooling2D/],
    [
      'channels first',
      layer('Conv2D', { data_format: 'channels_first' }),
      /is channels_first; only channels_last/,
    ],
    [
      'classes that do not exclude each other',
      layer('Dense', { activation: 'sigmoid' }),
      /has the activation "sigmoid"; expected softmax or linear/,
    ],
    [
      'another activation',
      layer('Activation', { activation: 'swish' }),
      /has the activation "swish"; expected softmax or linear or relu/,
    ],
    [
      'grey images',
      layer('InputLayer', { batch_shape: [null, 224, 224, 1] }),
      /the input has 1 channels; expected 3/,
    ],
    ['a layer of no class', { config: {} }, /is not as Keras writes it/],
  ])('refuses %s', (_, wrong, message) => {
    expect(() => read(wrong)).toThrow(message);
  });

  it('refuses models in models without end', () => {
    const depth = 100_000;
    const endless = `${'{"class_name":"Functional","config":{"layers":['.repeat(depth)}${']}}'.repeat(depth)}`;

    expect(() => readModelConfig(endless, 'model.keras')).toThrow(
      'model.keras: models are nested more than 8 deep',
    );
  });

  it('refuses what is not JSON', () => {
    expect(() => readModelConfig('{', 'model.keras')).toThrow(
      /^model.keras: the model's configuration is not JSON/,
    );
  });
});
