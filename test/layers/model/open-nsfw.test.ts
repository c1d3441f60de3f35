/** The embedded open_nsfw compared with Yahoo's network and script, on harmless pictures. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../functions/classify/image/limits.ts';
import { createClassifier } from '../../../functions/classify/network/classifier.ts';
import type { Preprocessing } from '../../../functions/classify/tensor/preprocess.ts';
import { readImage } from '../../../functions/classify/tensor/read-image.ts';
import { findModel } from '../../../layers/model/layer.ts';
import { readImage as readGolden } from '../../goldens/goldens.ts';

const expected: Readonly<Record<string, { readonly yahoo: number; readonly scaled: number }>> = JSON.parse(
  readFileSync(join(import.meta.dirname, 'fixtures/open-nsfw/scores.json'), 'utf8'),
);
const pictures = Object.keys(expected);

const { manifest, classify } = await createClassifier(findModel('open-nsfw'));

async function classified(picture: string, preprocess: Preprocessing = manifest.preprocess) {
  const { toTensor } = await readImage(readGolden(picture), defaultLimits, {
    input: manifest.input,
    preprocess,
  });
  const [classification] = await classify(toTensor());
  return classification!;
}

async function unsafe(picture: string, preprocess?: Preprocessing): Promise<number> {
  const { predictions } = await classified(picture, preprocess);
  return predictions.find(({ label }) => label === 'nsfw')!.score;
}

describe('open-nsfw', () => {
  it.each(pictures)('scores %s as the network of Yahoo does in float32', async (picture) => {
    const score = await unsafe(picture);

    expect(Math.abs(score - expected[picture]!.scaled)).toBeLessThan(2e-4);
    // Yahoo's script re-encodes the scaled picture as JPEG.
    expect(Math.abs(score - expected[picture]!.yahoo)).toBeLessThan(0.02);
  });

  // Over the two photographs with the highest scores.
  it.each([
    [
      'with red and blue swapped',
      { mode: { order: 'RGB', scale: 1, mean: [123, 117, 104], std: [1, 1, 1] } },
    ],
    ['without its means', { mode: { order: 'BGR', scale: 1, mean: [0, 0, 0], std: [1, 1, 1] } }],
    ['scaled by nearest neighbours', { interpolation: 'nearest' }],
    ['without the crop', { resizeTo: { width: 224, height: 224 } }],
  ] as const)('gives other scores %s', async (_, change) => {
    const distances = await Promise.all(
      ['astronaut_512_q90_420.jpg', 'coffee_base_420.jpg'].map(async (picture) =>
        Math.abs((await unsafe(picture, { ...manifest.preprocess, ...change })) - expected[picture]!.scaled),
      ),
    );

    expect(Math.max(...distances)).toBeGreaterThan(2e-3);
  });

  it('gives both labels, the likelier one first, and no general label', async () => {
    const { predictions, general } = await classified('cat_224x224.jpg');

    expect(predictions.map(({ label }) => label)).toEqual(['sfw', 'nsfw']);
    expect(predictions[0]!.score + predictions[1]!.score).toBeCloseTo(1, 6);
    expect(general).toBeUndefined();
  });
});
