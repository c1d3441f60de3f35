import { readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Bitmap } from '../../../functions/classify/image/image.ts';
import { defaultLimits } from '../../../functions/classify/image/limits.ts';
import { createClassifier } from '../../../functions/classify/network/classifier.ts';
import { preprocess } from '../../../functions/classify/tensor/preprocess.ts';
import { readImage } from '../../../functions/classify/tensor/read-image.ts';
import { buildModel, type ModelRequest } from '../../../layers/model/build-model.ts';
import type { NodeProto } from '../../../layers/model/onnx/proto.ts';
import { temporaryFolder } from './fixtures.ts';
import { node, tensor, value, writeMeans, writeNetwork } from './onnx/networks.ts';

const folder = temporaryFolder();
const raw = { order: 'RGB', scale: 1, interpolation: 'nearest', policy: 'stretch' } as const;

function build(path: string, labels: readonly string[], more: Partial<ModelRequest> = {}) {
  const file = join(folder, 'labels.txt');
  writeFileSync(file, labels.join('\n'));
  return buildModel(
    {
      name: 'net',
      source: { path, origin: 'net.onnx' },
      labels: file,
      precision: 'fp32',
      preprocessing: raw,
      ...more,
    },
    join(folder, 'net'),
  );
}

/** An image of one colour. */
function plain(...colour: [number, number, number]): Bitmap & { orientation: 1 } {
  const data = new Uint8Array(16 * 16 * 4).fill(255);
  for (let i = 0; i < 16 * 16; i++) data.set(colour, i * 4);
  return { width: 16, height: 16, data, orientation: 1 };
}

async function classify(...colour: [number, number, number]): Promise<string[]> {
  const { manifest, classify: run } = await createClassifier(join(folder, 'net'));
  const [{ predictions }] = await run(preprocess([plain(...colour)], manifest.input, manifest.preprocess));
  return predictions.map(({ label, score }) => `${label} ${score.toFixed(4)}`);
}

/** `means` is a hundredth of each channel's mean. */
function means(...nodes: NodeProto[]): string {
  return writeMeans(join(folder, 'net.onnx'), nodes);
}

const colours = ['red', 'green', 'blue'];
function sigmoid(logit: number) {
  return (1 / (1 + Math.exp(-logit))).toFixed(4);
}

describe('a network that ends with a sigmoid', () => {
  it('names every class that reaches a score of 0.5, each on its own', async () => {
    const { manifest, isExclusive } = await build(
      means(node('Neg', ['means'], 'l'), node('Sigmoid', ['l'], 'scores')),
      colours,
    );

    expect(manifest).toMatchObject({ output: { activation: 'sigmoid' }, minScore: 0.5 });
    expect(isExclusive).toBe(false);
    expect(await classify(200, 0, 0)).toEqual(['green 0.5000', 'blue 0.5000']);
    expect(await classify(200, 100, 100)).toEqual([]);
  });

  it.each([
    [['warm'], 'not warm'],
    [['cold', 'warm'], 'cold'],
  ])('and a single output scores two classes: %j', async (labels, other) => {
    const path = writeMeans(
      join(folder, 'net.onnx'),
      [node('Gemm', ['means', 'first'], 'l'), node('Sigmoid', ['l'], 'scores')],
      { initializer: [tensor('first', [3, 1], [1, 0, 0])] },
    );

    const { manifest, classes } = await build(path, labels);

    expect({ classes, minScore: manifest.minScore }).toEqual({ classes: 2, minScore: 0 });
    expect(await classify(200, 0, 0)).toEqual([`warm ${sigmoid(2)}`, `${other} ${sigmoid(-2)}`]);
  });

  it('refuses ancestors, whose sums would mean nothing', async () => {
    const path = means(node('Sigmoid', ['means'], 'scores'));

    await expect(build(path, colours, { ancestors: 'kinds.json' })).rejects.toThrow(
      /scores each class on its own: leave out --ancestors/,
    );
  });
});

