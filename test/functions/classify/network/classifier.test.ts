import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decode } from '../../../../functions/classify/decode/decode.ts';
import { defaultLimits } from '../../../../functions/classify/image/limits.ts';
import { createClassifier } from '../../../../functions/classify/network/classifier.ts';
import { preprocess } from '../../../../functions/classify/tensor/preprocess.ts';
import { node, value, writeNetwork } from '../../../layers/model/onnx/networks.ts';

const embedded = 'layers/model/efficientnet-lite0';
async function image(path: string) {
  return decode(await readFile(path), defaultLimits);
}
const coffee = 'test/support/photos/coffee.png';
const flower = 'test/goldens/images/flower_640x427.jpg';

/** Predictions of Pillow and ONNX Runtime in Python: [index, id, label, score], most likely first. */
const seenInPython: Record<string, [number, string, string, number][]> = JSON.parse(
  await readFile('test/functions/classify/network/fixtures/predictions.json', 'utf8'),
);

describe('the embedded model', async () => {
  const classifier = await createClassifier(embedded);
  const classify = async (...paths: string[]) => {
    const { input, preprocess: preprocessing } = classifier.manifest;
    const images = await Promise.all(paths.map(image));
    return (await classifier.classify(preprocess(images, input, preprocessing))).map(
      ({ predictions }) => predictions,
    );
  };

  it.each(Object.keys(seenInPython))("gives Python's predictions for %s", async (path) => {
    const [predictions] = await classify(path);

    expect(predictions[0]).toMatchObject({ label: seenInPython[path][0][2] });
    for (const [index, id, label, score] of seenInPython[path].slice(0, 2)) {
      const prediction = predictions.find((candidate) => candidate.index === index);
      expect(prediction).toMatchObject({ id, label });
      expect(prediction?.score).toBeCloseTo(score, 4);
    }
  });

  it('gives five predictions, most likely first, as index, wnid, name and probability', async () => {
    const [predictions] = await classify(coffee);

    expect(predictions).toHaveLength(5);
    expect(predictions[0]).toMatchObject({ index: 967, id: 'n07920052', label: 'espresso' });
    const scores = predictions.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  });

  it('gives an image the same predictions in a batch and alone', async () => {
    const batch = await classify(coffee, flower);

    const alone = [...(await classify(coffee)), ...(await classify(flower))];
    expect(batch.map((predictions) => predictions.map(({ index }) => index))).toEqual(
      alone.map((predictions) => predictions.map(({ index }) => index)),
    );
    for (const [n, predictions] of batch.entries()) {
      for (const [k, { score }] of predictions.entries()) expect(score).toBeCloseTo(alone[n][k].score, 5);
    }
  });

  it("prefers the operator's topK and minScore to the manifest's", async () => {
    const strict = await createClassifier(embedded, { topK: 3, minScore: 0.5 });
    const { input, preprocess: preprocessing } = strict.manifest;

    const [{ predictions }] = await strict.classify(preprocess([await image(coffee)], input, preprocessing));

    expect(predictions.map(({ label }) => label)).toEqual(['espresso']);
  });
});

