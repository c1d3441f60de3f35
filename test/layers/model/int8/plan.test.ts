import { describe, expect, it } from 'vitest';
import { readFloatGraph } from '../../../../layers/model/int8/float-graph.ts';
import { planOf } from '../../../../layers/model/int8/plan.ts';
import { floatAttribute, type GraphProto, type NodeProto } from '../../../../layers/model/onnx/proto.ts';
import { node, tensor, value } from '../onnx/networks.ts';

function plan(graph: Partial<GraphProto>) {
  const input = [value('input', [1, 3, 4, 4])];
  const output = [value('y', []), value('z', [])];
  return planOf(readFloatGraph({ name: 'g', node: [], initializer: [], input, output, ...graph }));
}

describe('planOf', () => {
  const first = node('Conv', ['input', 'kernel'], 'x');
  const kernel = tensor('kernel', [3, 3, 1, 1], Array(9).fill(1));
  const matrix = tensor('matrix', [4, 4], Array(16).fill(1));
  const vector = tensor('vector', [1], [1]);
  const zero = tensor('zero', [], [0]);
  const initializer = [kernel, matrix, vector, zero, tensor('line', [3, 3, 1], Array(9).fill(1))];

  it.each([
    ['convolution', [node('Conv', ['x', 'kernel'], 'c'), node('MatMul', ['x', 'matrix'], 'm')], ['c']],
    ['product', [node('MatMul', ['x', 'matrix'], 'm'), node('Conv', ['x', 'kernel'], 'c')], ['m']],
  ])(
    'leaves the other layer in floats where a value has its channels on two axes, a %s first',
    (_, nodes, expected) => {
      const { layers } = plan({
        node: [first, ...nodes, node('Neg', ['c'], 'y'), node('Neg', ['m'], 'z')],
        initializer,
      });

      expect(layers.map((layer) => layer.node.name)).toEqual(expected);
    },
  );

  it.each([
    ['a kernel that is computed', node('Conv', ['x', 'x'], 'l')],
    ['a bias that is computed', node('Conv', ['x', 'kernel', 'x'], 'l')],
    ['two constants', node('MatMul', ['matrix', 'matrix'], 'l')],
    ['one spatial axis', node('Conv', ['x', 'line'], 'l')],
    ['a convolution that gives the scores', node('Conv', ['x', 'kernel'], 'y')],
    ['a product with a tensor', node('MatMul', ['x', 'kernel'], 'l')],
    ['another operator', node('Mul', ['x', 'matrix'], 'l')],
    ['a transposed input', node('Gemm', ['x', 'matrix'], 'l', { transA: 1 })],
    ['a factor', withFactor(node('Gemm', ['x', 'matrix'], 'l'), 'alpha', 2)],
    ['a factor of the bias', withFactor(node('Gemm', ['x', 'matrix', 'vector'], 'l'), 'beta', 0.5)],
    ['one bias for all channels', node('Gemm', ['x', 'matrix', 'vector'], 'l')],
  ])('leaves %s in floats', (_, layer) => {
    const { layers } = plan({ node: [first, layer, node('Neg', ['l'], 'z')], initializer });

    expect(layers).toEqual([]);
  });

  it.each([
    ['products by rows', node('Gemm', ['x', 'matrix'], 'l', { transB: 1 }), 0],
    ['products by columns', withFactor(node('Gemm', ['x', 'matrix'], 'l'), 'alpha', 1), 1],
    ['plain products', node('MatMul', ['x', 'matrix'], 'l'), 1],
    ['convolutions', node('Conv', ['x', 'kernel'], 'l'), 0],
  ])('finds the output channels of %s', (_, layer, axis) => {
    const { layers } = plan({ node: [first, layer, node('Neg', ['l'], 'z')], initializer });

    expect(layers).toMatchObject([{ node: layer, axis }]);
  });

  const second = node('Conv', ['x', 'kernel'], 'l');

  it.each([
    ['a Relu', [node('Relu', ['l'], 'a')]],
    ['a Clip from 0', [node('Clip', ['l', 'zero'], 'a')]],
    ['a Clip from 0 as old graphs have it', [withFactor(node('Clip', ['l'], 'a'), 'min', 0)]],
  ])('lets rounding replace %s', (_, nodes) => {
    const { merged, rounded } = plan({
      node: [first, second, ...nodes, node('Neg', ['a'], 'z')],
      initializer,
    });

    expect([...merged]).toEqual([['l', 'a']]);
    expect([...rounded.keys()]).toEqual(['x', 'a']);
  });

  it.each([
    ['from another bound', [node('Clip', ['l', 'vector'], 'a')]],
    ['without a lower bound', [node('Clip', ['l'], 'a')]],
    ['that takes the value for its bound', [node('Clip', ['x', 'zero', 'l'], 'a')]],
    ['of a value that is used elsewhere', [node('Relu', ['l'], 'a'), node('Neg', ['l'], 'z')]],
    ['that gives the scores', [node('Relu', ['l'], 'y')]],
  ])('keeps an activation %s', (_, nodes) => {
    const { merged, rounded } = plan({
      node: [first, second, ...nodes, node('Neg', ['a'], 'y')],
      initializer,
    });

    expect([...merged]).toEqual([]);
    expect([...rounded.keys()]).toEqual(['x', 'l']);
  });
});

/** Adds a floating-point attribute. */
function withFactor(layer: NodeProto, name: string, f: number): NodeProto {
  return { ...layer, attribute: [...layer.attribute!, { name, type: floatAttribute, f }] };
}
