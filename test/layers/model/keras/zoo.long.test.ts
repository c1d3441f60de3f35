/** Every family of keras.applications and the usual tutorials, converted and compared with Keras' own answers. */
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Preprocessing, preprocess } from '../../../../functions/classify/tensor/preprocess.ts';
import { picture, temporaryFolder, unpacked, unpackTo } from '../fixtures.ts';
import { greatestDifference, runConverted } from './run-converted.ts';

interface ZooModel {
  readonly name: string;
  /** Any size: null. */
  readonly input_shape: readonly [number | null, number | null, number];
  readonly pixels: string;
  /** The distance of Keras' float32 answers from its float64 ones. */
  readonly float32_error: number;
  readonly answers: Readonly<Record<string, ZooAnswer>>;
}

interface ZooAnswer {
  readonly input: readonly [height: number, width: number, channels: number];
  readonly outputs_float64: readonly (readonly number[])[];
}

const folder = temporaryFolder();
const zoo = join(import.meta.dirname, '../fixtures/zoo');
const { models } = JSON.parse(unpacked('zoo/zoo.json').toString()) as { models: readonly ZooModel[] };

const files = models.flatMap((model) =>
  ['keras', 'h5'].map((extension) => ({ ...model, file: `${model.name}.${extension}` })),
);
const present = files.filter(
  ({ file }) => existsSync(join(zoo, file)) || existsSync(join(zoo, `${file}.gz`)),
);

function pathOf(file: string): string {
  if (!existsSync(join(zoo, file))) return unpackTo(folder, `zoo/${file}`);
  const path = join(folder, file);
  copyFileSync(join(zoo, file), path);
  return path;
}

function modeOf({ pixels, input_shape }: ZooModel): Preprocessing['mode'] {
  const named = /mode (caffe|tf|torch)$/.exec(pixels)?.[1];
  if (named) return named as 'caffe' | 'tf' | 'torch';
  return input_shape[2] === 1
    ? { order: 'L', scale: 1, mean: [0], std: [1] }
    : { order: 'RGB', scale: 1, mean: [0, 0, 0], std: [1, 1, 1] };
}

function feed(model: ZooModel, name: string): Float32Array {
  const [height, width] = model.answers[name]!.input;
  const preprocessing = { interpolation: 'nearest', policy: 'stretch', orientation: 'ignore' } as const;
  return preprocess(
    [picture(name)],
    { layout: 'NHWC', width, height },
    { ...preprocessing, mode: modeOf(model) },
  ).data;
}

describe('a converted Keras classifier', () => {
  it('is one of 32 files of 29 models', () => {
    expect(models).toHaveLength(29);
    expect(present).toHaveLength(32);
  });

  it.each(present)("gives Keras' answers: $file", async (model) => {
    const names = Object.keys(model.answers);
    const [height, width] = model.answers[names[0]!]!.input;
    const size = model.input_shape[0] === null ? { size: { width, height } } : {};

    const { outputs } = await runConverted(
      pathOf(model.file),
      names.map((name) => feed(model, name)),
      size,
    );

    const allowed = Math.max(1e-5, 4 * model.float32_error);
    const differences = names.flatMap((name, i) =>
      model.answers[name]!.outputs_float64.map((expected, n) =>
        greatestDifference(outputs[i]![n]!, expected),
      ),
    );
    expect(Math.max(...differences)).toBeLessThanOrEqual(allowed);
  });

  it.each([
    ['mobilenetv2', { hasPreprocessing: false, base: { name: 'MobileNetV2', mode: 'tf' } }],
    ['resnet50v2', { hasPreprocessing: false, base: { name: 'ResNet50V2', mode: 'tf' } }],
    ['vgg16', { hasPreprocessing: false, base: { name: 'VGG16', mode: 'caffe' } }],
    ['transfer-rescaling-softmax', { hasPreprocessing: true, base: { name: 'MobileNetV2' } }],
    ['transfer-ops-binary-sigmoid', { hasPreprocessing: true, base: { name: 'MobileNetV2' } }],
    ['transfer-resnet-caffe-inside', { hasPreprocessing: true, base: { name: 'ResNet50' } }],
    ['efficientnet', { hasPreprocessing: true, base: { name: 'EfficientNet' } }],
    ['grey-mnist', { hasPreprocessing: true, input: { channels: 1, width: 28, height: 28 } }],
    ['transfer-logits', { outputs: [{ classes: 5, activation: 'none' }] }],
    ['transfer-multilabel', { outputs: [{ classes: 6, activation: 'sigmoid' }] }],
    ['transfer-ops-binary-sigmoid', { outputs: [{ classes: 1, activation: 'sigmoid' }] }],
    [
      'two-outputs',
      {
        outputs: [
          { name: 'kind', classes: 3, activation: 'softmax' },
          { name: 'box', classes: 2, activation: 'none' },
        ],
      },
    ],
  ])('describes pixels, base and outputs: %s', async (name, expected) => {
    const { network } = await runConverted(pathOf(`${name}.keras`), []);

    expect(network).toMatchObject(expected);
  });

  it('asks for the size if the model takes any', async () => {
    await expect(runConverted(pathOf('any-size-mixed.keras'), [])).rejects.toThrow(
      'takes images of any size; give the one to use with --size WxH',
    );
  });

  it('refuses a size that is not the model’s own', async () => {
    await expect(
      runConverted(pathOf('grey-mnist.keras'), [], { size: { width: 224, height: 224 } }),
    ).rejects.toThrow('takes 28x28 pixels, not 224x224: leave out --size');
  });
});
