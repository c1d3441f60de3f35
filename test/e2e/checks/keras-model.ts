/** The first example of the page 'Your own network': a Keras file becomes the deployed model, with its labels as the only option. */
import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import type { Check } from '../check.ts';
import type { Deployment } from '../deployment.ts';
import { catPhoto } from '../pictures.ts';
import { run } from '../processes.ts';

const root = join(import.meta.dirname, '../../..');
const fixtures = join(root, 'test/layers/model/fixtures/dogs');
const model = 'e2e-dogs';
// Scores differ a little between processors.
const tolerance = 1e-3;

/**
 * @param folder Folder for a generated file.
 * @param upload Uploads the photo of a cat and waits for labels by this model.
 */
export function kerasModelCheck(
  deployment: Deployment,
  folder: string,
  upload: (model: string, key: string) => Promise<HeadObjectCommandOutput>,
): Check {
  return {
    name: "npx bucketlens model: a Keras file and its labels are enough for classify and the deployed stack to give Keras' scores",
    run: async () => {
      const { chelsea: dog } = JSON.parse(await readFile(join(fixtures, 'answers.json'), 'utf8'));
      const labels = join(folder, 'dogs.txt');
      await writeFile(labels, 'cat\ndog\n');
      try {
        await bucketlens('model', model, '--from', join(fixtures, 'dogs.keras'), '--labels', labels);
        const { predictions } = JSON.parse(
          await bucketlens('classify', '--json', '--model', model, catPhoto),
        );
        const scores = new Map<string, number>(
          predictions.map(({ label, score }: { label: string; score: number }) => [label, score]),
        );
        assertScores(scores, dog);

        await deployment.changeModel(model);
        const { Metadata } = await upload(model, 'keras/cat.png');
        const written = Metadata!.labels!.split(',').map((entry) => entry.split('=') as [string, string]);
        assertScores(new Map(written.map(([label, score]) => [label, Number(score)])), dog);
      } finally {
        await rm(join(root, 'build/models', model), { recursive: true, force: true });
      }
    },
  };
}

function bucketlens(...args: string[]): Promise<string> {
  return run(process.execPath, [join(root, 'bin/bucketlens.js'), ...args], {
    env: process.env,
    cwd: root,
    timeoutMs: 120_000,
  });
}

function assertScores(scores: ReadonlyMap<string, number>, dog: number): void {
  assert.deepEqual([...scores.keys()], ['cat', 'dog']);
  assert.ok(Math.abs(scores.get('dog')! - dog) < tolerance, `dog is ${scores.get('dog')}, in Keras ${dog}`);
  assert.ok(Math.abs(scores.get('cat')! - (1 - dog)) < tolerance, `cat is ${scores.get('cat')}`);
}
