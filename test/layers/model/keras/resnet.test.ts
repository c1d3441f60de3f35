import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { findResnet, type Resnet } from '../../../../layers/model/keras/resnet.ts';
import { openKerasFile } from '../../../../layers/model/keras/weights-file.ts';
import { UnusableModel } from '../../../../layers/model/unusable-model.ts';
import {
  layouts,
  type TestLayer,
  temporaryFolder,
  thinLayers,
  tinyLayers,
  unpackTo,
  writeHdf5,
  writeList,
  writeNamed,
  writeTensor,
} from '../fixtures.ts';

const folder = temporaryFolder();
const path = join(folder, 'some.h5');

/** Reads everything while the file is open: by unit, what each of its tensors holds. */
async function readAll(file: string): Promise<Record<string, unknown>> {
  const open = await openKerasFile(file);
  try {
    const { units, head } = findResnet(open);
    const values = [...units.values()].map(({ name, kernel, bias, gamma, beta, mean, variance, epsilon }) => [
      name,
      { epsilon, tensors: [kernel, bias, gamma, beta, mean, variance].map((tensor) => tensor.read()) },
    ]);
    return { ...Object.fromEntries(values), head: [head.kernel.read(), head.bias.read()] };
  } finally {
    await open.close();
  }
}

async function find(layers: readonly TestLayer[]): Promise<Resnet> {
  const file = await openKerasFile(writeNamed(path, layers));
  return Promise.resolve(file).then(findResnet).finally(file.close);
}

function replaced(layers: readonly TestLayer[], name: string, change: (layer: TestLayer) => TestLayer) {
  return layers.map((layer) => (layer.name === name ? change(layer) : layer));
}

let thin: TestLayer[];
let original: Record<string, unknown>;
beforeAll(async () => {
  thin = await thinLayers(folder);
  original = await readAll(join(folder, 'resnet50_thin10_official.h5'));
});

