/** A model folder's model.json, labels, ancestors and label rules give a usable model, or an error that says what is wrong. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parseAncestors } from '../../../../functions/classify/network/ancestors.ts';
import { createGeneralise } from '../../../../functions/classify/network/general.ts';
import { InvalidLabelRules } from '../../../../functions/classify/network/label-rules.ts';
import { parseLabels } from '../../../../functions/classify/network/labels.ts';
import { InvalidModel, parseManifest } from '../../../../functions/classify/network/manifest.ts';
import { applyLabelRules } from '../../../../functions/classify/network/published-labels.ts';
import { parseLabelRules } from '../../../../functions/classify/network/read-label-rules.ts';
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
    { merge: { fish: ['tench', 'animal'] }, rename: { goldfish: 'Goldfisch' }, minScore: { fish: 0.5 } },
    { drop: ['fish'], only: ['tench'] },
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
  const rules = await resultOf(() => parseLabelRules(json, 'rules.json'), InvalidLabelRules);
  if (!(rules instanceof Error)) {
    const published = await resultOf(
      () => applyLabelRules(rules, someClasses, someAncestors),
      InvalidLabelRules,
    );
    if (!(published instanceof Error)) assert(published.labels.length > 0);
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

const someClasses = ['tench', 'goldfish', 'crane', 'crane'].map((label, index) => ({
  id: `${index}`,
  label,
}));
const someAncestors = {
  names: { f: 'fish', a: 'animal' },
  ancestors: { 0: ['f', 'a'], 1: ['f', 'a'], 2: ['a'] },
};

/** Holds for all pixel values. */
function assertMakesNumbers(how: Preprocessing): void {
  const data = Uint8Array.from([0, 255, 128, 255]);
  const picture = { width: 1, height: 1, orientation: 1, data } as const;
  const tensor = preprocess([picture], { layout: 'NHWC', width: 1, height: 1 }, how);
  assert(!tensor.data.some(Number.isNaN), 'not a number');
}
