import { describe, expect, it } from 'vitest';
import { inputShapeOf } from '../../../../../layers/model/keras/graph/input-shape.ts';
import { readModelGraph } from '../../../../../layers/model/keras/graph/read-model.ts';
import { layer3, sequential } from '../configs.ts';

function shapeOf(model: object, size?: { width: number; height: number }) {
  return inputShapeOf(readModelGraph(JSON.stringify(model), 'm.keras'), size, undefined, 'm.keras');
}

function input(...shape: (number | null)[]) {
  return layer3('InputLayer', 'in', { batch_shape: [null, ...shape] });
}

const flat = layer3('Flatten', 'flat', {});
const square = { width: 8, height: 8, channels: 3 };

describe('the size of the input', () => {
  it.each<[string, object]>([
    ['of the input layer', sequential([input(8, 8, 3), flat])],
    ['of the first layer', sequential([layer3('Flatten', 'flat', { batch_input_shape: [null, 8, 8, 3] })])],
    [
      'of the first images that a model was built with',
      { class_name: 'Sequential', config: { name: 'm', layers: [flat], build_input_shape: [null, 8, 8, 3] } },
    ],
    [
      'of the first layer of a model in a model',
      sequential([
        {
          ...sequential([layer3('Flatten', 'flat', { batch_input_shape: [null, 8, 8, 3] })]),
          name: 'inner',
        },
        flat,
      ]),
    ],
  ])('is that %s', (_, model) => {
    expect(shapeOf(model)).toEqual(square);
  });

  it.each<[string, object, string]>([
    [
      'that no layer tells',
      sequential([flat]),
      'm.keras: the shape of the input is unknown; expected [batch, height, width, channels]',
    ],
    [
      'of a model of nothing but an input',
      sequential([layer3('InputLayer', 'in', {})]),
      'm.keras: the shape of the input is unknown; expected [batch, height, width, channels]',
    ],
    [
      'with any number of channels',
      sequential([input(8, 8, null), flat]),
      'm.keras: the input has any number of channels; expected 3 (RGB) or 1 (grey), channels last',
    ],
    [
      'beyond the largest',
      sequential([input(8, 5000, 3), flat]),
      'm.keras: the input is 5000x8 pixels; supported are 1 to 4096 along each edge',
    ],
    [
      'with a width of no pixels',
      sequential([input(8, 0, 3), flat]),
      'm.keras: the input is 0x8 pixels; supported are 1 to 4096 along each edge',
    ],
  ])('is refused: one %s', (_, model, message) => {
    expect(() => shapeOf(model)).toThrow(message);
  });
});
