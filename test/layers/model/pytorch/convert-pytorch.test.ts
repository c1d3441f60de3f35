import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tensor as OrtTensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { openSession } from '../../../../functions/classify/network/session.ts';
import { convertPytorch } from '../../../../layers/model/pytorch/convert-pytorch.ts';
import { recipeOf } from '../../../../layers/model/recipes.ts';
import { pixelsOf, softmaxOf, tensorOf } from '../answers.ts';
import { temporaryFolder } from '../fixtures.ts';

const fixtures = join(import.meta.dirname, '../fixtures');
const expected = JSON.parse(readFileSync(join(fixtures, 'torch/expected.json'), 'utf8'));
const hub = JSON.parse(readFileSync(join(fixtures, 'hub/resnet/expected.json'), 'utf8'));
const pictures = Object.keys(expected.pixels_sha256);
const size = { width: 224, height: 224 };
const torchvision = recipeOf('torchvision', size);

async function probabilitiesOf(onnxPath: string, picture: string): Promise<Float32Array> {
  const session = await openSession(onnxPath);
  const { data, dims } = await tensorOf(picture, size, torchvision);
  const { logits } = await session.run({ images: new OrtTensor('float32', data, dims) });
  await session.release();
  return softmaxOf(logits!.data as Float32Array);
}

function greatestDifference(found: Float32Array, wanted: readonly number[]): number {
  return wanted.reduce((most, value, i) => Math.max(most, Math.abs(value - found[i]!)), 0);
}

describe('the weights of a ResNet in PyTorch', () => {
  it.each(pictures)('are compared on the pixels of torchvision: %s', async (picture) => {
    expect(await pixelsOf(picture, size, torchvision)).toBe(expected.pixels_sha256[picture]);
  });

  it.each([
    ['a zip archive', 'torch/resnet18.pth', 'ResNet18', expected.probabilities.resnet18],
    ['the legacy format', 'torch/resnet18-legacy.pth', 'ResNet18', expected.probabilities.resnet18],
    ['a checkpoint', 'torch/resnet18-checkpoint.pth', 'ResNet18', expected.probabilities.resnet18],
    ['safetensors', 'torch/resnet50.safetensors', 'ResNet50', expected.probabilities.resnet50],
    ["Hugging Face's names", 'hub/resnet/model.safetensors', 'ResNet26', hub.probabilities],
  ])('give the scores of PyTorch, from %s', async (_, file, title, answers) => {
    const converted = await convertPytorch(join(fixtures, file), undefined, temporaryFolder());

    expect(converted).toMatchObject({ title: `${title} of PyTorch`, classes: 5, channels: 3 });
    for (const picture of pictures) {
      const found = await probabilitiesOf(converted.onnxPath, picture);
      expect(greatestDifference(found, answers[picture])).toBeLessThan(1e-4);
    }
  });

  it('are refused if they are cut off anywhere', async () => {
    const folder = temporaryFolder();
    for (const name of ['resnet18.pth', 'resnet18-legacy.pth', 'resnet50.safetensors']) {
      const bytes = readFileSync(join(fixtures, 'torch', name));
      for (const share of [0.3, 0.9, 0.999]) {
        const cut = join(folder, `cut-${name}`);
        writeFileSync(cut, bytes.subarray(0, bytes.length * share));

        await expect(convertPytorch(cut, undefined, folder)).rejects.toMatchObject({ name: 'UnusableModel' });
      }
    }
  });

  it('accept another input size', async () => {
    const path = join(temporaryFolder(), 'renamed.bin');
    copyFileSync(join(fixtures, 'torch/resnet18.pth'), path);

    const { input } = await convertPytorch(path, { width: 96, height: 64 }, temporaryFolder());

    expect(input).toEqual({ name: 'images', layout: 'NCHW', width: 96, height: 64 });
  });
});
