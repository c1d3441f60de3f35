import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareNetworks, type Precision } from '../../../layers/model/check.ts';
import { encodeModel, float32, intAttribute, type NodeProto } from '../../../layers/model/onnx/proto.ts';
import { kerasResnetPreprocessing } from '../../../layers/model/preprocessing.ts';
import { temporaryFolder } from './fixtures.ts';

const folder = temporaryFolder();
function shape(dims: readonly number[]) {
  return {
    tensorType: { elemType: float32, shape: { dim: dims.map((dimValue) => ({ dimValue })) } },
  };
}

/** A network on images of 2x2 pixels; `x` is its input and `y` its output. */
function network(name: string, ...node: NodeProto[]): string {
  const path = join(folder, name);
  const graph = {
    name,
    node,
    initializer: [],
    input: [{ name: 'x', type: shape([1, 3, 2, 2]) }],
    output: [{ name: 'y', type: {} }],
  };
  writeFileSync(path, encodeModel({ irVersion: 8, graph, opsetImport: [{ version: 17 }] }));
  return path;
}

function node(
  opType: string,
  input: readonly string[],
  output: string,
  attributes: Readonly<Record<string, number>> = {},
): NodeProto {
  return {
    name: output,
    opType,
    input,
    output: [output],
    attribute: Object.entries(attributes).map(([name, i]) => ({ name, type: intAttribute, i })),
  };
}

const flat = node('Flatten', ['x'], 'flat');
const classifier = network('softmax.onnx', flat, node('Softmax', ['flat'], 'y', { axis: 1 }));
const logits = network('logits.onnx', node('Flatten', ['x'], 'y'));
const other = network(
  'other.onnx',
  flat,
  node('Neg', ['flat'], 'negative'),
  node('Softmax', ['negative'], 'y', { axis: 1 }),
);
const wrongAxis = network('axis.onnx', flat, node('Softmax', ['flat'], 'y', { axis: 0 }));
const featureMap = network('map.onnx', node('Relu', ['x'], 'y'));

function compare(
  original: string,
  stored: string,
  activation: 'none' | 'softmax',
  more: { precision?: Precision; side?: number } = {},
) {
  return compareNetworks(original, stored, more.precision ?? 'fp32', {
    input: { name: 'x', layout: 'NCHW', width: more.side ?? 2, height: more.side ?? 2 },
    preprocess: kerasResnetPreprocessing,
    output: { name: 'y', activation },
  });
}

describe('compareNetworks', () => {
  it.each([
    ['probabilities', classifier, 'softmax'],
    ['logits', logits, 'none'],
  ] as const)('counts the classes of a network that answers with %s', async (_, path, activation) => {
    expect(await compare(path, path, activation)).toEqual({ classes: 12, activation, difference: 0 });
  });

  it('sees probabilities where the graph does not show them', async () => {
    expect(await compare(classifier, classifier, 'none')).toMatchObject({ activation: 'softmax' });
  });

  it.each<[Precision, RegExp]>([
    ['fp32', /stored as fp32, the network's probabilities differ by [\d.]+; at most 0.0001 is accepted$/],
    ['fp16', /stored as fp16, .* at most 0.01 is accepted: use --precision fp32$/],
  ])('refuses a network stored as %s that answers differently', async (precision, message) => {
    await expect(compare(classifier, other, 'softmax', { precision })).rejects.toThrow(message);
  });

  it('refuses a softmax that is not one over the classes', async () => {
    await expect(compare(wrongAxis, wrongAxis, 'softmax')).rejects.toThrow(
      /its scores add up to 12 and not to 1/,
    );
  });

  it('refuses an answer that is not one score a class', async () => {
    await expect(compare(featureMap, featureMap, 'none')).rejects.toThrow(
      /answers with float32 \[1, 3, 2, 2\]; expected float32 \[batch, classes\]/,
    );
  });

  it('says on what input a network cannot be run', async () => {
    await expect(compare(classifier, classifier, 'softmax', { side: 3 })).rejects.toThrow(
      /cannot be run on a 1x3x3x3 input/,
    );
  });

  it('says what ONNX Runtime cannot load', async () => {
    const unknown = network('unknown.onnx', node('NoSuchOperator', ['x'], 'y'));

    await expect(compare(unknown, unknown, 'none')).rejects.toThrow(
      /unknown.onnx cannot be loaded by ONNX Runtime: .*NoSuchOperator/,
    );
  });
});
