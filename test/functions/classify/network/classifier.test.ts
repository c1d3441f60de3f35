import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode } from '../../../../functions/classify/decode/decode.ts';
import { defaultLimits } from '../../../../functions/classify/image/limits.ts';
import {
  createClassifier,
  parseLabels,
  softmax,
  topK,
} from '../../../../functions/classify/network/classifier.ts';
import { preprocess } from '../../../../functions/classify/tensor/preprocess.ts';
import { encodeModel, float32 } from '../../../../layers/model/onnx/proto.ts';

const embedded = 'layers/model/efficientnet-lite0';
async function image(path: string) {
  return decode(await readFile(path), defaultLimits);
}
const coffee = 'test/support/photos/coffee.png';
const flower = 'test/goldens/images/flower_640x427.jpg';

/** What Pillow and ONNX Runtime in Python see: [index, id, label, score], most likely first. */
const seenInPython: Record<string, [number, string, string, number][]> = JSON.parse(
  await readFile('test/functions/classify/network/fixtures/predictions.json', 'utf8'),
);

describe('the embedded model', async () => {
  const classifier = await createClassifier(embedded);
  const classify = async (...paths: string[]) => {
    const { input, preprocess: how } = classifier.manifest;
    const images = await Promise.all(paths.map(image));
    return (await classifier.classify(preprocess(images, input, how))).map(({ predictions }) => predictions);
  };

  it.each(Object.keys(seenInPython))('sees in %s what Python sees', async (path) => {
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

  it('gives each image of a batch what it gives it alone', async () => {
    const batch = await classify(coffee, flower);

    const alone = [...(await classify(coffee)), ...(await classify(flower))];
    expect(batch.map((predictions) => predictions.map(({ index }) => index))).toEqual(
      alone.map((predictions) => predictions.map(({ index }) => index)),
    );
    for (const [n, predictions] of batch.entries()) {
      for (const [k, { score }] of predictions.entries()) expect(score).toBeCloseTo(alone[n][k].score, 5);
    }
  });

  it("gives as many as the operator asks for, in place of the manifest's topK and minScore", async () => {
    const strict = await createClassifier(embedded, { topK: 3, minScore: 0.5 });
    const { input, preprocess: how } = strict.manifest;

    const [{ predictions }] = await strict.classify(preprocess([await image(coffee)], input, how));

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
      'an input that the graph has not',
      { input: { name: 'x', layout: 'NCHW', width: 224, height: 224 } },
      "no input 'x' in the graph; it has input",
    ],
    [
      'an output that the graph has not',
      { output: { name: 'y', activation: 'softmax' } },
      "no output 'y' in the graph; it has probabilities",
    ],
    ['a network that is not there', { file: 'missing.onnx' }, 'cannot be loaded by ONNX Runtime'],
    ['a network that is none', { file: 'labels.json' }, 'cannot be loaded by ONNX Runtime'],
    ['labels that are not there', { labels: 'missing.json' }, 'missing.json cannot be read'],
  ])('with %s is refused', async (_, fields, message) => {
    const folder = await changed((manifest) => Object.assign(manifest, fields));

    await expect(createClassifier(folder)).rejects.toMatchObject({
      name: 'InvalidModel',
      message: expect.stringContaining(message),
    });
  });

  it('gives a general label only if it knows what its classes are', async () => {
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

  it('with a label too few is refused with both numbers', async () => {
    const folder = await changed(() => {});
    const labels = JSON.parse(await readFile(join(folder, 'labels.json'), 'utf8'));
    await writeFile(join(folder, 'labels.json'), JSON.stringify(labels.slice(1)));

    await expect(createClassifier(folder)).rejects.toThrow('999 labels for a network with 1000 classes');
  });

  describe('whose network does not say how many classes it has', () => {
    const classifyWith = async (labels: readonly string[], more: Record<string, unknown> = {}) => {
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
      await writeFile(join(folder, 'means.onnx'), channelMeans());
      const { classify } = await createClassifier(folder);
      const classifications = await classify({
        data: Float32Array.from({ length: 24 }, (_, i) => i),
        dims: [2, 3, 2, 2],
      });
      return classifications.map(({ predictions }) =>
        predictions.map(({ label, score }) => `${label} ${score}`),
      );
    };

    it('is used if it gives as many scores as there are labels', async () => {
      expect(await classifyWith(['red', 'green', 'blue'])).toEqual([
        ['blue 9.5', 'green 5.5', 'red 1.5'],
        ['blue 21.5', 'green 17.5', 'red 13.5'],
      ]);
    });

    it('has its logits turned into probabilities, of which none is below minScore', async () => {
      const output = { name: 'means', activation: 'none' };
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
        message: 'model efficientnet-lite0: 6 scores for 2 images; its 2 labels need 4',
      });
    });
  });
});

/** A network whose scores are the means of the channels, and which says nothing of how many there are. */
function channelMeans() {
  const value = (name: string, sizes: readonly string[]) => ({
    name,
    type: { tensorType: { elemType: float32, shape: { dim: sizes.map((dimParam) => ({ dimParam })) } } },
  });
  return encodeModel({
    irVersion: 8,
    opsetImport: [{ version: 17 }],
    graph: {
      name: 'means',
      node: [
        { name: 'pool', opType: 'GlobalAveragePool', input: ['images'], output: ['pooled'] },
        { name: 'flatten', opType: 'Flatten', input: ['pooled'], output: ['means'] },
      ],
      initializer: [],
      input: [value('images', ['n', 'channels', 'height', 'width'])],
      output: [value('means', ['n', 'classes'])],
    },
  });
}

describe('labels', () => {
  it('are names, whose id is their index, or pairs of id and name', () => {
    expect(parseLabels(['cat', ['n02', 'dog']], 'labels.json')).toEqual([
      { id: '0', label: 'cat' },
      { id: 'n02', label: 'dog' },
    ]);
  });

  it.each([
    [{}, 'not a list with at least one label'],
    [[], 'not a list with at least one label'],
    [null, 'not a list with at least one label'],
    [['cat', 1], 'label 1 is 1'],
    [[['n02']], 'label 0 is ["n02"]'],
    [[['n02', 2]], 'label 0 is ["n02",2]'],
    [[['x'.repeat(99)]], `label 0 is ["${'x'.repeat(58)}`],
  ])('of another form are refused: %j', (list, what) => {
    expect(() => parseLabels(list, 'mine/labels.json')).toThrow(
      `mine/labels.json: ${what}; labels are a JSON list of names or of [id, name] pairs`,
    );
  });
});

describe('topK', () => {
  it('puts equal scores in the order of their index', () => {
    expect(topK(Float32Array.of(0.2, 0.4, 0.4, 0.2, 0.4), 4)).toEqual([1, 2, 4, 0]);
  });

  it('gives all there are when fewer than k', () => {
    expect(topK(Float32Array.of(0.1, 0.9), 5)).toEqual([1, 0]);
  });
});

describe('softmax', () => {
  it('gives probabilities that add up to 1 and keep the order, for logits of any size', () => {
    const logits = fc.float32Array({ minLength: 1, maxLength: 50, noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(logits, (values) => {
        const probabilities = softmax(values);

        expect(probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
        const mostLikely = topK(values, 1)[0];
        expect(probabilities[mostLikely]).toBe(Math.max(...probabilities));
      }),
    );
  });

  it('equals the closed form on two classes', () => {
    expect(softmax(Float32Array.of(1, 0))[0]).toBeCloseTo(1 / (1 + Math.exp(-1)), 6);
  });
});
