import { describe, expect, it } from 'vitest';
import { type NodeProto, producersOf } from '../../../../layers/model/onnx/proto.ts';
import { traceBack } from '../../../../layers/model/onnx/trace-back.ts';
import { node } from './networks.ts';

const operators = new Set(['Identity', 'Reshape']);

function trace(value: string, nodes: readonly NodeProto[]) {
  const graph = { name: 'g', node: nodes, initializer: [], input: [], output: [] };
  return traceBack(value, producersOf(graph), operators);
}

describe('traceBack', () => {
  const first = node('Relu', ['x'], 'a');
  const second = node('Reshape', ['a', 'shape'], 'b');
  const third = node('Identity', ['b'], 'c');

  it('stops at the value that another operator computes', () => {
    expect(trace('c', [first, second, third])).toEqual({ value: 'a', passing: [third, second] });
  });

  it.each(['a', 'x'])('finds that nothing passes %s on', (value) => {
    expect(trace(value, [first])).toEqual({ value, passing: [] });
  });

  it('ends at an operator without an input', () => {
    expect(trace('c', [node('Identity', [], 'c')])).toMatchObject({ value: '' });
  });

  it.each([
    ['an operator that takes its own output', [node('Identity', ['c'], 'c')]],
    ['a cycle of two operators', [node('Identity', ['b'], 'c'), node('Identity', ['c'], 'b')]],
  ])('gives up on %s', (_, nodes) => {
    expect(trace('c', nodes)).toBeUndefined();
  });
});
