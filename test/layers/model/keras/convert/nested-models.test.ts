/** Models in models whose configuration does not fit together. */
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../fixtures.ts';
import { call3, functional, layer3, tensor3 } from '../configs.ts';
import { convertInMemory } from './in-memory.ts';

const folder = temporaryFolder();
const input = layer3('InputLayer', 'in', { batch_shape: [null, 8, 6, 3] });

function modelWith(layer: object, output: string, calls: readonly object[]): object {
  return functional([input, layer, layer3('Flatten', 'flat', {}, calls)], 'in', [output, 0, 0]);
}

it('refuses a model that is called with two tensors, but has one input', () => {
  const inner = {
    ...functional([input, layer3('ReLU', 'relu', {}, [call3(tensor3('in'))])], 'in', ['relu', 0, 0]),
    name: 'inner',
    inbound_nodes: [call3(tensor3('in'), tensor3('in'))],
  };

  expect(() => convertInMemory(folder, modelWith(inner, 'flat', [call3(tensor3('inner'))]))).toThrow(
    "model.keras: model 'inner' is called with 2 tensors; it has 1 inputs: ",
  );
});

it('refuses a layer that takes a second output of a layer with one', () => {
  const relu = layer3('ReLU', 'relu', {}, [call3(tensor3('in'))]);
  const second = { class_name: '__keras_tensor__', config: { keras_history: ['relu', 0, 1] } };

  expect(() => convertInMemory(folder, modelWith(relu, 'flat', [call3(second)]))).toThrow(
    "model.keras: layer 'relu' has no output 1, which another layer takes: ",
  );
});
