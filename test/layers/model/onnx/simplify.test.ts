import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGraph, type Graph, type GraphBuilder } from '../../../../layers/model/onnx/graph.ts';
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

  function statistics(graph: GraphBuilder): string[] {
    const numbers = { gamma: [2, 3], beta: [5, 7], mean: [1, 2], variance: [0.25, 4] };
    return Object.entries(numbers).map(([name, values]) =>
      graph.weight(name, [2], () => Float32Array.from(values)),
    );
  }

  it('folds a batch normalisation into the transposed convolution before it', () => {
    const graph = createGraph('model.keras', 'images');
    const kernel = graph.weight('kernel', [1, 2, 1, 2], () => Float32Array.of(1, 2, 3, 4));
    const up = graph.node('ConvTranspose', 'up', ['images', kernel]);
    graph.node('BatchNormalization', 'bn', [up, ...statistics(graph)], { epsilon: { float: 0 } });

    const { nodes, weights } = simplify(graph, ['bn']);

    expect(nodes).toMatchObject([{ opType: 'ConvTranspose', output: ['bn'] }]);
    // The scales are 2 / 0.5 and 3 / 2.
    expect(weights.get(nodes[0]!.input[1]!)!.read()).toEqual(Float32Array.of(4, 8, 4.5, 6));
    expect(weights.get(nodes[0]!.input[2]!)!.read()).toEqual(Float32Array.of(1, 4));
  });

  it.each([
    ['with a bias', true, [41, 34]],
    ['without a bias', false, [1, 4]],
  ])('folds a batch normalisation into the product before it, %s', (_, hasBias, expected) => {
    const graph = createGraph('model.keras', 'vector');
    const kernel = graph.weight('kernel', [2, 2], () => Float32Array.of(1, 2, 3, 4));
    const product = graph.node('MatMul', 'dense', ['vector', kernel]);
    const bias = graph.weight('bias', [2], () => Float32Array.of(10, 20));
    const logits = hasBias ? graph.node('Add', 'logits', [product, bias]) : product;
    graph.node('BatchNormalization', 'bn', [logits, ...statistics(graph)], { epsilon: { float: 0 } });

    const { nodes, weights } = simplify(graph, ['bn']);

    expect(nodes).toMatchObject([{ opType: 'MatMul' }, { opType: 'Add', output: ['bn'] }]);
    expect(nodes[1]!.input[0]).toBe(nodes[0]!.output[0]);
    expect(weights.get(nodes[0]!.input[1]!)!.read()).toEqual(Float32Array.of(4, 3, 12, 6));
    expect(weights.get(nodes[1]!.input[1]!)!.read()).toEqual(Float32Array.from(expected));
  });

  it.each([
    ['a sum of two tensors', 'Add'],
    ['another operator', 'Relu'],
  ])('keeps a normalisation of %s', (_, opType) => {
    const graph = createGraph('model.keras', 'vector');
    const before = graph.node(opType, 'before', ['vector', 'vector']);
    graph.node('BatchNormalization', 'bn', [before, ...statistics(graph)], { epsilon: { float: 0 } });

    expect(operators(simplify(graph, ['bn']))).toEqual([opType, 'BatchNormalization']);
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
    fill = 0,
  ): Graph {
    const graph = createGraph('model.keras', 'images');
    const input = before ? graph.node(before, 'before', ['images']) : 'images';
    const pad = graph.node('Pad', 'pad', [input, graph.integers('pads', pads), graph.scalar('fill', fill)]);
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
    [
      'no convolution, if it has another value than zero',
      padded('Conv', 'Relu', undefined, 7),
      ['Relu', 'Pad', 'Conv'],
    ],
    [
      'no convolution, if it adds channels',
      padded('Conv', 'Relu', [0, 1, 1, 1, 0, 1, 1, 1]),
      ['Relu', 'Pad', 'Conv'],
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
