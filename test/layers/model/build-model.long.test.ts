import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Classifier, createClassifier } from '../../../functions/classify/network/classifier.ts';
import { type Preprocessing, preprocess } from '../../../functions/classify/tensor/preprocess.ts';
import { buildModel, type ModelRequest } from '../../../layers/model/build-model.ts';
import { publishedWeights } from '../../../layers/model/catalogue.ts';
import { type Precision, tolerances } from '../../../layers/model/check.ts';
import { UnusableModel } from '../../../layers/model/unusable-model.ts';
import { kerasLogits, layouts, picture, pictures, temporaryFolder, unpackTo } from './fixtures.ts';

const folder = temporaryFolder();
const labels = join(folder, 'labels.txt');
writeFileSync(labels, Array.from({ length: 10 }, (_, i) => `kind ${i}`).join('\n'));

/** Answers that a file of weights alone does not contain, but for its pooling; a whole model contains all but its preprocessing. */
const answers = {
  activation: 'softmax',
  preprocessing: { mode: 'caffe' },
} as const satisfies Partial<ModelRequest>;

function build(file: string, more: Partial<ModelRequest> = {}) {
  const path = unpackTo(folder, file);
  const isWeightsOnly = /weights|official/.test(file) && !more.source?.published;
  const request: ModelRequest = {
    name: 'thin',
    source: { path, origin: file },
    labels,
    precision: 'fp32',
    ...answers,
    ...(isWeightsOnly && { pooling: 'average' }),
    ...more,
  };
  return buildModel(request, join(folder, 'models', 'thin'));
}

/** The probability of each class, in the order of the classes. */
async function probabilities(classifier: Classifier, name: string): Promise<number[]> {
  const { input, preprocess: preprocessing } = classifier.manifest;
  const [{ predictions }] = await classifier.classify(
    preprocess([picture(name)], input, preprocessing as Preprocessing),
  );
  return predictions.toSorted((a, b) => a.index - b.index).map(({ score }) => score);
}

/** Logits are known up to a constant, which drops out of the softmax. */
function centred(values: readonly number[]): number[] {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return values.map((value) => value - mean);
}

function top5(values: readonly number[]): number[] {
  return [...values.keys()].sort((a, b) => values[b]! - values[a]!).slice(0, 5);
}

function greatestDifference(a: readonly number[], b: readonly number[]): number {
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
}

function softmax(logits: readonly number[]): number[] {
  const powers = logits.map((logit) => Math.exp(logit - Math.max(...logits)));
  return powers.map((power) => power / powers.reduce((a, b) => a + b, 0));
}

describe.each(layouts)('a ResNet50 saved as %s', (layout) => {
  let classifier: Classifier;
  beforeAll(async () => {
    await build(`thin10/${layout}`);
    classifier = await createClassifier(join(folder, 'models', 'thin'), { topK: 10 });
  });

  it.each(pictures)("gives Keras' logits to 1e-4 and its top 5 for %s", async (name) => {
    const expected = [...kerasLogits('thin10', name)];

    const found = await probabilities(classifier, name);

    expect(greatestDifference(centred(found.map(Math.log)), centred(expected))).toBeLessThan(1e-4);
    expect(top5(found)).toEqual(top5(expected));
  });
});

describe('published weights with the 1000 classes of ImageNet', () => {
  const published = publishedWeights.resnet50!;

  it.each<Precision>(['fp32', 'fp16'])(
    "gives Keras' probabilities when it is stored as %s, with ImageNet's labels",
    async (precision) => {
      const path = unpackTo(folder, 'thin1000/resnet50_thin1000_official.h5');
      const target = join(folder, 'models', `thin1000-${precision}`);

      await buildModel(
        { name: 'thin1000', source: { path, origin: 'a file', published }, precision, preprocessing: {} },
        target,
      );

      const classifier = await createClassifier(target, { topK: 1000 });
      for (const name of pictures) {
        const found = await probabilities(classifier, name);
        const expected = softmax([...kerasLogits('thin1000', name)]);
        expect(greatestDifference(found, expected)).toBeLessThan(
          precision === 'fp32' ? 1e-5 : tolerances.fp16,
        );
        expect(top5(found)).toEqual(top5(expected));
      }
      expect(JSON.parse(readFileSync(join(target, 'labels.json'), 'utf8'))[386]).toEqual([
        'n02504458',
        'African_elephant',
      ]);
      expect(readdirSync(target)).toContain('LICENSE.labels.txt');
    },
  );
});

