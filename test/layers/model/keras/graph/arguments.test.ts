import { describe, expect, it } from 'vitest';
import { readCall } from '../../../../../layers/model/keras/graph/arguments.ts';
import { call3, tensor3 } from '../configs.ts';

const input = { kind: 'tensor', layer: 'in', call: 0, output: 0 };

function nested(depth: number): unknown {
  return depth === 0 ? 1 : [nested(depth - 1)];
}

describe('readCall', () => {
  it.each<[string, unknown, object]>([
    ['of Keras 3 without keywords', { args: [tensor3('in')] }, { args: [input], kwargs: {} }],
    ['of Keras 2 without keywords', ['in', 0, 0], { args: [input], kwargs: {} }],
    [
      'with a slice without a step',
      call3(tensor3('in'), { class_name: '__slice__' }),
      { args: [input, { kind: 'slice', start: null, stop: null, step: null }], kwargs: {} },
    ],
    [
      'with a dictionary among the keywords of Keras 2',
      ['in', 0, 0, { table: { class_name: '__numpy__', config: { value: [1, 2] } } }],
      { args: [input], kwargs: { table: { kind: 'constant', shape: [2], values: [1, 2] } } },
    ],
  ])('reads a call %s', (_, node, call) => {
    expect(readCall(node, 'x')).toEqual(call);
  });

  it.each<[string, unknown, string]>([
    ['a number', 5, 'x has a call that is not as Keras writes it: load the model'],
    [
      'a tensor without a history',
      call3({ class_name: '__keras_tensor__', config: {} }),
      'x has the argument {"class_name":"__keras_tensor__","config":{}}, which cannot be converted',
    ],
    [
      'a tensor of Keras 2 without an index',
      [['in']],
      'x has the argument ["in"], which cannot be converted',
    ],
    ['lists in lists without end', call3(nested(20)), 'x has arguments that are nested more than 16 deep'],
  ])('refuses %s', (_, node, message) => {
    expect(() => readCall(node, 'x')).toThrow(message);
  });
});
