import { describe, expect, it } from 'vitest';
import { readFloatGraph } from '../../../../layers/model/int8/float-graph.ts';
import { planOf } from '../../../../layers/model/int8/plan.ts';
import type { GraphProto } from '../../../../layers/model/onnx/proto.ts';
import { node, tensor, value } from '../onnx/networks.ts';

function plan(graph: Partial<GraphProto>) {
  const input = [value('input', [1, 3, 4, 4])];
  const output = [value('y', []), value('z', [])];
  return planOf(readFloatGraph({ name: 'g', node: [], initializer: [], input, output, ...graph }));
}

describe('planOf', () => {
  const first = node('Conv', ['input', 'kernel'], 'x');
  const kernel = tensor('kernel', [3, 3, 1, 1], Array(9).fill(1));
  const matrix = tensor('matrix', [4, 2], Array(8).fill(1));

  it.each([
    ['convolution', [node('Conv', ['x', 'kernel'], 'c'), node('MatMul', ['x', 'matrix'], 'm')], ['c']],
    ['product', [node('MatMul', ['x', 'matrix'], 'm'), node('Conv', ['x', 'kernel'], 'c')], ['m']],
  ])(
    'leaves the other layer in floats where a value has its channels on two axes, a %s first',
    (_, nodes, expected) => {
      const { layers } = plan({
        node: [first, ...nodes, node('Neg', ['c'], 'y'), node('Neg', ['m'], 'z')],
        initializer: [kernel, matrix],
      });

      expect(layers.map((layer) => layer.node.name)).toEqual(expected);
    },
  );
});
