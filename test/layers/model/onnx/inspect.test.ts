import { describe, expect, it } from 'vitest';
import { inspectInput } from '../../../../layers/model/onnx/inspect.ts';
import {
  float16,
  float32,
  float64,
  type GraphProto,
  type NodeProto,
  uint8,
} from '../../../../layers/model/onnx/proto.ts';
import { node, value } from './networks.ts';

function graph(more: Partial<GraphProto> = {}): GraphProto {
  return {
    name: 'g',
    node: [node('Gemm', ['x', 'w'], 'logits'), node('Softmax', ['logits'], 'y')],
    initializer: [{ name: 'w', dims: [3], dataType: float32 }],
    input: [value('x', ['batch', 3, 224, 192])],
    output: [value('y', ['batch', 10])],
    ...more,
  };
}

function inspect(more: Partial<GraphProto>) {
  return inspectInput(graph(more), 'net.onnx');
}

describe('inspectInput', () => {
  it.each<[string, readonly (number | string)[], object]>([
    ['channels first', ['n', 3, 224, 192], { layout: 'NCHW', width: 192, height: 224 }],
    ['channels last', ['n', 224, 192, 3], { layout: 'NHWC', width: 192, height: 224 }],
    ['a batch of one', [1, 3, 224, 192], { layout: 'NCHW', batch: 1, width: 192, height: 224 }],
    ['a dynamic batch without a name', [-1, 3, 224, 192], { layout: 'NCHW', width: 192, height: 224 }],
    ['a dynamic size', ['n', 3, 'h', 'w'], { layout: 'NCHW' }],
  ])('finds the layout and the size with %s', (_, dims, expected) => {
    expect(inspect({ input: [value('x', dims)] })).toEqual({
      name: 'x',
      channels: 3,
      elemType: float32,
      ...expected,
    });
  });

  it('refuses an input that is not a tensor', () => {
    expect(() => inspect({ input: [{ name: 'x', type: {} }] })).toThrow(
      "net.onnx: input 'x' takes neither floats nor bytes; export the model with an input of float32",
    );
  });

  it('tells the image from weights that are listed as inputs, as they were up to opset 9', () => {
    expect(inspect({ input: [value('w', [3]), value('x', ['n', 3, 8, 8])] }).name).toBe('x');
  });

  it.each<[string, number]>([
    ['bytes', uint8],
    ['half floats', float16],
    ['doubles', float64],
  ])('takes images as %s', (_, elemType) => {
    expect(inspect({ input: [value('x', ['n', 3, 8, 8], elemType)] })).toMatchObject({ elemType });
  });

  it.each<[readonly (number | string)[], object]>([
    [['n', 1, 28, 28], { layout: 'NCHW', channels: 1, width: 28 }],
    [['n', 28, 28, 1], { layout: 'NHWC', channels: 1, width: 28 }],
    [[8, 3, 28, 28], { batch: 8 }],
  ])('takes the shape %j', (dims, expected) => {
    expect(inspect({ input: [value('x', dims)] })).toMatchObject(expected);
  });

  it.each<[string, NodeProto[], object]>([
    [
      'channels first, behind a normalisation',
      [node('Sub', ['x', 'mean'], 's'), node('Conv', ['s', 'kernel'], 'c')],
      { layout: 'NCHW', channels: 3 },
    ],
    [
      'channels last, as tf2onnx writes it',
      [node('Transpose', ['x'], 't', { perm: [0, 3, 1, 2] }), node('Conv', ['t', 'kernel'], 'c')],
      { layout: 'NHWC', channels: 3 },
    ],
    [
      'channels first, behind a look at the size, as transformers are exported',
      [node('Shape', ['x'], 'size'), node('Conv', ['x', 'kernel'], 'c')],
      { layout: 'NCHW', channels: 3 },
    ],
  ])('finds in the first convolution of an input of any size: %s', (_, nodes, expected) => {
    const initializer = [{ name: 'kernel', dims: [16, 3, 7, 7], dataType: float32 }];

    expect(inspect({ node: nodes, initializer, input: [value('x', ['n', 'a', 'b', 'c'])] })).toMatchObject(
      expected,
    );
  });

  it.each<[string, Partial<GraphProto>, string]>([
    [
      'two inputs',
      { input: [value('x', ['n', 3, 8, 8]), value('mask', ['n'])] },
      "net.onnx has 2 inputs ('x', 'mask'); expected one, the image",
    ],
    ['no inputs', { input: [] }, 'net.onnx has 0 inputs (none); expected one'],
    [
      'long integers',
      { input: [value('x', ['n', 3, 8, 8], 7)] },
      "net.onnx: input 'x' takes neither floats nor bytes",
    ],
    [
      'any size and no convolution',
      { input: [value('x', ['n', 'a', 'b', 'c'])] },
      'or 1 for grey images: give the folder that also has config.json, or fix the axes when exporting',
    ],
    [
      'a vector of any length',
      { input: [value('x', ['n', 'm'])] },
      "net.onnx: input 'x' has the shape [?, ?]; expected [batch, channels, height, width] or",
    ],
    ['rows of colours', { input: [value('x', ['n', 768])] }, "info('image', 1, ['batch', 16, 16, 3])"],
    [
      'rows of greys',
      { input: [value('x', ['n', 784], float64)] },
      "info('image', 11, ['batch', 28, 28, 1])",
    ],
    [
      'rows of no square',
      { input: [value('x', ['n', 96])] },
      "info('image', 1, ['batch', HEIGHT, WIDTH, 3])",
    ],
    [
      'no shape',
      { input: [{ name: 'x', type: { tensorType: { elemType: float32 } } }] },
      "net.onnx: input 'x' has the shape []; expected [batch, channels",
    ],
  ])('refuses a network with %s', (_, more, message) => {
    expect(() => inspect(more)).toThrow(message);
  });
});