describe('the model folder', () => {
  const target = join(folder, 'models', 'thin');

  it('describes the origin, the input and the digest of the network in its manifest', async () => {
    const { manifest } = await build('thin10/resnet50_thin10.keras', { licence: 'CC BY 4.0' });

    const { sha256, ...rest } = manifest;
    expect(rest).toEqual({
      name: 'thin',
      file: 'thin.onnx',
      source: 'thin10/resnet50_thin10.keras',
      licence: 'CC BY 4.0',
      input: { name: 'images', layout: 'NCHW', width: 224, height: 224 },
      preprocess: { mode: 'caffe', interpolation: 'nearest', policy: 'stretch', orientation: 'exif' },
      output: { name: 'predictions', activation: 'softmax' },
      labels: 'labels.json',
      topK: 5,
      minScore: 0,
    });
    const bytes = ['thin.onnx', 'thin.bin'].map((name) => readFileSync(join(target, name)));
    expect(sha256).toBe(createHash('sha256').update(Buffer.concat(bytes)).digest('hex'));
    expect(readdirSync(target).sort()).toEqual(['labels.json', 'model.json', 'thin.bin', 'thin.onnx']);
  });

  it('contains the licence of weights that Keras publishes', async () => {
    const path = unpackTo(folder, 'thin10/resnet50_thin10_official.h5');
    const published = publishedWeights.resnet50!;

    const { manifest } = await build('thin10/resnet50_thin10_official.h5', {
      source: { path, origin: published.source, published },
    });

    expect(manifest).toMatchObject({ source: expect.stringContaining('Kaiming He'), licence: 'MIT' });
    expect(readFileSync(join(target, 'LICENSE.weights.txt'), 'utf8')).toContain('Shaoqing Ren');
  });

  it('classifies images in a batch and alone alike', async () => {
    await build('thin10/resnet50_thin10.keras');
    const { classify, manifest } = await createClassifier(target);
    const feed = (names: readonly string[]) =>
      classify(preprocess(names.map(picture), manifest.input, manifest.preprocess as Preprocessing));

    const together = await feed(pictures);

    const alone = await Promise.all(pictures.map((name) => feed([name])));
    expect(together.map(({ predictions }) => predictions.map(({ index }) => index))).toEqual(
      alone.flat().map(({ predictions }) => predictions.map(({ index }) => index)),
    );
  });

  it("uses the user's input size and preprocessing", async () => {
    const { manifest } = await build('thin10/resnet50_thin10_official.h5', {
      size: { width: 96, height: 64 },
      preprocessing: { mode: 'torch', policy: 'crop', cropFraction: 0.875 },
    });

    expect(manifest.input).toMatchObject({ width: 96, height: 64 });
    expect(manifest.preprocess).toEqual({
      mode: 'torch',
      interpolation: 'nearest',
      policy: 'crop',
      cropFraction: 0.875,
      orientation: 'exif',
    });
  });

  it('refuses a larger input than a manifest allows', async () => {
    const size = { width: 100_000, height: 224 };

    await expect(build('thin10/resnet50_thin10_official.h5', { size })).rejects.toThrow(
      /the input is 100000x224 pixels; supported are 1 to 4096 along each edge/,
    );
  });

  it('is identical to the byte when built again', async () => {
    const first = await build('thin10/resnet50_thin10.weights.h5');
    const second = await build('thin10/resnet50_thin10.weights.h5');

    expect(second.manifest.sha256).toBe(first.manifest.sha256);
  });

  it('has half the size with weights stored as fp16', async () => {
    await build('thin10/resnet50_thin10.keras');
    const full = readFileSync(join(target, 'thin.bin')).length;

    await build('thin10/resnet50_thin10.keras', { precision: 'fp16' });

    expect(readFileSync(join(target, 'thin.bin')).length / full).toBeCloseTo(0.5, 1);
  });

  it('is kept, and nothing else is left behind, when a new one cannot be built', async () => {
    const { manifest } = await build('thin10/resnet50_thin10.keras');
    const tooFew = join(folder, 'too-few.txt');
    writeFileSync(tooFew, 'cat\ndog');

    await expect(build('thin10/resnet50_thin10.weights.h5', { labels: tooFew })).rejects.toThrow(
      `${tooFew} has 2 labels; the network has 10 classes, and each needs one`,
    );

    expect(JSON.parse(readFileSync(join(target, 'model.json'), 'utf8'))).toEqual(manifest);
    expect(readdirSync(join(folder, 'models')).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it.each([
    ['a whole model', 'thin10/resnet50_thin10.keras', undefined],
    ['weights that Keras publishes', 'thin10/resnet50_thin10_official.h5', publishedWeights.resnet50!],
  ])('refuses a pooling for %s, which would have no effect', async (_, file, published) => {
    const path = unpackTo(folder, file);
    const source = { path, origin: file, ...(published && { published }) };

    await expect(build(file, { source, pooling: 'max' })).rejects.toThrow(
      new UnusableModel(
        `--pooling goes with a Keras file of your own that holds weights alone, which ${path} is not: leave it out`,
      ),
    );
  });

  it('is refused without the names of the classes', async () => {
    const path = unpackTo(folder, 'thin10/resnet50_thin10.keras');
    const built = buildModel(
      { name: 'thin', source: { path, origin: '' }, precision: 'fp32', ...answers },
      target,
    );

    await expect(built).rejects.toThrow(
      /the network's 10 classes are not known: give them with --labels FILE/,
    );
  });
});

describe('a network in ONNX', () => {
  const home = join(folder, 'models', 'thin');
  const fromOnnx = (more: Partial<ModelRequest>) =>
    buildModel(
      {
        name: 'again',
        source: { path: join(home, 'thin.onnx'), origin: 'thin.onnx' },
        precision: 'fp32',
        preprocessing: {},
        ...more,
      },
      join(folder, 'models', 'again'),
    );

  it('takes preprocessing, labels, source and licence from the manifest next to it', async () => {
    const { manifest } = await build('thin10/resnet50_thin10.keras', {
      licence: 'MIT',
      preprocessing: { mode: 'caffe', interpolation: 'bicubic' },
    });

    const again = await fromOnnx({});

    expect(again.manifest).toEqual({
      ...manifest,
      name: 'again',
      file: 'again.onnx',
      sha256: again.manifest.sha256,
    });
    expect(again.difference).toBe(0);
  });

  it('asks for its preprocessing if there is no manifest', async () => {
    await build('thin10/resnet50_thin10.keras');
    rmSync(join(home, 'model.json'));

    await expect(fromOnnx({ labels })).rejects.toThrow(
      /does not say how its training prepared images: name the training code with --preprocess/,
    );

    const { manifest } = await fromOnnx({
      labels,
      preprocessing: { preprocess: 'keras-dataset', order: 'BGR', mean: [104, 117, 123] },
    });
    expect(manifest.preprocess.mode).toEqual({
      order: 'BGR',
      scale: 1,
      mean: [104, 117, 123],
      std: [1, 1, 1],
    });
    expect(manifest.input).toEqual({ name: 'images', layout: 'NCHW', width: 224, height: 224 });
  });

  it('refuses a pooling, which would have no effect', async () => {
    await build('thin10/resnet50_thin10.keras');

    await expect(fromOnnx({ pooling: 'max' })).rejects.toThrow(
      /--pooling goes with a Keras file .*thin\.onnx/,
    );
  });

  it('of a fixed size refuses another one', async () => {
    await build('thin10/resnet50_thin10.keras');

    await expect(fromOnnx({ size: { width: 299, height: 299 } })).rejects.toThrow(
      /input 'images' is 224x224 pixels, not 299x299: leave out --size/,
    );
  });
});

describe.each([
  ['empty', '', /is empty; expected a Keras file/],
  ['a web page', '<!doctype html><p>Not found', /begins with '<!do': it is a web page/],
  ['a text', 'weights', /begins with 'weig'; expected a Keras file \(.h5, .keras\), an ONNX file/],
  ['cut-off ONNX', '\x08\x08\x12', /is not a readable ONNX file/],
  ['no zip after all', 'PK\x03\x04 and so on', /is a damaged zip/],
  ['no HDF5 after all', '\x89HDF and so on', /is not a readable HDF5 file/],
])('a file that is %s', (_, content, message) => {
  it('is refused with its name and what was expected', async () => {
    const path = join(folder, 'wrong');
    writeFileSync(path, content, 'latin1');

    const built = buildModel(
      { name: 'x', source: { path, origin: '' }, precision: 'fp32', preprocessing: {} },
      join(folder, 'models', 'x'),
    );

    await expect(built).rejects.toThrow(UnusableModel);
    await expect(built).rejects.toThrow(message);
    await expect(built).rejects.toThrow(path);
  });
});