describe('a network that ends with logits', () => {
  const logits = [node('Gemm', ['means', 'hundred'], 'scores')];
  const path = () =>
    writeMeans(join(folder, 'net.onnx'), logits, {
      initializer: [tensor('hundred', [3, 3], [1, 0, 0, 0, 1, 0, 0, 0, 1])],
    });

  it('needs --activation', async () => {
    await expect(build(path(), colours)).rejects.toThrow(
      /ends with Gemm and gives outputs from .* say how they become scores, with --activation softmax/,
    );
  });

  it.each([
    ['softmax', (Math.E ** 2 / (Math.E ** 2 + 2)).toFixed(4), 3],
    ['sigmoid', sigmoid(2), 3],
  ] as const)('applies the %s that the user names', async (activation, score, count) => {
    const { manifest } = await build(path(), colours, { activation });

    expect(manifest.output).toEqual({ name: 'scores', activation: 'none', apply: activation });
    const predictions = await classify(200, 0, 0);
    expect(predictions[0]).toBe(`red ${score}`);
    expect(predictions).toHaveLength(count);
  });
});

describe('the weights of a ResNet in a checkpoint with the names of its classes', () => {
  const file = join(import.meta.dirname, 'fixtures/torch/resnet-d.pth');
  const request = {
    name: 'net',
    source: { path: file, origin: 'resnet-d.pth' },
    precision: 'fp32',
    preprocessing: { preprocess: 'torchvision' },
  } as const satisfies ModelRequest;

  it('take one option, which tells their pixels and their head', async () => {
    const { manifest, classes, assumptions } = await buildModel(request, join(folder, 'net'));

    expect(manifest.output).toEqual({ name: 'logits', activation: 'none', apply: 'softmax' });
    expect(manifest.preprocess).toMatchObject({ policy: 'resize-crop', resizeTo: 256 });
    expect(classes).toBe(5);
    expect(JSON.parse(readFileSync(join(folder, 'net/labels.json'), 'utf8'))[4]).toBe('elk');
    expect(assumptions).toEqual([expect.stringMatching(/exclude each other.*use --activation sigmoid/)]);
  });

  it('take another head if the user names it', async () => {
    const { manifest, assumptions } = await buildModel(
      { ...request, activation: 'sigmoid' },
      join(folder, 'net'),
    );

    expect(manifest.output).toMatchObject({ apply: 'sigmoid' });
    expect(assumptions).toEqual([]);
  });

  it('are asked about where the recipe does not tell the head', async () => {
    const preprocessing = { mode: 'torch', interpolation: 'bilinear', policy: 'stretch' } as const;

    await expect(buildModel({ ...request, preprocessing }, join(folder, 'net'))).rejects.toThrow(
      /say how they become scores, with --activation softmax/,
    );
  });
});

it('takes the head of the model.json next to a network', async () => {
  const path = writeMeans(join(folder, 'net.onnx'), [node('Gemm', ['means', 'unit'], 'scores')], {
    initializer: [tensor('unit', [3, 3], [1, 0, 0, 0, 1, 0, 0, 0, 1])],
  });
  await build(path, colours, { activation: 'sigmoid' });
  const built = join(folder, 'net');

  const again = await buildModel(
    {
      name: 'again',
      source: { path: join(built, 'net.onnx'), origin: 'net.onnx' },
      precision: 'fp32',
      preprocessing: {},
    },
    join(folder, 'again'),
  );

  const { output, minScore } = JSON.parse(readFileSync(join(built, 'model.json'), 'utf8'));
  expect(again.manifest).toMatchObject({ output, minScore });
});

it('feeds grey to a network that takes one channel', async () => {
  const path = writeNetwork(join(folder, 'net.onnx'), {
    node: [
      node('GlobalAveragePool', ['images'], 'pooled'),
      node('Flatten', ['pooled'], 'flat'),
      node('Sigmoid', ['flat'], 'scores'),
    ],
    initializer: [],
    input: [value('images', ['batch', 1, 8, 8])],
    output: [value('scores', ['batch', 1])],
  });

  await build(path, ['dark', 'bright'], {
    preprocessing: { scale: 0.01, interpolation: 'nearest', policy: 'stretch' },
  });

  // Pillow's convert('L') of pure red is 76.
  expect(await classify(255, 0, 0)).toEqual([`bright ${sigmoid(0.76)}`, `dark ${sigmoid(-0.76)}`]);
});

