import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createClassifier } from '../../../functions/classify/network/classifier.ts';
import { preprocess } from '../../../functions/classify/tensor/preprocess.ts';
import { buildModel, type ModelRequest } from '../../../layers/model/build-model.ts';
import { picture, temporaryFolder, unpacked } from './fixtures.ts';

const folder = temporaryFolder();
const fixtures = join(import.meta.dirname, 'fixtures');
const pictures = ['china', 'coffee'];
const { models } = JSON.parse(unpacked('zoo/zoo.json').toString()) as {
  models: { name: string; answers: Record<string, { outputs_float64: number[][] }> }[];
};

function build(name: string, labels: readonly string[], more: Partial<ModelRequest> = {}) {
  const path = join(folder, `${basename(name)}.keras`);
  copyFileSync(join(fixtures, 'zoo', `${name}.keras`), path);
  const file = join(folder, 'labels.txt');
  writeFileSync(file, labels.join('\n'));
  return buildModel(
    {
      name: 'net',
      source: { path, origin: `${name}.keras` },
      labels: file,
      precision: 'fp32',
      preprocessing: { orientation: 'ignore' },
      ...more,
    },
    join(folder, 'net'),
  );
}

function names(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `kind ${i}`);
}

function kerasOutputs(name: string, image: string, output = 0): number[] {
  return models.find((model) => model.name === name)!.answers[image]!.outputs_float64[output]!;
}

/** The scores of all classes that the built model names, by class. */
async function scoresOf(image: string): Promise<Map<string, number>> {
  const { manifest, classify } = await createClassifier(join(folder, 'net'), { topK: 100 });
  const [{ predictions }] = await classify(preprocess([picture(image)], manifest.input, manifest.preprocess));
  return new Map(predictions.map(({ label, score }) => [label, score]));
}

function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

function softmax(logits: readonly number[]): number[] {
  const powers = logits.map((logit) => Math.exp(logit - Math.max(...logits)));
  return powers.map((power) => power / powers.reduce((a, b) => a + b, 0));
}

function expectScores(found: ReadonlyMap<string, number>, expected: ReadonlyMap<string, number>): void {
  expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [label, score] of expected) expect(Math.abs(found.get(label)! - score)).toBeLessThan(1e-4);
}

function byLabel(scores: readonly number[]): Map<string, number> {
  return new Map(scores.map((score, i) => [`kind ${i}`, score]));
}

