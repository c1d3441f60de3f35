import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGraph, type Graph } from '../../../../layers/model/onnx/graph.ts';
import { renameValues, simplify } from '../../../../layers/model/onnx/simplify.ts';

const number = fc.integer({ min: -200, max: 200 }).map((n) => n / 100);
function numbers(length: number) {
  return fc.array(number, { minLength: length, maxLength: length });
}

type Weights = Record<'kernel' | 'bias' | 'gamma' | 'beta' | 'mean' | 'variance', number[]>;

const epsilon = 1.001e-5;

/** A 1x1 convolution of 3 channels to 2, and a batch normalisation after it. */
function normalised(weights: Weights, tapConvolution = false): Graph {
  const graph = createGraph('model.keras', 'images');
  const weight = (name: keyof Weights, dims: number[]) =>
    graph.weight(name, dims, () => Float32Array.from(weights[name]));
  const convolved = graph.node(
    'Conv',
    'conv',
    ['images', weight('kernel', [2, 3, 1, 1]), weight('bias', [2])],
    {
      kernel_shape: [1, 1],
    },
  );
  graph.node(
    'BatchNormalization',
    'bn',
    [convolved, weight('gamma', [2]), weight('beta', [2]), weight('mean', [2]), weight('variance', [2])],
    { epsilon: { float: epsilon } },
  );
  if (tapConvolution) graph.node('Relu', 'relu', [convolved]);
  return graph;
}

const fine: Weights = {
  kernel: [1, 2, 3, 4, 5, 6],
  bias: [0, 0],
  gamma: [1, 1],
  beta: [0, 0],
  mean: [0, 0],
  variance: [1, 1],
};

function operators({ nodes }: Graph): string[] {
  return nodes.map(({ opType }) => opType);
}

describe('simplify', () => {
  it('folds a batch normalisation into the convolution before it, with the same result', () => {
    const weights = fc.record({
      kernel: numbers(6),
      bias: numbers(2),
      gamma: numbers(2),
      beta: numbers(2),
      mean: numbers(2),
      variance: numbers(2).map((values) => values.map((value) => Math.abs(value) + 0.1)),
    });
    fc.assert(
      fc.property(weights, numbers(3), (w, pixel) => {
        const { nodes, weights: folded } = simplify(normalised(w), ['bn']);

        expect(nodes).toMatchObject([{ opType: 'Conv', output: ['bn'] }]);
        const [kernel, bias] = nodes[0]!.input.slice(1).map((name) => folded.get(name)!.read());
        for (const o of [0, 1]) {
          const convolved = pixel.reduce((sum, value, i) => sum + value * w.kernel[o * 3 + i]!, w.bias[o]!);
          const expected =
            ((convolved - w.mean[o]!) / Math.sqrt(w.variance[o]! + epsilon)) * w.gamma[o]! + w.beta[o]!;
          const found = pixel.reduce(
            (sum, value, i) => sum + value * Number(kernel![o * 3 + i]),
            Number(bias![o]),
          );
          expect(Math.abs(found - expected)).toBeLessThan(1e-4);
        }
      }),
    );
  });

  it('keeps a normalisation whose convolution others use too', () => {
    expect(operators(simplify(normalised(fine, true), ['bn', 'relu']))).toEqual([
      'Conv',
      'BatchNormalization',
      'Relu',
    ]);
    expect(operators(simplify(normalised(fine), ['bn', 'conv']))).toEqual(['Conv', 'BatchNormalization']);
  });

  it('drops nodes and weights that no output needs', () => {
    const { nodes, weights } = simplify(normalised(fine, true), ['relu']);

    expect(nodes.map(({ name }) => name)).toEqual(['conv', 'relu']);
    expect([...weights.keys()]).toEqual(['kernel', 'bias']);
  });

  function padded(
    opType: 'Conv' | 'MaxPool' | 'AveragePool',
    before?: string,
    pads = [0, 0, 1, 2, 0, 0, 3, 4],
  ): Graph {
    const graph = createGraph('model.keras', 'images');
    const input = before ? graph.node(before, 'before', ['images']) : 'images';
    const pad = graph.node('Pad', 'pad', [input, graph.integers('pads', pads)]);
    graph.node(opType, 'out', [pad], { kernel_shape: [5, 5], pads: [1, 1, 1, 1] });
    return graph;
  }

  it('merges a padding into a convolution', () => {
    expect(simplify(padded('Conv'), ['out']).nodes).toMatchObject([
      { opType: 'Conv', input: ['images'], attributes: { pads: [2, 3, 4, 5] } },
    ]);
  });

  it.each<[string, Graph, string[]]>([
    ['a maximum after a Relu', padded('MaxPool', 'Relu', [0, 0, 1, 1, 0, 0, 1, 1]), ['Relu', 'MaxPool']],
    ['no maximum of values below zero', padded('MaxPool', 'Neg'), ['Neg', 'Pad', 'MaxPool']],
    ['no maximum of windows that are all padding', padded('MaxPool', 'Relu'), ['Relu', 'Pad', 'MaxPool']],
    [
      'no average, which would count the zeros',
      padded('AveragePool', 'Relu'),
      ['Relu', 'Pad', 'AveragePool'],
    ],
  ])('merges a padding into %s', (_, graph, expected) => {
    expect(operators(simplify(graph, ['out']))).toEqual(expected);
  });
});

describe('renameValues', () => {
  it('gives an output its name and moves a value that had it', () => {
    const renamed = renameValues(normalised(fine), new Map([['bn', 'conv']]));

    expect(renamed.nodes.map(({ output }) => output)).toEqual([['conv/inner'], ['conv']]);
    expect(renamed.nodes[1]!.input[0]).toBe('conv/inner');
  });
});

describe('createGraph', () => {
  it('keeps names apart, the input’s too', () => {
    const graph = createGraph('model.keras', 'images');

    const names = ['images', 'a', 'a', 'a_2'].map((name) => graph.node('Relu', name, ['images']));

    expect(new Set(['images', ...names]).size).toBe(5);
  });
});
