import { describe, expect, it } from 'vitest';
import { findEnding, isQuantised } from '../../../../layers/model/onnx/ending.ts';
import type { NodeProto } from '../../../../layers/model/onnx/proto.ts';
import { node } from './networks.ts';

function graphOf(nodes: readonly NodeProto[]) {
  return { name: 'g', node: nodes, initializer: [], input: [], output: [] };
}

const dense = node('Gemm', ['x', 'w'], 'l');

describe('findEnding', () => {
  it.each<[string, NodeProto[]]>([
    ['nothing', []],
    ['a change of shape', [node('Squeeze', ['s'], 'q'), node('Identity', ['q'], 'y')]],
    ['quantisation', [node('QuantizeLinear', ['s'], 'q'), node('DequantizeLinear', ['q'], 'y')]],
    ['a clip', [node('Clip', ['s', 'low', 'high'], 'y')]],
    ['a cast', [node('Cast', ['s'], 'y')]],
    ['dropout', [node('Dropout', ['s'], 'y')]],
    ['a reshape', [node('Reshape', ['s', 'shape'], 'y')]],
  ])('recognises a softmax and a sigmoid behind %s', (_, after) => {
    const output = after.length > 0 ? 'y' : 's';

    for (const [operator, kind] of [
      ['Softmax', 'softmax'],
      ['Sigmoid', 'sigmoid'],
    ] as const) {
      expect(findEnding(graphOf([dense, node(operator, ['l'], 's'), ...after]), output)).toEqual({
        kind,
        description: `ends with ${operator}`,
        input: 'l',
      });
    }
  });

  it.each<[string, NodeProto[], string]>([
    [
      'a softmax spelled out',
      [node('Exp', ['l'], 'e'), node('ReduceSum', ['e'], 's'), node('Div', ['e', 's'], 'y')],
      'softmax',
    ],
    ['a division of something else', [node('Exp', ['l'], 'e'), node('Div', ['e', 'l'], 'y')], 'unknown'],
    ['a log-softmax', [node('LogSoftmax', ['l'], 'y')], 'log-softmax'],
    ['a layer of weights', [node('Gemm', ['x', 'w'], 'y')], 'logits'],
    ['weights and their bias', [node('MatMul', ['x', 'w'], 'm'), node('Add', ['m', 'b'], 'y')], 'logits'],
    ['weights that are clipped', [node('Gemm', ['x', 'w'], 'm'), node('Clip', ['m'], 'y')], 'unknown'],
    ['a hard sigmoid', [node('HardSigmoid', ['l'], 'y')], 'unknown'],
    [
      'a sigmoid spelled out',
      [
        node('Neg', ['l'], 'n'),
        node('Exp', ['n'], 'e'),
        node('Add', ['e', 'one'], 'a'),
        node('Div', ['one', 'a'], 'y'),
      ],
      'unknown',
    ],
    ['percentages', [node('Softmax', ['l'], 's'), node('Mul', ['s', 'hundred'], 'y')], 'unknown'],
    ["another's operator called Softmax", [{ ...node('Softmax', ['l'], 'y'), domain: 'my' }], 'unknown'],
    ['a circle', [node('Identity', ['y'], 'i'), node('Identity', ['i'], 'y')], 'unknown'],
    ['an output that no node computes', [], 'unknown'],
  ])('recognises %s without mistaking it for another ending', (_, nodes, kind) => {
    expect(findEnding(graphOf([dense, ...nodes]), 'y').kind).toBe(kind);
  });
});

describe('isQuantised', () => {
  it.each([
    ['QLinearConv', true],
    ['DequantizeLinear', true],
    ['DynamicQuantizeLinear', true],
    ['MatMulInteger', true],
    ['Conv', false],
  ])('of a graph with %s is %s', (operator, expected) => {
    expect(isQuantised(graphOf([node(operator, ['x', 'w'], 'y')]))).toBe(expected);
  });
});
