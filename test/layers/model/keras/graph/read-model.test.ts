import { describe, expect, it } from 'vitest';
import { orderCalls } from '../../../../../layers/model/keras/graph/order.ts';
import { readModelGraph } from '../../../../../layers/model/keras/graph/read-model.ts';
import { call3, functional, layer2, layer3, sequential, tensor3 } from '../configs.ts';

function read(model: object) {
  return readModelGraph(JSON.stringify(model), 'model.keras');
}

function order(model: object): string[] {
  return orderCalls(read(model), 'model.keras').map(({ layer, call }) => `${layer.path}:${call}`);
}

const input = layer3('InputLayer', 'in', { batch_shape: [null, 8, 8, 3] });

describe('readModelGraph', () => {
  it('reads the calls of a layer that is shared', () => {
    const shared = layer3('Conv2D', 'conv', {}, [call3(tensor3('in')), call3(tensor3('conv'))]);

    expect(order(functional([input, shared], 'in', ['conv', 1, 0]))).toEqual(['in:0', 'conv:0', 'conv:1']);
  });

  it.each([0, 1])('counts the calls of a nested model from %i, as versions of Keras do', (first) => {
    const inner = functional([input, layer3('ReLU', 'relu', {}, [call3(tensor3('in'))])], 'in', [
      'relu',
      0,
      0,
    ]);
    const nested = { ...inner, name: 'inner', inbound_nodes: [call3(tensor3('outer_in'))] };
    const outerInput = layer3('InputLayer', 'outer_in', { batch_shape: [null, 8, 8, 3] });
    const last = layer3('Flatten', 'flat', {}, [call3(tensor3('inner', first))]);

    expect(order(functional([outerInput, nested, last], 'outer_in', ['flat', 0, 0]))).toEqual([
      'outer_in:0',
      'inner:0',
      'flat:0',
    ]);
  });

  it('chains the layers of a sequential model, with or without an input layer', () => {
    const layers = [
      layer3('Flatten', 'flat', { batch_input_shape: [null, 8, 8, 3] }),
      layer3('Dense', 'dense', {}),
    ];

    expect(order(sequential([input, ...layers]))).toEqual(['in:0', 'flat:0', 'dense:0']);
    expect(order(sequential(layers))).toEqual(['input:0', 'flat:0', 'dense:0']);
  });

  it('reads calls as Keras 2 writes them', () => {
    const add = layer2('Add', 'add', {}, [
      [
        ['a', 0, 0, {}],
        ['b', 0, 0, {}],
      ],
    ]);
    const layers = [
      layer2('InputLayer', 'in', { batch_input_shape: [null, 8, 8, 3] }, []),
      layer2('ReLU', 'a', {}, [[['in', 0, 0, {}]]]),
      layer2('TFOpLambda', 'b', { function: 'math.truediv' }, [['in', 0, 0, { y: 127.5, name: null }]]),
      add,
    ];

    const graph = read(functional(layers, 'in', ['add', 0, 0]));

    expect(graph.layers[2]!.calls).toEqual([
      { args: [{ kind: 'tensor', layer: 'in', call: 0, output: 0 }], kwargs: { y: 127.5, name: null } },
    ]);
    expect(orderCalls(graph, '').map(({ layer }) => layer.name)).toEqual(['in', 'a', 'b', 'add']);
  });

  it('leaves out layers that no output needs', () => {
    const unused = layer3('Dense', 'unused', {}, [call3(tensor3('in'))]);
    const used = layer3('ReLU', 'used', {}, [call3(tensor3('in'))]);

    expect(order(functional([input, unused, used], 'in', ['used', 0, 0]))).toEqual(['in:0', 'used:0']);
  });

  it('follows a chain of 20,000 layers', () => {
    const chain = Array.from({ length: 19_999 }, (_, i) =>
      layer3('ReLU', `relu_${i}`, {}, [call3(tensor3(i === 0 ? 'in' : `relu_${i - 1}`))]),
    );

    expect(order(functional([input, ...chain], 'in', ['relu_19998', 0, 0]))).toHaveLength(20_000);
  });

  it.each<[string, object, RegExp]>([
    [
      'a cycle',
      functional(
        [
          input,
          layer3('Add', 'a', {}, [call3([tensor3('in'), tensor3('b')])]),
          layer3('ReLU', 'b', {}, [call3(tensor3('a'))]),
        ],
        'in',
        ['b', 0, 0],
      ),
      /layer '[ab]' depends on its own output/,
    ],
    [
      'a layer that feeds itself',
      functional([input, layer3('ReLU', 'a', {}, [call3(tensor3('a'))])], 'in', ['a', 0, 0]),
      /layer 'a' depends on its own output/,
    ],
    [
      'a tensor of no layer',
      functional([input, layer3('ReLU', 'a', {}, [call3(tensor3('gone'))])], 'in', ['a', 0, 0]),
      /layer 'a' takes the output of 'gone' \(call 0\), which does not exist/,
    ],
    [
      'an output of a call that was never made',
      functional([input, layer3('ReLU', 'a', {}, [call3(tensor3('in'))])], 'in', ['a', 7, 0]),
      /takes the output of 'a' \(call 7\), which does not exist/,
    ],
    [
      'two layers of one name',
      functional([input, layer3('ReLU', 'a', {}), layer3('ReLU', 'a', {})], 'in', ['a', 0, 0]),
      /there are two layers 'a'/,
    ],
    ['no layers', functional([], 'in', ['a', 0, 0]), /has no list of 1 to 20000 layers/],
    [
      'no input',
      { ...functional([input], '', ['in', 0, 0]), config: { layers: [input], output_layers: ['in', 0, 0] } },
      /has no input/,
    ],
    [
      'no output',
      { ...functional([input], '', ['in', 0, 0]), config: { layers: [input], input_layers: ['in', 0, 0] } },
      /has no output/,
    ],
    [
      'a class of the user’s own',
      { class_name: 'Mine', config: { name: 'mine' } },
      /holds a Mine, a custom class.*model\.call\(x\)\)\.save\('x\.keras'\).*tf2onnx/,
    ],
    [
      'a functional model of the user’s own class',
      { ...functional([input], 'in', ['in', 0, 0]), module: null, class_name: 'Mine' },
      /holds a Mine, a custom class.*keras\.Model\(model\.inputs, model\.outputs\)\.save/,
    ],
    [
      'a class of the user’s own with a name of Keras',
      { ...functional([input], 'in', ['in', 0, 0]), module: null },
      /holds a Functional, a custom class/,
    ],
    ['a layer of no class', functional([{ config: {} }], 'in', ['in', 0, 0]), /is not as Keras writes it/],
    [
      'a layer of no name',
      functional([{ class_name: 'ReLU', config: {} }], 'in', ['in', 0, 0]),
      /a ReLU of 'the model' has no name/,
    ],
    [
      'an argument that is a program',
      functional([input, layer3('ReLU', 'a', {}, [call3({ class_name: 'Widget', config: {} })])], 'in', [
        'a',
        0,
        0,
      ]),
      /layer 'a' has the argument .*Widget.*, which cannot be converted/,
    ],
    [
      'a constant that is not a table',
      functional(
        [
          input,
          layer3('Add', 'a', {}, [
            call3(tensor3('in'), { class_name: '__tensor__', config: { value: [[1], 2] } }),
          ]),
        ],
        'in',
        ['a', 0, 0],
      ),
      /layer 'a' has a constant that is not a table of numbers/,
    ],
  ])('refuses %s', (_, model, message) => {
    expect(() => order(model)).toThrow(message);
  });

  it('refuses what is not JSON', () => {
    expect(() => readModelGraph('{', 'model.keras')).toThrow(/configuration is not JSON/);
  });

  it('refuses models in models without end', () => {
    const depth = 100_000;
    const endless = `${'{"class_name":"Functional","config":{"name":"m","layers":['.repeat(depth)}${']}}'.repeat(depth)}`;

    expect(() => readModelGraph(endless, 'model.keras')).toThrow(/nested more than 16 models deep|not JSON/);
  });
});
