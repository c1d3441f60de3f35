/** Networks as other tools export them, compared with the answers of their own frameworks. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createClassifier } from '../../../functions/classify/network/classifier.ts';
import { type Preprocessing, preprocess } from '../../../functions/classify/tensor/preprocess.ts';
import { buildModel, type ModelRequest } from '../../../layers/model/build-model.ts';
import type { RepositoryPrecision } from '../../../layers/model/huggingface/network-file.ts';
import { findSource } from '../../../layers/model/source.ts';
import { tensorOf } from './answers.ts';
import { temporaryFolder } from './fixtures.ts';

const fixtures = join(import.meta.dirname, 'fixtures');
const folder = temporaryFolder();
const target = join(folder, 'net');

function build(file: string, more: Partial<ModelRequest> = {}) {
  return buildModel(
    {
      name: 'net',
      source: { path: join(fixtures, 'onnx', file), origin: file },
      precision: 'fp32',
      preprocessing: { order: 'RGB', interpolation: 'nearest', policy: 'stretch' },
      activation: 'none',
      ...more,
    },
    target,
  );
}

function labelFile(...names: string[]): string {
  const path = join(folder, 'labels.txt');
  writeFileSync(path, names.join('\n'));
  return path;
}

describe('a classifier of scikit-learn over flattened pixels', () => {
  const answers = JSON.parse(readFileSync(join(fixtures, 'onnx/sklearn.json'), 'utf8'));

  it.each(['sklearn-zipmap.onnx', 'sklearn-tensor.onnx'])(
    'gives the probabilities of predict_proba, with its own labels: %s',
    async (file) => {
      const { classes } = await build(file);

      const { manifest, classify } = await createClassifier(target);
      const data = new Uint8Array(8 * 8 * 4).fill(255);
      for (let i = 0; i < 64; i++) data.set(answers.pixels.slice(3 * i, 3 * i + 3), 4 * i);
      const picture = { width: 8, height: 8, data, orientation: 1 } as const;
      const [{ predictions }] = await classify(preprocess([picture], manifest.input, manifest.preprocess));
      expect(classes).toBe(3);
      for (const { label, score } of predictions) {
        expect(score).toBeCloseTo(answers.scores[label], 6);
        expect(score).toBeCloseTo(answers.sklearn[answers.classes.indexOf(label)], 6);
      }
    },
  );

  it('refuses a label file in the order of its training data, which scikit-learn has sorted', async () => {
    await expect(build('sklearn-tensor.onnx', { labels: labelFile('red', 'green', 'blue') })).rejects.toThrow(
      "labels.txt names the network's classes in another order than the network's own labels do: class 0 is 'blue' there and 'red' in the file. Leave out --labels",
    );
  });

  it.each([
    ['in the same order', ['blue', 'green', 'red']],
    ['with names of its own', ['bleu', 'vert', 'rouge']],
  ])('takes a label file %s', async (_, names) => {
    await build('sklearn-tensor.onnx', { labels: labelFile(...names) });

    expect(JSON.parse(readFileSync(join(target, 'labels.json'), 'utf8'))).toEqual(names);
  });

  it('is refused without an image for its input, with the lines that the other fixtures were made by', async () => {
    await expect(build('sklearn-flat.onnx')).rejects.toThrow(
      /input 'X' takes a row of 192 numbers for each image[\s\S]*make_node\('Flatten', \['image'\], \['X'\]\)[\s\S]*'image', 1, \['batch', 8, 8, 3\][\s\S]*--from images\.onnx$/,
    );
  });
});

describe('a folder of the hub with external data and a quantised network', () => {
  const home = join(fixtures, 'hub/quantised');
  const answers = JSON.parse(readFileSync(join(home, 'expected.json'), 'utf8'));

  it.each<[RepositoryPrecision, string]>([
    ['fp32', 'model'],
    ['int8', 'model_quantized'],
  ])('gives the scores of onnxruntime in Python with --precision %s', async (precision, file) => {
    const source = await findSource('net', home, { precision });
    await buildModel({ name: 'net', source, precision: 'fp32', preprocessing: {} }, target);

    const { manifest, classify } = await createClassifier(target);
    for (const [picture, wanted] of Object.entries<number[]>(answers[file])) {
      const tensor = await tensorOf(picture, manifest.input, manifest.preprocess as Preprocessing);
      const [{ predictions }] = await classify(tensor);
      // In onnxruntime itself, adding 1e-7 to the pixels moves the quantised network's scores by up to 0.07.
      const tolerance = precision === 'int8' ? 0.15 : 1e-5;
      expect(predictions[0]!.index).toBe(wanted.indexOf(Math.max(...wanted)));
      for (const { index, score } of predictions)
        expect(Math.abs(score - wanted[index]!)).toBeLessThan(tolerance);
    }
  });
});
