import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { preprocess } from '../../../../../functions/classify/tensor/preprocess.ts';
import type { WeightsOnlyAnswers } from '../../../../../layers/model/keras/converted.ts';
import { UnusableModel } from '../../../../../layers/model/unusable-model.ts';
import {
  kerasLogits,
  layouts,
  picture,
  type TestLayer,
  temporaryFolder,
  tinyLayers,
  unpackTo,
  writeNamed,
} from '../../fixtures.ts';
import { runConverted } from '../run-converted.ts';

const folder = temporaryFolder();
const path = join(folder, 'some.h5');
const answers: WeightsOnlyAnswers = { activation: 'none', pooling: 'average', hasPreprocessing: true };
const size = { width: 32, height: 32 };
const weightsOnly = layouts.filter((layout) => !/model|\.keras$/.test(layout));

function replaced(name: string, change: (layer: TestLayer) => TestLayer): TestLayer[] {
  return tinyLayers().map((layer) => (layer.name === name ? change(layer) : layer));
}

describe('a file of weights alone', () => {
  it.each(weightsOnly)("gives Keras' logits where it is a ResNet50: %s", async (layout) => {
    const china = preprocess(
      [picture('china')],
      { layout: 'NHWC', width: 224, height: 224 },
      { mode: 'caffe', interpolation: 'nearest', policy: 'stretch', orientation: 'ignore' },
    );

    const { network, outputs } = await runConverted(unpackTo(folder, `thin10/${layout}`), [china.data], {
      weightsOnly: answers,
    });

    const expected = kerasLogits('thin10', 'china');
    expect(Math.max(...expected.map((value, i) => Math.abs(value - outputs[0]![0]![i]!)))).toBeLessThan(1e-4);
    expect(network.title).toBe('ResNet50');
    expect(network.assumptions).toEqual([
      expect.stringMatching(/holds only weights: assumed to be .*ResNet50/),
    ]);
  });

  it('is read by the names of its layers, in any order', async () => {
    const [first, ...rest] = tinyLayers();
    writeNamed(path, [...rest.toReversed(), first!]);

    const { network } = await runConverted(path, [], { size, weightsOnly: answers });

    expect(network.outputs).toMatchObject([{ classes: 2, activation: 'none' }]);
  });

  it('has the head and pooling of keras.applications where it is a published file', async () => {
    writeNamed(path, tinyLayers());

    const { network } = await runConverted(path, [], { isPublished: true, size });

    expect(network.outputs[0]!.activation).toBe('softmax');
    expect(network.assumptions[0]).toMatch(/with average pooling and a softmax$/);
  });

  it('computes other scores with maximum pooling', async () => {
    const file = unpackTo(folder, 'thin10/resnet50_thin10.weights.h5');
    const pixels = Float32Array.from({ length: 64 * 64 * 3 }, (_, i) => ((i * 37) % 255) - 120);
    const run = async (pooling: 'average' | 'max') => {
      const { outputs } = await runConverted(file, [pixels], {
        size: { width: 64, height: 64 },
        weightsOnly: { ...answers, pooling },
      });
      return outputs[0]![0]!;
    };

    expect(await run('max')).not.toEqual(await run('average'));
  });

  it.each<[string, Partial<WeightsOnlyAnswers>]>([
    ['pooling', { activation: 'softmax', hasPreprocessing: true }],
    ['activation', { pooling: 'average', hasPreprocessing: true }],
    ['preprocessing', { pooling: 'average', activation: 'softmax' }],
  ])('is refused without an answer on its %s', async (_, given) => {
    writeNamed(path, tinyLayers());

    await expect(
      runConverted(path, [], { size, weightsOnly: { hasPreprocessing: false, ...given } }),
    ).rejects.toThrow(
      /holds only weights, without .*: give --pooling average or max, --activation .*, and --mode/,
    );
  });

  it.each<[string, TestLayer[], RegExp]>([
    ['no dense layer', tinyLayers().slice(0, -1), /it has 53 batch normalisations and 0 dense layers/],
    ['one convolution too few', tinyLayers().toSpliced(4, 1), /it has 52 convolutions/],
    ['one normalisation too few', tinyLayers().toSpliced(5, 1), /it has 52 batch normalisations/],
    [
      'a layer of another name',
      replaced('conv2_block1_2_conv', (layer) => ({ ...layer, name: 'res2a_branch2b' })),
      /it has no layer 'conv2_block1_2_conv'/,
    ],
    [
      'a layer of another kind',
      [...tinyLayers(), { name: 'normalization', tensors: tinyLayers()[1]!.tensors.slice(0, 2) }],
      /layer 'normalization' has weights of the ranks 1,1/,
    ],
    [
      'a flattened feature map before the head',
      replaced('predictions', ({ name, tensors }) => ({
        name,
        tensors: tensors.with(0, { name: 'kernel:0', shape: [98, 2], values: new Float32Array(196) }),
      })),
      /kernel:0 is \[98, 2\] and not \[32, 2\]/,
    ],
  ])('is refused with %s', async (_, layers, message) => {
    writeNamed(path, layers);

    const converted = runConverted(path, [], { size, weightsOnly: answers });

    await expect(converted).rejects.toThrow(UnusableModel);
    await expect(converted).rejects.toThrow(message);
    await expect(converted).rejects.toThrow("save the whole model with model.save('x.keras')");
  });

  it('may hold the state of random numbers, which predicts nothing', async () => {
    const state = { name: 'StateVar:0', shape: [3], values: new Int32Array(3) };
    writeNamed(path, [{ name: 'random_flip', tensors: [state] }, ...tinyLayers()]);

    const { network } = await runConverted(path, [], { size, weightsOnly: answers });

    expect(network.outputs[0]!.classes).toBe(2);
  });
});