describe('a Keras classifier that prepares its pixels', () => {
  it("needs nothing but labels to give Keras' scores", async () => {
    const { manifest, assumptions } = await build('transfer-rescaling-softmax', names(3));

    expect(manifest).toMatchObject({
      preprocess: { mode: { order: 'RGB', scale: 1, mean: [0, 0, 0], std: [1, 1, 1] } },
      output: { activation: 'softmax' },
    });
    expect(assumptions).toEqual([
      expect.stringMatching(/^images are scaled as Keras' load_img does; .* use --preprocess keras-dataset$/),
    ]);
    for (const image of pictures) {
      expectScores(await scoresOf(image), byLabel(kerasOutputs('transfer-rescaling-softmax', image)));
    }
  });

  it("needs nothing but labels where it is the first example of 'Your own network'", async () => {
    const answers = JSON.parse(readFileSync(join(fixtures, 'dogs/answers.json'), 'utf8'));
    const { manifest, title, isExclusive } = await build('../dogs/dogs', ['cat', 'dog']);

    expect(title).toBe('MobileNetV2');
    expect(manifest).toMatchObject({
      input: { width: 96, height: 96 },
      preprocess: { mode: { order: 'RGB', scale: 1 } },
      output: { activation: 'sigmoid' },
    });
    expect(isExclusive).toBe(true);
    for (const image of pictures) {
      expectScores(
        await scoresOf(image),
        new Map([
          ['dog', answers[image]],
          ['cat', 1 - answers[image]],
        ]),
      );
    }
  });

  it('is distinguished from one whose training code prepared them too', async () => {
    const { assumptions } = await build('transfer-rescaling-softmax', names(3), {
      preprocessing: { preprocess: 'keras-dataset', scale: 1 / 255 },
    });

    expect(assumptions).toEqual([
      expect.stringMatching(/prepares its pixels itself, after the arithmetic given/),
    ]);
  });

  it('takes grey images', async () => {
    const outputs = kerasOutputs('grey-mnist', 'china');
    const { manifest } = await build('grey-mnist', names(outputs.length));

    expect(manifest.preprocess.mode).toEqual({ order: 'L', scale: 1, mean: [0], std: [1] });
    for (const image of pictures) {
      expectScores(await scoresOf(image), byLabel(kerasOutputs('grey-mnist', image)));
    }
  });
});

describe('a Keras classifier that gets prepared pixels', () => {
  it('asks how, with the recipe of keras.applications for its base', async () => {
    await expect(build('mobilenetv2', names(10))).rejects.toThrow(
      /does not prepare raw pixels itself: say how .* with --mode caffe, tf or torch .*, --scale 1\/255, --scale 1 \(raw pixels\), .*\. It contains MobileNetV2, which keras.applications feeds with --mode tf$/,
    );
  });

  it('asks even if --preprocess names the data set that scaled the images', async () => {
    await expect(
      build('mobilenetv2', names(10), { preprocessing: { preprocess: 'keras-dataset' } }),
    ).rejects.toThrow(/does not prepare raw pixels itself/);
  });

  it("gives Keras' scores with that recipe", async () => {
    const outputs = kerasOutputs('mobilenetv2', 'china');
    await build('mobilenetv2', names(outputs.length), {
      preprocessing: { mode: 'tf', orientation: 'ignore' },
    });

    for (const image of pictures) {
      expectScores(await scoresOf(image), byLabel(kerasOutputs('mobilenetv2', image)));
    }
  });
});

describe('the head of a Keras classifier', () => {
  it('of a single sigmoid scores two classes, of which one name is enough', async () => {
    const { isExclusive } = await build('transfer-ops-binary-sigmoid', ['dog']);

    expect(isExclusive).toBe(true);
    for (const image of pictures) {
      const [dog] = kerasOutputs('transfer-ops-binary-sigmoid', image) as [number];
      expectScores(
        await scoresOf(image),
        new Map([
          ['dog', dog],
          ['not dog', 1 - dog],
        ]),
      );
    }
  });

  it('of a single logit scores two classes with the sigmoid that the user names', async () => {
    await expect(build('from-scratch-binary', ['cat', 'dog'])).rejects.toThrow(
      /which is linear and gives outputs from .* say how they become scores, with --activation sigmoid \(the probability/,
    );

    await build('from-scratch-binary', ['cat', 'dog'], { activation: 'sigmoid' });

    for (const image of pictures) {
      const dog = sigmoid(kerasOutputs('from-scratch-binary', image)[0]!);
      expectScores(
        await scoresOf(image),
        new Map([
          ['dog', dog],
          ['cat', 1 - dog],
        ]),
      );
    }
  });

  it('of several sigmoids names every class from a half up', async () => {
    const outputs = kerasOutputs('transfer-multilabel', 'china');
    const { isExclusive } = await build('transfer-multilabel', names(outputs.length));

    expect(isExclusive).toBe(false);
    for (const image of pictures) {
      const expected = byLabel(kerasOutputs('transfer-multilabel', image));
      expectScores(await scoresOf(image), new Map([...expected].filter(([, score]) => score >= 0.5)));
    }
  });

  it('of logits applies the softmax that the user names', async () => {
    const outputs = kerasOutputs('transfer-logits', 'china');
    await build('transfer-logits', names(outputs.length), { activation: 'softmax' });

    for (const image of pictures) {
      expectScores(await scoresOf(image), byLabel(softmax(kerasOutputs('transfer-logits', image))));
    }
  });

  it('is the only output with as many values as there are labels', async () => {
    const raw = { preprocessing: { scale: 1, orientation: 'ignore' } } as const;
    await expect(build('two-outputs', names(99), raw)).rejects.toThrow(
      /has the outputs .*; say which has the scores with --output NAME/,
    );
    await expect(build('two-outputs', names(3), { ...raw, output: 'nothing' })).rejects.toThrow(
      /has no output 'nothing'; it has /,
    );

    await build('two-outputs', names(3), raw);

    for (const image of pictures) {
      expectScores(await scoresOf(image), byLabel(kerasOutputs('two-outputs', image)));
    }
  });
});

it('asks for the size of a Keras classifier that takes any', async () => {
  const outputs = kerasOutputs('any-size-mixed', 'china');

  await expect(build('any-size-mixed', names(outputs.length))).rejects.toThrow(/--size/);
});
