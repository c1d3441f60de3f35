/** Folders as the hub keeps them, compared with the answers of transformers: no option is given. */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createClassifier } from '../../../../functions/classify/network/classifier.ts';
import type { Preprocessing } from '../../../../functions/classify/tensor/preprocess.ts';
import { buildModel, type ModelRequest } from '../../../../layers/model/build-model.ts';
import { findSource } from '../../../../layers/model/source.ts';
import { pixelsOf, tensorOf } from '../answers.ts';
import { temporaryFolder } from '../fixtures.ts';

const fixtures = join(import.meta.dirname, '../fixtures/hub');
const folders = ['vit', 'vit-multilabel', 'convnext', 'resnet', 'mobilenetv2'];

async function build(from: string, more: Partial<ModelRequest> = {}) {
  const folder = join(temporaryFolder(), 'model');
  const source = await findSource('net', from);
  const built = await buildModel(
    { name: 'net', source, precision: 'fp32', preprocessing: {}, ...more },
    folder,
  );
  return { folder, ...built };
}

function expectedOf(name: string): {
  pixels_sha256: Record<string, string>;
  probabilities: Record<string, number[]>;
} {
  return JSON.parse(readFileSync(join(fixtures, name, 'expected.json'), 'utf8'));
}

/** A copy of a fixture that may be changed. */
function copyOf(name: string): string {
  const folder = join(temporaryFolder(), name);
  cpSync(join(fixtures, name), folder, { recursive: true });
  return folder;
}

function change(folder: string, file: string, values: Readonly<Record<string, unknown>>): void {
  const path = join(folder, file);
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...values }));
}

async function expectAnswers(modelDir: string, name: string): Promise<void> {
  const { manifest, classify } = await createClassifier(modelDir, { topK: 5, minScore: 0 });
  const { pixels_sha256, probabilities } = expectedOf(name);
  const preprocess = manifest.preprocess as Preprocessing;
  for (const [picture, wanted] of Object.entries(probabilities)) {
    expect(await pixelsOf(picture, manifest.input, preprocess)).toBe(pixels_sha256[picture]);
    const [classification] = await classify(await tensorOf(picture, manifest.input, preprocess));
    const { predictions } = classification!;
    expect(predictions.length).toBe(wanted.length);
    for (const { index, label, score } of predictions) {
      expect(label).toBe(`kind ${index}`);
      expect(Math.abs(score - wanted[index]!)).toBeLessThan(1e-4);
    }
  }
}