describe('findResnet', () => {
  it.each(layouts)('finds the same weights in %s as in every other layout', async (layout) => {
    expect(await readAll(unpackTo(folder, `thin10/${layout}`))).toEqual(original);
  });

  it('goes by the names of the layers, in whatever order they stand', async () => {
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(thin, { minLength: thin.length }), async (shuffled) => {
        expect(await readAll(writeNamed(path, shuffled))).toEqual(original);
      }),
      { numRuns: 2 },
    );
  });

  it('goes by order, as Keras does, where the layers have other names', async () => {
    const renamed = thin.map((layer, i) => ({ ...layer, name: `layer_${i}` }));

    expect(await readAll(writeNamed(path, renamed))).toEqual(original);
  });

  it('knows the names from before 2019, their order and their epsilon', async () => {
    const letters = 'abcdef';
    const legacy = (name: string): string =>
      name
        .replace('conv1_conv', 'conv1')
        .replace('conv1_bn', 'bn_conv1')
        .replace('predictions', 'fc1000')
        .replace(
          /^conv(\d)_block(\d)_(\d)_(conv|bn)$/,
          (_, stage, block, place, kind) =>
            `${kind === 'conv' ? 'res' : 'bn'}${stage}${letters[block - 1]}_branch${['1', '2a', '2b', '2c'][place]}`,
        );
    const isShortcut = ({ name }: TestLayer) => name.endsWith('branch1');
    const renamed = thin.map((layer) => ({ ...layer, name: legacy(layer.name) }));
    // At that time, a block's shortcut came after its other convolutions.
    const file = writeNamed(path, [
      ...renamed.filter((layer) => !isShortcut(layer)),
      ...renamed.filter(isShortcut),
    ]);

    const found = await readAll(file);

    const epsilons = Object.entries(original).map(([unit, weights]) => [
      unit,
      unit === 'head' ? weights : { ...(weights as object), epsilon: 1e-3 },
    ]);
    expect(found).toEqual(Object.fromEntries(epsilons));
  });

  it('finds a network that is a layer of another, as after transfer learning', async () => {
    const base = thin.slice(0, -1);
    const head = thin.at(-1)!;
    writeHdf5(path, (root) => {
      writeList(root, 'layer_names', ['resnet50', 'dense']);
      const group = root.create_group('resnet50');
      const paths = base.flatMap(({ name, tensors }) => tensors.map((tensor) => `${name}/${tensor.name}`));
      // Keras lists what is trained first, so a normalisation's tensors are apart.
      writeList(group, 'weight_names', [
        ...paths.filter((weight) => !weight.includes('moving')),
        ...paths.filter((weight) => weight.includes('moving')),
      ]);
      for (const { name, tensors } of base) {
        group.create_group(name);
        for (const tensor of tensors) writeTensor(group, `${name}/${tensor.name}`, tensor);
      }
      const dense = root.create_group('dense');
      writeList(
        dense,
        'weight_names',
        head.tensors.map(({ name }) => name),
      );
      for (const tensor of head.tensors) writeTensor(dense, tensor.name, tensor);
    });

    expect(await readAll(path)).toEqual(original);
  });

  it('names the layer that is missing, whichever it is', async () => {
    const layers = tinyLayers();
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: layers.length - 2 }), async (missing) => {
        const name = layers[missing]!.name;
        await expect(find(layers.toSpliced(missing, 1))).rejects.toThrow(`layer '${name}' is missing`);
      }),
      { numRuns: 4 },
    );
  });

  it('names the layer of another shape, with what was found and expected', async () => {
    const layers = tinyLayers();
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: layers.length - 2 }), async (place) => {
        const { name, tensors } = layers[place]!;
        const expected = tensors[1]!.shape[0]!;
        const wrong = { ...tensors[1]!, shape: [expected + 1], values: new Float32Array(expected + 1) };
        const changed = replaced(layers, name, (layer) => ({ ...layer, tensors: tensors.with(1, wrong) }));
        await expect(find(changed)).rejects.toThrow(
          `layer '${name}': /${name}/${name}/${wrong.name} is [${expected + 1}]; expected [${expected}]`,
        );
      }),
      { numRuns: 4 },
    );
  });

  it.each<[string, (layers: TestLayer[]) => readonly TestLayer[], RegExp]>([
    [
      'no classes',
      (layers) => layers.slice(0, -1),
      /no dense layer, so no classes \(it was saved with include_top=False\)/,
    ],
    [
      'two dense layers',
      (layers) => [...layers, { ...layers.at(-1)!, name: 'dense_1' }],
      /has 2 dense layers \('predictions', 'dense_1'\); expected one/,
    ],
    [
      'a yes-or-no head',
      (layers) =>
        replaced(layers, 'predictions', (layer) => ({
          ...layer,
          tensors: [
            { name: 'kernel:0', shape: [32, 1], values: new Float32Array(32) },
            { name: 'bias:0', shape: [1], values: new Float32Array(1) },
          ],
        })),
      /layer 'predictions' has 1 output; expected 2 or more classes with a softmax/,
    ],
    [
      'a flattened feature map before the head',
      (layers) =>
        replaced(layers, 'predictions', ({ name, tensors }) => ({
          name,
          tensors: tensors.with(0, {
            name: 'kernel:0',
            shape: [49 * 32, 2],
            values: new Float32Array(49 * 64),
          }),
        })),
      /layer 'predictions': .* is \[1568, 2\]; expected \[32, 2\]/,
    ],
    [
      'pre-activation, as version 2 has',
      (layers) => [...layers, { ...layers[1]!, name: 'post_bn' }],
      /is a ResNet version 2 \(layer 'post_bn'\); supported are ResNet50, ResNet101, ResNet152, version 1/,
    ],
    [
      'a layer that it should not have',
      (layers) => [...layers, { ...layers[1]!, name: 'extra_bn' }],
      /layer 'extra_bn' is not part of a ResNet50/,
    ],
    [
      'a layer of another kind',
      (layers) => [...layers, { name: 'normalization', tensors: layers[1]!.tensors.slice(0, 2) }],
      /layer 'normalization' has weights of the shapes \[1\], \[1\]; .*: it is not part of a ResNet/,
    ],
    [
      'other names and one convolution too few',
      (layers) => layers.toSpliced(4, 1).map((layer, i) => ({ ...layer, name: `layer_${i}` })),
      /has 52 convolutions; ResNet50, ResNet101, ResNet152 have 53, 104, 155/,
    ],
    [
      'other names and one normalisation too few',
      (layers) => layers.toSpliced(5, 1).map((layer, i) => ({ ...layer, name: `layer_${i}` })),
      /has 52 batch normalisations; expected one for each of the 53 convolutions/,
    ],
    [
      'far more channels than a ResNet has',
      (layers) =>
        replaced(layers, 'conv1_conv', ({ name, tensors }) => ({
          name,
          tensors: tensors.with(0, {
            name: 'kernel:0',
            shape: [7, 7, 3, 257],
            values: new Float32Array(7 * 7 * 3 * 257),
          }),
        })),
      /layer 'conv1_conv' has 257 channels; expected 64 \(at most 256\)/,
    ],
    [
      'more blocks than any ResNet',
      (layers) => [...layers, { ...layers[0]!, name: 'conv4_block40_1_conv' }],
      /stage conv4 has 40 blocks; ResNet50, ResNet101, ResNet152 have 6, 23 and 36/,
    ],
  ])('refuses a network with %s', async (_, change, message) => {
    const found = find(change(tinyLayers()));

    await expect(found).rejects.toThrow(UnusableModel);
    await expect(found).rejects.toThrow(message);
  });

  it('refuses a network that takes other steps, where the file says which', async () => {
    const file = await openKerasFile(writeNamed(path, tinyLayers()));
    const strides = new Map([['conv2_block1_1_conv', 2]]);

    expect(() => findResnet({ ...file, config: { ...file.config, strides } })).toThrow(
      "layer 'conv2_block1_1_conv' has stride 2; expected 1",
    );
    await file.close();
  });

  it('leaves out the state of random numbers, which augmentation layers have', async () => {
    const state = { name: 'StateVar:0', shape: [3], values: new Int32Array(3) };

    const resnet = await find([{ name: 'random_flip', tensors: [state] }, ...tinyLayers()]);

    expect(resnet).toMatchObject({ title: 'ResNet50', classes: 2 });
  });
});
