/** A model folder's model.json, labels and ancestors give a usable model, or an InvalidModel. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createGeneralise, parseAncestors } from '../../../../functions/classify/network/general.ts';
import { parseLabels } from '../../../../functions/classify/network/labels.ts';
import { InvalidModel, parseManifest } from '../../../../functions/classify/network/manifest.ts';
import { type Preprocessing, preprocess } from '../../../../functions/classify/tensor/preprocess.ts';
import { jsonInput, parseInput } from '../json.ts';
import { resultOf } from '../target.ts';

export function seeds(): Uint8Array[] {
  const path = new URL('../../../../layers/model/efficientnet-lite0/model.json', import.meta.url);
  const embedded = JSON.parse(readFileSync(path, 'utf8'));
  const preprocess = { mode: 'torch', interpolation: 'bicubic', policy: 'stretch', orientation: 'ignore' };
  return [
    embedded,
    { ...embedded, preprocess },
    ['tench', 'goldfish'],
    [
      ['n01440764', 'tench'],
      ['n01443537', 'goldfish'],
    ],
    { names: { n1: 'fish', n2: 'animal' }, ancestors: { 0: ['n1', 'n2'], n01440764: ['n2'] } },
  ].map(jsonInput);
}

export async function check(input: Uint8Array): Promise<void> {
  const json = parseInput(input);
  const manifest = await resultOf(() => parseManifest(json, 'model.json'), InvalidModel);
  if (!(manifest instanceof Error)) {
    for (const file of [manifest.file, manifest.labels]) assert.doesNotMatch(file, /[/\\]|^\./);
    assertMakesNumbers(manifest.preprocess as Preprocessing);
  }
  const labels = await resultOf(() => parseLabels(json, 'labels.json'), InvalidModel);
  if (!(labels instanceof Error)) {
    for (const { id, label } of labels) assert(typeof id === 'string' && typeof label === 'string');
  }
  const ancestors = await resultOf(() => parseAncestors(json, 'ancestors.json'), InvalidModel);
  if (!(ancestors instanceof Error)) {
    const ids = ['0', 'n01440764', 'constructor', ...Object.keys(ancestors.ancestors)];
    const generalise = createGeneralise(
      ids.map((id) => ({ id, label: id })),
      ancestors,
      0.5,
    );
    const general = generalise(new Float32Array(ids.length).fill(1 / ids.length));
    assert(general === undefined || (typeof general.label === 'string' && general.score <= 1));
  }
}

/** Holds for all pixel values. */
function assertMakesNumbers(how: Preprocessing): void {
  const data = Uint8Array.from([0, 255, 128, 255]);
  const picture = { width: 1, height: 1, orientation: 1, data } as const;
  const tensor = preprocess([picture], { layout: 'NHWC', width: 1, height: 1 }, how);
  assert(!tensor.data.some(Number.isNaN), 'not a number');
}
