import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildModel, stepsOf } from '../../../../layers/model/build-model.ts';
import { temporaryFolder } from '../fixtures.ts';
import { node, tensor, writeMeans } from '../onnx/networks.ts';
import { network } from './network.ts';

const folder = temporaryFolder();
const goldens = 'test/goldens/images';
const images = readdirSync(goldens)
  .filter((name) => /^(?!bad|hd|tall|wide).*\.(jpg|png)$/.test(name))
  .sort()
  .filter((_, i) => i % 2 === 0);
const labels = join(folder, 'labels.txt');

function build(path: string, classes: number, files: readonly string[], allowLoss = false) {
  writeFileSync(labels, Array.from({ length: classes }, (_, i) => `class ${i}\n`).join(''));
  const photos = {
    folder: goldens,
    files: files.map((name) => join(goldens, name)),
    read: (file: string) => readFile(file),
    onSkipped: () => {},
  };
  return buildModel(
    {
      name: 'net',
      source: { path, origin: 'net.onnx' },
      labels,
      precision: 'fp32',
      preprocessing: { order: 'RGB', scale: 1, interpolation: 'nearest', policy: 'stretch' },
      quantisation: { photos, allowLoss },
    },
    join(folder, 'net'),
  );
}

/** Classes whose weights differ by less than a step of seven bits: which channel is the brightest. */
function nearlyEqualClasses(): string {
  const weights = [1.001, 1, 1, 1, 1.001, 1, 1, 1, 1.001];
  return writeMeans(
    join(folder, 'equal.onnx'),
    [node('Gemm', ['means', 'classes'], 'logits'), node('Softmax', ['logits'], 'scores', { axis: 1 })],
    { initializer: [tensor('classes', [3, 3], weights)] },
  );
}

describe('building an int8 network', () => {
  it('reports how many photos calibrated it, and on how many of the others it keeps the first label', async () => {
    const { manifest, quantisation } = await build(network, 10, images);

    const calibratedWith = Math.floor(images.length / 2);
    const photos = images.length - calibratedWith;
    expect(quantisation).toMatchObject({ calibratedWith, agreement: { all: { photos } } });
    expect(manifest.source).toBe(`net.onnx, as int8 by ${calibratedWith} photos`);
  });

  it('takes networks converted from Keras, whose weights lie in a file of their own', async () => {
    const path = 'test/layers/model/fixtures/zoo/mobilenet.keras';

    const { quantisation } = await build(path, 10, images, true);

    // Its weights are random, so that the best of its scores is hardly above the others.
    const { all } = quantisation!.agreement;
    expect(all.same).toBeGreaterThan(0.5 * all.photos);
  });

  it('refuses a network that often gives another label, and keeps the one that was built before', async () => {
    await build(network, 10, images);

    await expect(build(nearlyEqualClasses(), 3, images)).rejects.toThrow(
      /^as int8, the network keeps its first label on [\d.]+ % of \d+ photos .* build it all the same with --allow-loss$/,
    );

    expect(existsSync(join(folder, 'net/model.json'))).toBe(true);
  });

  it('builds it all the same if the user allows that', async () => {
    const { quantisation } = await build(nearlyEqualClasses(), 3, images, true);

    const { photos, same } = quantisation!.agreement.all;
    expect(same).toBeLessThan(0.9 * photos);
  });

  it.each([
    [0, /leaves 0 photos to calibrate/],
    [31, /leaves 15 photos to calibrate/],
  ])('refuses %i photos', async (count, message) => {
    await expect(build(network, 10, images.slice(0, count))).rejects.toThrow(message);
  });

  it('counts only photos that can be read', async () => {
    const files = [...images.slice(0, 20), ...Array.from({ length: 30 }, (_, i) => `missing${i}.jpg`)];

    await expect(build(network, 10, files)).rejects.toThrow(/leaves \d+ photos to calibrate/);
  });

  it('refuses a network that computes with integers already', async () => {
    await expect(build('test/layers/model/fixtures/onnx/qdq.onnx', 5, images)).rejects.toThrow(
      'the network computes with integers already: leave out --precision int8 and --calibrate',
    );
  });
});

describe('stepsOf', () => {
  const request = {
    name: 'x',
    source: { path: '', origin: '' },
    precision: 'fp32',
    preprocessing: {},
  } as const;

  it('lists the step that only int8 has', () => {
    const photos = { folder: '', files: [], read: readFile, onSkipped: () => {} };

    expect(stepsOf(request)).not.toContain('quantising it');
    expect(stepsOf({ ...request, quantisation: { photos, allowLoss: false } })).toContain('quantising it');
  });
});
