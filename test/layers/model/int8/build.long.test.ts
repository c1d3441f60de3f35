import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../../functions/classify/image/limits.ts';
import { createClassifier } from '../../../../functions/classify/network/classifier.ts';
import { readImage } from '../../../../functions/classify/tensor/read-image.ts';
import { buildModel } from '../../../../layers/model/build-model.ts';
import { embeddedModels } from '../../../../layers/places.ts';
import { temporaryFolder } from '../fixtures.ts';

const folder = temporaryFolder();
const goldens = 'test/goldens/images';
const photos = {
  folder: goldens,
  files: readdirSync(goldens)
    .sort()
    .map((name) => join(goldens, name)),
  read: (file: string) => readFile(file),
  onSkipped: () => {},
};

describe('EfficientNet-Lite0 as int8', () => {
  it('keeps the labels of photos, in a layer of 5 MB', async () => {
    const path = join(embeddedModels['efficientnet-lite0']!, 'efficientnet-lite0-fp16.onnx');

    const { manifest, bytes, quantisation } = await buildModel(
      {
        name: 'lite0',
        source: { path, origin: 'lite0.onnx' },
        precision: 'fp32',
        preprocessing: {},
        quantisation: { photos, allowLoss: false },
      },
      join(folder, 'lite0'),
    );

    expect(quantisation!.calibratedWith).toBeGreaterThan(40);
    const { all, sure, topFive } = quantisation!.agreement;
    expect(all.same / all.photos).toBeGreaterThan(0.92);
    expect(sure.same).toBe(sure.photos);
    expect(topFive).toBeGreaterThan(0.9);
    expect(bytes).toBeLessThan(5.5e6);
    expect(manifest.source).toMatch(/, as int8 by \d+ photos$/);
    const { classify } = await createClassifier(join(folder, 'lite0'));
    const chelsea = await readImage(
      await readFile('test/support/photos/chelsea.png'),
      defaultLimits,
      manifest,
    );
    const [{ predictions }] = await classify(chelsea.toTensor());
    expect(predictions[0]!.label).toBe('tiger_cat');
    expect(predictions[0]!.score).toBeCloseTo(0.408, 1);
  }, 300_000);
});