describe('a model folder', () => {
  const changed = async (change: (manifest: Record<string, unknown>) => void) => {
    const folder = await mkdtemp(join(tmpdir(), 'bucketlens-'));
    await cp(embedded, folder, { recursive: true });
    const manifest = JSON.parse(await readFile(join(folder, 'model.json'), 'utf8'));
    change(manifest);
    await writeFile(join(folder, 'model.json'), JSON.stringify(manifest));
    return folder;
  };

  it.each([
    [
      'an input that is not in the graph',
      { input: { name: 'x', layout: 'NCHW', width: 224, height: 224 } },
      "no input 'x' in the graph; it has input",
    ],
    [
      'an output that is not in the graph',
      { output: { name: 'y', activation: 'softmax' } },
      "no output 'y' in the graph; it has probabilities",
    ],
    ['a missing network', { file: 'missing.onnx' }, 'cannot be loaded by ONNX Runtime'],
    ['a network that is not ONNX', { file: 'labels.json' }, 'cannot be loaded by ONNX Runtime'],
    ['missing labels', { labels: 'missing.json' }, 'missing.json cannot be read'],
  ])('with %s is refused', async (_, fields, message) => {
    const folder = await changed((manifest) => Object.assign(manifest, fields));

    await expect(createClassifier(folder)).rejects.toMatchObject({
      name: 'InvalidModel',
      message: expect.stringContaining(message),
    });
  });

  it('gives a general label only if its classes have ancestors', async () => {
    const without = await changed((manifest) => delete manifest.ancestors);
    const generalOf = async (folder: string) => {
      const { manifest, classify } = await createClassifier(folder, { generalScore: 0.5 });
      const tensor = preprocess([await image(coffee)], manifest.input, manifest.preprocess);
      const [classification] = await classify(tensor);
      return classification;
    };

    expect(await generalOf(embedded)).toMatchObject({ general: { id: 'n07920052', label: 'espresso' } });
    expect(await generalOf(without)).not.toHaveProperty('general');
  });

  it('with one label too few is refused with both numbers', async () => {
    const folder = await changed(() => {});
    const labels = JSON.parse(await readFile(join(folder, 'labels.json'), 'utf8'));
    await writeFile(join(folder, 'labels.json'), JSON.stringify(labels.slice(1)));

    await expect(createClassifier(folder)).rejects.toThrow('999 labels for a network with 1000 classes');
  });

  describe('whose network does not say how many classes it has', () => {
    const classifyWith = async (
      labels: readonly (string | readonly string[])[],
      more: Record<string, unknown> = {},
    ) => {
      const folder = await changed((manifest) => {
        delete manifest.ancestors;
        Object.assign(manifest, {
          file: 'means.onnx',
          input: { name: 'images', layout: 'NCHW', width: 2, height: 2 },
          output: { name: 'means', activation: 'softmax' },
          ...more,
        });
      });
      await writeFile(join(folder, 'labels.json'), JSON.stringify(labels));
      writeNetwork(join(folder, 'means.onnx'), {
        node: [node('GlobalAveragePool', ['images'], 'means')],
        initializer: [],
        input: [value('images', ['n', 'channels', 'height', 'width'])],
        output: [value('means', ['n', 'classes', 1, 1])],
      });
      const { classify } = await createClassifier(folder);
      const classifications = await classify({
        data: Float32Array.from({ length: 24 }, (_, i) => i),
        dims: [2, 3, 2, 2],
      });
      return classifications.map(({ predictions }) =>
        predictions.map(({ label, score }) => `${label} ${score}`),
      );
    };

    it('is used if it gives as many scores as there are labels, with further dimensions of 1', async () => {
      expect(await classifyWith(['red', 'green', 'blue'])).toEqual([
        ['blue 9.5', 'green 5.5', 'red 1.5'],
        ['blue 21.5', 'green 17.5', 'red 13.5'],
      ]);
    });

    it('has its logits turned into probabilities, none below minScore', async () => {
      const output = { name: 'means', activation: 'none', apply: 'softmax' };
      // The logits are 4 apart.
      const sum = 1 + Math.exp(-4) + Math.exp(-8);
      const [blue, green] = [Math.fround(1 / sum), Math.fround(Math.exp(-4) / sum)];

      const [reached] = await classifyWith(['red', 'green', 'blue'], { output, minScore: green });
      const [missed] = await classifyWith(['red', 'green', 'blue'], { output, minScore: green + 1e-9 });

      expect(reached).toEqual([`blue ${blue}`, `green ${green}`]);
      expect(missed).toEqual([`blue ${blue}`]);
    });

    it('is refused with both numbers if it gives more', async () => {
      await expect(classifyWith(['red', 'green'])).rejects.toMatchObject({
        name: 'InvalidModel',
        message:
          'model efficientnet-lite0: an output of shape [2, 3, 1, 1] for 2 images does not give a score for each of its 2 labels',
      });
    });
  });

  describe('with a sigmoid', () => {
    const open = async (
      outputs: number,
      labels: readonly (string | readonly string[])[],
      more: Record<string, unknown> = {},
    ) => {
      const folder = await changed((manifest) => {
        Object.assign(manifest, {
          file: 'scores.onnx',
          input: { name: 'x', layout: 'NCHW', width: outputs, height: 1 },
          output: { name: 'scores', activation: 'sigmoid' },
          minScore: 0.5,
          ...more,
        });
      });
      await writeFile(join(folder, 'labels.json'), JSON.stringify(labels));
      writeNetwork(join(folder, 'scores.onnx'), {
        node: [node('Flatten', ['x'], 'flat'), node('Sigmoid', ['flat'], 'scores')],
        initializer: [],
        input: [value('x', ['n', 1, 1, outputs])],
        output: [value('scores', ['n', outputs])],
      });
      const { classify } = await createClassifier(folder, { generalScore: 0.1 });
      return async (...logits: number[]) => {
        const [classification] = await classify({
          data: Float32Array.from(logits),
          dims: [1, 1, 1, outputs],
        });
        return {
          ...classification,
          predictions: classification.predictions.map(({ label, score }) => `${label} ${score.toFixed(4)}`),
        };
      };
    };
    // Both are dogs, so that a sum of their scores would be a general label.
    const breeds = [
      ['n02099601', 'golden_retriever'],
      ['n02110958', 'pug'],
      ['n07920052', 'espresso'],
    ];

    it('names every class that reaches minScore, and no general label', async () => {
      const classify = await open(3, breeds);

      expect(await classify(2, 1, -1)).toEqual({ predictions: ['golden_retriever 0.8808', 'pug 0.7311'] });
    });

    it('names no class if none reaches minScore', async () => {
      const classify = await open(3, breeds);

      expect(await classify(-2, -1, -3)).toEqual({ predictions: [] });
    });

    it('of a single output scores two classes, which sum to 1', async () => {
      const classify = await open(1, ['cat', 'dog'], { minScore: 0 });

      expect((await classify(2)).predictions).toEqual(['dog 0.8808', 'cat 0.1192']);
    });

    it('of a single output is refused with three labels', async () => {
      await expect(open(1, ['cat', 'dog', 'cow'])).rejects.toThrow('3 labels for a network with 2 classes');
    });
  });

  it('with an output that is a feature map is refused with its shape', async () => {
    const folder = await changed((manifest) =>
      Object.assign(manifest, { file: 'map.onnx', output: { name: 'map', activation: 'softmax' } }),
    );
    writeNetwork(join(folder, 'map.onnx'), {
      node: [node('Relu', ['input'], 'map')],
      initializer: [],
      input: [value('input', ['n', 3, 224, 224])],
      output: [value('map', ['n', 3, 224, 224])],
    });

    await expect(createClassifier(folder)).rejects.toThrow(
      '1000 labels for a network with outputs of [3, 224, 224]',
    );
  });
});