describe('a network written by the Python packages of ONNX', () => {
  const fixtures = join(import.meta.dirname, 'fixtures/onnx');

  // The answers of onnxruntime 1.32 for Python to the same pixels, from class 0 on.
  it.each([
    [
      'of the newest version',
      'newest.onnx',
      [0.197210446, 0.1898677945, 0.198703423, 0.255174309, 0.159044087],
    ],
    ['quantised to int8', 'qdq.onnx', [0.196078449, 0.196078449, 0.196078449, 0.239215702, 0.160784318]],
  ])('%s gives the scores that onnxruntime gives in Python', async (_, file, expected) => {
    const target = join(folder, 'net');
    await buildModel(
      {
        name: 'net',
        source: { path: join(fixtures, file), origin: file },
        labels: join(fixtures, 'synset.txt'),
        precision: 'fp32',
        preprocessing: { mode: 'torch', interpolation: 'bilinear', policy: 'stretch' },
      },
      target,
    );

    const { manifest, classify: run } = await createClassifier(target);
    const image = await readImage(await readFile('test/support/photos/chelsea.png'), defaultLimits, manifest);
    const [{ predictions }] = await run(image.toTensor());

    expect(predictions[0]).toMatchObject({ id: 'n01491361', label: 'tiger shark' });
    for (const { index, score } of predictions) expect(score).toBeCloseTo(expected[index]!, 5);
  });
});

describe('label rules', () => {
  const neg = node('Neg', ['means'], 'l');
  const sigmoid = () => means(neg, node('Sigmoid', ['l'], 'scores'));
  const writeRules = (rules: object) => {
    const path = join(folder, 'rules.json');
    writeFileSync(path, JSON.stringify(rules));
    return path;
  };

  it('become part of the model, which takes the greatest of independent scores', async () => {
    const labelRules = writeRules({ merge: { cold: ['green', 'blue'] } });

    const { manifest } = await build(sigmoid(), colours, { labelRules });

    expect(manifest.labelRules).toBe('label-rules.json');
    expect(await classify(200, 0, 0)).toEqual(['cold 0.5000']);
  });

  it('of a model.json next to the network are kept', async () => {
    await build(sigmoid(), colours, { labelRules: writeRules({ drop: ['green'] }) });

    const { manifest } = await buildModel(
      {
        name: 'again',
        source: { path: join(folder, 'net/net.onnx'), origin: 'net.onnx' },
        precision: 'fp32',
        preprocessing: {},
      },
      join(folder, 'again'),
    );

    expect(manifest.labelRules).toBe('label-rules.json');
    expect(readFileSync(join(folder, 'again/label-rules.json'), 'utf8')).toContain('green');
  });

  it('that do not fit its labels are refused', async () => {
    const labelRules = writeRules({ drop: ['gren'] });

    await expect(build(sigmoid(), colours, { labelRules })).rejects.toThrow(
      `${labelRules}: drop: 'gren' is not a label; did you mean green?`,
    );
  });
});

describe('a graph with a cycle', () => {
  const dense = node('MatMul', ['means', 'kernel'], 'scores');

  it.each<[string, NodeProto[]]>([
    ['of its weights', [node('Identity', ['kernel'], 'kernel'), dense]],
    [
      'of its values',
      [node('Add', ['means', 'y'], 'x'), node('Neg', ['x'], 'y'), node('Neg', ['y'], 'scores')],
    ],
    ['at its output', [node('Identity', ['scores'], 'scores')]],
  ])('%s is refused in a sentence', async (_, nodes) => {
    await expect(build(means(...nodes), colours)).rejects.toThrow(
      /cannot be loaded by ONNX Runtime: .* the graph is not acyclic/,
    );
  });
});
