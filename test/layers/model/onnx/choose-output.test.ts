import { describe, expect, it } from 'vitest';
import { chooseOutput, type OutputChoice } from '../../../../layers/model/onnx/choose-output.ts';
import {
  float16,
  type GraphProto,
  type NodeProto,
  type ValueProto,
} from '../../../../layers/model/onnx/proto.ts';
import { node, value } from './networks.ts';

const int64 = 7;
const dense = node('Gemm', ['x', 'w'], 'logits');
const scores = value('scores', ['n', 5]);
const features = value('features', ['n', 16]);
const classLabel: ValueProto = { name: 'classLabel', type: { tensorType: { elemType: int64 } } };
const map: ValueProto = { name: 'loss', type: {} };

function zipMap(attribute: NodeProto['attribute']): NodeProto {
  return {
    name: 'zip',
    opType: 'ZipMap',
    domain: 'ai.onnx.ml',
    input: ['probabilities'],
    output: ['loss'],
    ...(attribute && { attribute }),
  };
}

function choose(
  output: readonly ValueProto[],
  choice: OutputChoice = {},
  nodes: readonly NodeProto[] = [dense],
) {
  const graph: GraphProto = { name: 'g', node: nodes, initializer: [], input: [], output };
  return chooseOutput(graph, choice, 'net.onnx');
}

describe('chooseOutput', () => {
  it.each<[string, Parameters<typeof choose>, string]>([
    ['the only one', [[scores]], 'scores'],
    ['the only one with floats', [[classLabel, scores]], 'scores'],
    ['the only one with as many numbers as labels', [[features, scores], { labelCount: 5 }], 'scores'],
    ['a single number for two labels', [[features, value('p', ['n', 1])], { labelCount: 2 }], 'p'],
    ["the user's", [[features, scores], { output: 'features' }], 'features'],
    ["the user's, though it is inside the graph", [[scores], { output: 'logits' }], 'logits'],
    ['one with further dimensions of 1', [[features, value('p', ['n', 5, 1, 1])], { labelCount: 5 }], 'p'],
  ])('takes %s', (_, args, name) => {
    expect(choose(...args).name).toBe(name);
  });

  it('says what type the scores have', () => {
    expect(choose([value('half', ['n', 5], float16)])).toMatchObject({ elemType: float16 });
    expect(choose([scores], { output: 'logits' })).not.toHaveProperty('elemType');
  });

  it('takes the scores that a map of labels to scores is made of, and its labels', () => {
    const strings = ['cat', 'große Dogge'].map((text) => new TextEncoder().encode(text));
    const labelled = zipMap([{ name: 'classlabels_strings', type: 8, strings }]);

    expect(choose([classLabel, map], {}, [labelled])).toMatchObject({
      name: 'probabilities',
      labels: ['cat', 'große Dogge'],
    });
    expect(choose([map], { output: 'loss' }, [labelled])).toMatchObject({ name: 'probabilities' });
  });

  const named = (name: string, ...names: string[]): NodeProto => ({
    ...node('LinearClassifier', ['x'], name),
    attribute: [
      { name: 'classlabels_strings', type: 8, strings: names.map((text) => new TextEncoder().encode(text)) },
    ],
  });

  it.each<[string, readonly NodeProto[], readonly string[] | undefined]>([
    ['a classifier', [dense, named('scores', 'cat', 'dog')], ['cat', 'dog']],
    ['two that agree', [named('a', 'cat', 'dog'), named('scores', 'cat', 'dog')], ['cat', 'dog']],
    ['two that do not', [named('a', 'cat', 'dog'), named('scores', 'dog', 'cat')], undefined],
    ['one of other classes', [named('scores', 'cat', 'dog', 'elk')], undefined],
  ])('takes the labels of the classifiers in the graph: %s', (_, nodes, labels) => {
    expect(choose([value('scores', ['n', 2])], {}, nodes).labels).toEqual(labels);
    expect(choose([value('scores', ['n', 2])], { output: 'scores' }, nodes).labels).toEqual(labels);
  });

  it('takes no labels from a map whose keys are numbers', () => {
    const numbered = zipMap([{ name: 'classlabels_int64s', type: 7, ints: [0, 1] }]);

    expect(choose([map], {}, [numbered])).toEqual({ name: 'probabilities', classes: 2 });
  });

  it.each<[string, Parameters<typeof choose>, string]>([
    [
      'several outputs, none of which fits the labels',
      [[features, scores], { labelCount: 7 }],
      "net.onnx has 2 outputs ('features', 'scores'), and the number of labels does not decide between them: name the one with the scores with --output NAME",
    ],
    [
      'several outputs without labels',
      [[features, scores]],
      'name the one with the scores with --output NAME',
    ],
    [
      'an unknown name',
      [[features, scores], { output: 'probs' }],
      "net.onnx has no output 'probs', and no node of that output; its outputs are 'features', 'scores'",
    ],
    [
      'the best class alone',
      [
        [{ ...classLabel, name: 'best' }],
        {},
        [dense, node('ArgMax', ['logits'], 'a'), node('Cast', ['a'], 'best')],
      ],
      "output 'best' ranks the classes (ArgMax) instead of scoring each: take the scores it is computed from with --output logits",
    ],
    [
      'the best scores in their order, which are floats too',
      [
        [value('values', ['n', 3])],
        {},
        [dense, { ...node('TopK', ['logits', 'k'], 'values'), output: ['values', 'indices'] }],
      ],
      "output 'values' ranks the classes (TopK) instead of scoring each",
    ],
    [
      'quantised scores',
      [
        [value('quantised', ['n', 5], 2)],
        {},
        [dense, node('QuantizeLinear', ['logits', 's', 'z'], 'quantised')],
      ],
      "output 'quantised' holds quantised numbers: take the values before quantisation with --output logits",
    ],
    ['texts alone', [[classLabel]], "no floating-point output ('classLabel'): name a value"],
    [
      'integers by name',
      [[classLabel, scores], { output: 'classLabel' }],
      "has no floating-point output ('classLabel')",
    ],
    ['no output', [[]], 'no floating-point output (none)'],
  ])('refuses %s', (_, args, message) => {
    expect(() => choose(...args)).toThrow(message);
  });

  it('does not run in a circle in a damaged graph', () => {
    const circle = [node('Cast', ['b'], 'a'), node('Cast', ['a'], 'b')];

    expect(() => choose([{ name: 'a', type: { tensorType: { elemType: int64 } } }], {}, circle)).toThrow(
      'no floating-point output',
    );
  });
});
