import { describe, expect, it } from 'vitest';
import { inspectGraph } from '../../../../layers/model/onnx/inspect.ts';
import { float32, type GraphProto } from '../../../../layers/model/onnx/proto.ts';
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
  return inspectGraph(graph(more), 'net.onnx');
}

describe('inspectGraph', () => {
  it.each<[string, readonly (number | string)[], object]>([
    ['channels first', ['n', 3, 224, 192], { layout: 'NCHW', width: 192, height: 224 }],
    ['channels last', ['n', 224, 192, 3], { layout: 'NHWC', width: 192, height: 224 }],
    ['a batch of one', [1, 3, 224, 192], { layout: 'NCHW', width: 192, height: 224 }],
    ['a dynamic batch without a name', [-1, 3, 224, 192], { layout: 'NCHW', width: 192, height: 224 }],
    ['a dynamic size', ['n', 3, 'h', 'w'], { layout: 'NCHW' }],
  ])('finds the layout and the size with %s', (_, dims, expected) => {
    expect(inspect({ input: [value('x', dims)] }).input).toEqual({ name: 'x', ...expected });
  });

  it('tells the image from weights that are listed as inputs, as they were up to opset 9', () => {
    expect(inspect({ input: [value('w', [3]), value('x', ['n', 3, 8, 8])] }).input.name).toBe('x');
  });

  it('finds the output', () => {
    expect(inspect({}).output).toBe('y');
  });

  it.each<[string, Partial<GraphProto>, string]>([
    [
      'two inputs',
      { input: [value('x', ['n', 3, 8, 8]), value('mask', ['n'])] },
      "net.onnx has 2 inputs ('x', 'mask'); expected one, the image",
    ],
    ['no inputs', { input: [] }, 'net.onnx has 0 inputs (none); expected one'],
    ['bytes', { input: [value('x', ['n', 3, 8, 8], 2)] }, "net.onnx: input 'x' does not take float32"],
    [
      'a vector',
      { input: [value('x', ['n', 768])] },
      "net.onnx: input 'x' has the shape [?, 768]; expected [batch, 3, height, width] or",
    ],
    [
      'no shape',
      { input: [{ name: 'x', type: { tensorType: { elemType: float32 } } }] },
      "net.onnx: input 'x' has the shape []; expected [batch, 3",
    ],
    [
      'grey images',
      { input: [value('x', ['n', 1, 28, 28])] },
      'has the shape [?, 1, 28, 28]; expected [batch, 3',
    ],
    [
      'a fixed batch',
      { input: [value('x', [8, 3, 8, 8])] },
      "input 'x' takes batches of 8; expected a dynamic batch, or 1",
    ],
    [
      'two outputs',
      { output: [value('y', ['n', 2]), value('boxes', ['n', 4])] },
      "net.onnx has 2 outputs ('y', 'boxes'); expected one, the scores",
    ],
  ])('refuses a network with %s', (_, more, message) => {
    expect(() => inspect(more)).toThrow(message);
  });
});