describe('a folder of the Hugging Face hub', () => {
  it.each(folders)('gives the scores of transformers from the same pixels: %s', async (name) => {
    const { folder, isExclusive } = await build(join(fixtures, name));

    expect(isExclusive).toBe(name !== 'vit-multilabel');
    await expectAnswers(folder, name);
  });

  it('gives the same scores from its PyTorch weights if it has no ONNX file', async () => {
    const home = copyOf('resnet');
    rmSync(join(home, 'onnx'), { recursive: true });

    const { folder, title } = await build(home);

    expect(title).toBe('ResNetForImageClassification (ResNet26 of PyTorch)');
    await expectAnswers(folder, 'resnet');
  });

  it.each<[string, Readonly<Record<string, unknown>>, RegExp]>([
    [
      'a network that is not a ResNet',
      { architectures: ['ViTForImageClassification'] },
      /of plain ResNets alone \(its architecture is ViTForImageClassification\)/,
    ],
    ["timm's smoothed ResNet", { architecture: 'resnetaa50' }, /its architecture is resnetaa50/],
    ['no architecture', { architectures: [] }, /its architecture is unknown/],
    ['another activation', { hidden_act: 'gelu' }, /only with hidden_act "relu" \(config\.json has "gelu"\)/],
    ['other strides', { downsample_in_bottleneck: true }, /only with downsample_in_bottleneck false/],
    [
      'arguments of its own',
      { architecture: 'resnet50', model_args: { output_stride: 8 } },
      /only with model_args {} \(config/,
    ],
  ])('without an ONNX file is refused with two ways on: %s', async (_, values, message) => {
    const home = copyOf('resnet');
    rmSync(join(home, 'onnx'), { recursive: true });
    change(home, 'config.json', values);

    await expect(build(home)).rejects.toThrow(message);
    await expect(build(home)).rejects.toThrow(/optimum-cli export onnx[\s\S]*hf:onnx-community\/resnet$/);
  });

  it('is stored in half precision on request', async () => {
    const { manifest } = await build(join(fixtures, 'vit'), { precision: 'fp16' });

    expect(manifest.input).toEqual({ name: 'pixel_values', layout: 'NCHW', width: 224, height: 224 });
  });

  it('takes the licence from the model card', async () => {
    const home = copyOf('resnet');
    writeFileSync(join(home, 'README.md'), '---\nlicense: cc-by-nc-4.0\n---\n');

    expect((await build(home)).manifest).toMatchObject({ licence: 'cc-by-nc-4.0', source: 'resnet' });
    expect((await build(join(fixtures, 'resnet'))).manifest.licence).toBe('not stated');
  });

  it("reads timm's configuration", async () => {
    const home = copyOf('resnet');
    rmSync(join(home, 'preprocessor_config.json'));
    writeFileSync(
      join(home, 'config.json'),
      JSON.stringify({
        architecture: 'resnet26',
        num_classes: 5,
        label_names: [0, 1, 2, 3, 4].map((i) => `kind ${i}`),
        pretrained_cfg: {
          input_size: [3, 224, 224],
          interpolation: 'bilinear',
          crop_pct: 0.875,
          crop_mode: 'center',
        },
      }),
    );

    const { folder, title } = await build(home);

    expect(title).toBe('resnet26 (ONNX network of pytorch)');
    await expectAnswers(folder, 'resnet');
  });

  it("asks for the policy where it is one of timm's that is not supported", async () => {
    const home = copyOf('resnet');
    rmSync(join(home, 'preprocessor_config.json'));
    change(home, 'config.json', { architecture: 'resnet26', pretrained_cfg: { crop_mode: 'border' } });

    await expect(build(home)).rejects.toThrow(/crop_mode border of a 224x224 input is not supported/);
    const { manifest } = await build(home, { preprocessing: { policy: 'stretch' } });
    expect(manifest.preprocess).toMatchObject({ policy: 'stretch', interpolation: 'bicubic' });
  });

  it('gives one class two labels', async () => {
    const home = copyOf('resnet');
    change(home, 'config.json', { id2label: { 0: 'cat' } });

    await expect(build(home)).rejects.toThrow(/has 1 label; the network has 5 classes/);
  });

  it.each<[string, string, Readonly<Record<string, unknown>>, RegExp]>([
    [
      'a network of another kind',
      'config.json',
      { architectures: ['BertForMaskedLM'] },
      /config\.json describes BertForMaskedLM; expected an image classifier/,
    ],
    [
      'a regression',
      'config.json',
      { problem_type: 'regression' },
      /problem_type must be single_label_classification or multi_label_classification/,
    ],
    [
      'a gap in its labels',
      'config.json',
      { id2label: { 0: 'a', 2: 'b' } },
      /id2label has 2 labels, and none for class 1/,
    ],
    [
      'a step that is not supported',
      'preprocessor_config.json',
      { do_pad: true },
      /preprocessor_config\.json: do_pad/,
    ],
  ])('with %s is refused', async (_, file, values, message) => {
    const home = copyOf('vit');
    change(home, file, values);

    await expect(build(home)).rejects.toThrow(message);
  });

  it('asks for the preprocessing if its files lack it', async () => {
    const home = copyOf('vit');
    rmSync(join(home, 'preprocessor_config.json'));

    await expect(build(home)).rejects.toThrow(
      /input 'pixel_values' takes any size; give the one to use with --size/,
    );
    await expect(build(home, { size: { width: 224, height: 224 } })).rejects.toThrow(/--preprocess/);
  });

  it('refuses a size that its image processor does not make', async () => {
    await expect(build(join(fixtures, 'resnet'), { size: { width: 192, height: 192 } })).rejects.toThrow(
      /the image processor makes 224x224 pixels, and the network takes 192x192: leave out --size/,
    );
  });
});
