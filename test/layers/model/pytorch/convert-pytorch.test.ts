import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tensor as OrtTensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { openSession } from '../../../../functions/classify/network/session.ts';
import { convertPytorch } from '../../../../layers/model/pytorch/convert-pytorch.ts';
import { recipeOf } from '../../../../layers/model/recipes.ts';
import { pixelsOf, softmaxOf, tensorOf } from '../answers.ts';
import { temporaryFolder } from '../fixtures.ts';
import { archive, dictionary, floats, safetensors, tensor } from './pickles.ts';
import { shapesOf } from './resnet-shapes.ts';

const fixtures = join(import.meta.dirname, '../fixtures');
const expected = JSON.parse(readFileSync(join(fixtures, 'torch/expected.json'), 'utf8'));
const hub = JSON.parse(readFileSync(join(fixtures, 'hub/resnet/expected.json'), 'utf8'));
const pictures = Object.keys(expected.pixels_sha256);
const size = { width: 224, height: 224 };
const torchvision = recipeOf('torchvision', size);

async function probabilitiesOf(onnxPath: string, picture: string, cut = size): Promise<Float32Array> {
  const session = await openSession(onnxPath);
  const { data, dims } = await tensorOf(picture, cut, recipeOf('torchvision', cut));
  const { logits } = await session.run({ images: new OrtTensor('float32', data, dims) });
  await session.release();
  return softmaxOf(logits!.data as Float32Array);
}

function greatestDifference(found: Float32Array, wanted: readonly number[]): number {
  return wanted.reduce((most, value, i) => Math.max(most, Math.abs(value - found[i]!)), 0);
}

/** A safetensors file whose weights are all 1. */
function onesOf(shapes: ReadonlyMap<string, readonly number[]>): Uint8Array {
  let end = 0;
  const header: Record<string, unknown> = {};
  for (const [name, shape] of shapes) {
    const start = end;
    end += 4 * shape.reduce((product, side) => product * side, 1);
    header[name] = { dtype: 'F32', shape, data_offsets: [start, end] };
  }
  return safetensors(header, new Uint8Array(new Float32Array(end / 4).fill(1).buffer));
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
    const converted = await convertPytorch(join(fixtures, file), { folder: temporaryFolder() });

    expect(converted).toMatchObject({ title: `${title} of PyTorch`, classes: 5, channels: 3 });
    for (const picture of pictures) {
      const found = await probabilitiesOf(converted.onnxPath, picture);
      expect(greatestDifference(found, answers[picture])).toBeLessThan(1e-4);
    }
  });

  it("answer as in PyTorch with timm's stem, shortcuts, pooling and gates, at odd sizes", async () => {
    const answers = JSON.parse(readFileSync(join(fixtures, 'torch/resnet-d.json'), 'utf8'));
    const cut = { width: 211, height: 211 };
    const converted = await convertPytorch(join(fixtures, 'torch/resnet-d.pth'), {
      size: cut,
      folder: temporaryFolder(),
    });

    expect(converted).toMatchObject({ title: 'SE-ResNet17-D (blocks 1, 2, 1, 1) of PyTorch', channels: 3 });
    expect(converted.labels).toEqual(answers.classes);
    expect(converted).not.toHaveProperty('assumptions');
    for (const picture of pictures) {
      const found = await probabilitiesOf(converted.onnxPath, picture, cut);
      expect(greatestDifference(found, answers.probabilities[picture])).toBeLessThan(1e-5);
    }
  });

  it('leave open how their network ends where its last layer stands in a sequence', async () => {
    const shapes = shapesOf({ blocks: [1, 1, 1, 1], isBottleneck: false });
    for (const part of ['weight', 'bias']) {
      shapes.set(`fc.1.${part}`, shapes.get(`fc.${part}`)!);
      shapes.delete(`fc.${part}`);
    }
    const folder = temporaryFolder();
    const path = join(folder, 'weights.safetensors');
    writeFileSync(path, onesOf(shapes));

    const { ending, assumptions } = await convertPytorch(path, { folder });

    expect(ending).toMatchObject({
      kind: 'unknown',
      description: expect.stringContaining("ends with 'fc.1'"),
    });
    expect(assumptions).toEqual([expect.stringContaining('which a file of weights does not show')]);
  });

  it('are refused where their network smooths its values, which only its name tells', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'weights.pth');
    const arch = Buffer.from('\x8c\x0aresnetaa50', 'latin1');
    writeFileSync(
      path,
      archive(dictionary({ arch, state_dict: dictionary({ a: tensor('0', [1]) }) }), { 0: floats(1) }),
    );

    await expect(convertPytorch(path, { folder })).rejects.toThrow(
      /holds the weights of resnetaa50, which smooths its values .*[\s\S]*torch\.onnx\.export/,
    );
  });

  it('are refused if they are cut off anywhere', async () => {
    const folder = temporaryFolder();
    for (const name of ['resnet18.pth', 'resnet18-legacy.pth', 'resnet50.safetensors']) {
      const bytes = readFileSync(join(fixtures, 'torch', name));
      for (const share of [0.3, 0.9, 0.999]) {
        const cut = join(folder, `cut-${name}`);
        writeFileSync(cut, bytes.subarray(0, bytes.length * share));

        await expect(convertPytorch(cut, { folder })).rejects.toMatchObject({ name: 'UnusableModel' });
      }
    }
  });

  it('accept another input size', async () => {
    const path = join(temporaryFolder(), 'renamed.bin');
    copyFileSync(join(fixtures, 'torch/resnet18.pth'), path);

    const { input } = await convertPytorch(path, {
      size: { width: 96, height: 64 },
      folder: temporaryFolder(),
    });

    expect(input).toEqual({ name: 'images', layout: 'NCHW', width: 96, height: 64 });
  });
});
