import { describe, expect, it } from 'vitest';
import { createClassification } from '../../../../functions/classify/network/classification.ts';
import type { LabelRules } from '../../../../functions/classify/network/label-rules.ts';
import { applyLabelRules } from '../../../../functions/classify/network/published-labels.ts';

const classes = [
  { id: 'p', label: 'poodle' },
  { id: 'c', label: 'corgi' },
  { id: 't', label: 'tabby' },
  { id: 'v', label: 'van' },
];
const ancestors = {
  names: { dog: 'dog', animal: 'animal' },
  ancestors: { p: ['dog', 'animal'], c: ['dog', 'animal'], t: ['animal'] },
};

interface Options {
  readonly topK?: number;
  readonly minScore?: number;
  readonly isExclusive?: boolean;
}

function classify(scores: number[], rules?: LabelRules, options: Options = {}) {
  const { topK = 5, minScore = 0, isExclusive = true } = options;
  const published = rules && applyLabelRules({ rules, path: 'mine.json' }, classes, ancestors);
  const toClassification = createClassification({
    classes,
    published,
    ancestors,
    topK,
    minScore,
    generalScore: 0.9,
  });
  return toClassification(Float32Array.from(scores), isExclusive);
}
function labelsIn({ predictions }: ReturnType<typeof classify>) {
  return predictions.map(({ label, score }) => [label, Number(score.toFixed(4))]);
}
const dogs = { merge: { dog: ['poodle', 'corgi'] } };

describe('a classification without label rules', () => {
  it('has the likeliest classes, equal ones by their index, and not the classes again', () => {
    expect(classify([0.25, 0.25, 0.5, 0], undefined, { topK: 3 })).toEqual({
      predictions: [
        { index: 2, id: 't', label: 'tabby', score: 0.5 },
        { index: 0, id: 'p', label: 'poodle', score: 0.25 },
        { index: 1, id: 'c', label: 'corgi', score: 0.25 },
      ],
      general: { id: 'animal', label: 'animal', score: 1 },
    });
  });
});

describe('a classification with label rules', () => {
  it('adds the probabilities of classes that exclude each other', () => {
    expect(labelsIn(classify([0.25, 0.25, 0.375, 0.125], dogs))).toEqual([
      ['dog', 0.5],
      ['tabby', 0.375],
      ['van', 0.125],
    ]);
  });

  it('takes the greatest of independent scores', () => {
    expect(labelsIn(classify([0.75, 0.875, 0.25, 0.5], dogs, { isExclusive: false }))).toEqual([
      ['dog', 0.875],
      ['van', 0.5],
      ['tabby', 0.25],
    ]);
  });

  it('gives a merged label the index and id of its likeliest class', () => {
    expect(classify([0.25, 0.5, 0.125, 0.125], dogs).predictions[0]).toEqual({
      index: 1,
      id: 'c',
      label: 'dog',
      score: 0.75,
    });
  });

  it("keeps the network's own classes with their own scores", () => {
    const rules = { ...dogs, drop: ['tabby'] };

    expect(classify([0.125, 0.25, 0.5, 0.125], rules, { topK: 2 }).classes).toEqual([
      { index: 2, id: 't', label: 'tabby', score: 0.5 },
      { index: 1, id: 'c', label: 'corgi', score: 0.25 },
    ]);
  });

  it('takes the topK labels after merging', () => {
    expect(labelsIn(classify([0.3, 0.3, 0.4, 0], dogs, { topK: 1 }))).toEqual([['dog', 0.6]]);
  });

  it('looks for the topK labels among those that reach their own least score', () => {
    const rules = { minScore: { tabby: 0.6, van: 0.1 } };

    expect(labelsIn(classify([0.25, 0.125, 0.5, 0.125], rules, { topK: 1 }))).toEqual([['poodle', 0.25]]);
    expect(labelsIn(classify([0.25, 0.125, 0.5, 0.125], rules, { minScore: 0.3 }))).toEqual([['van', 0.125]]);
  });

  it('does not scale the scores of the labels that count', () => {
    expect(labelsIn(classify([0.25, 0.25, 0.25, 0.25], { only: ['van'] }))).toEqual([['van', 0.25]]);
  });

  it('never scores above 1', () => {
    const rules = { merge: { all: ['poodle', 'corgi', 'tabby', 'van'] } };

    expect(labelsIn(classify([0.1, 0.2, 0.3, 0.400001], rules))).toEqual([['all', 1]]);
  });
});

describe('the general label with label rules', () => {
  it('is the merged label if that is certain', () => {
    const rules = { merge: { Hund: ['dog'] } };

    expect(classify([0.5, 0.4375, 0.0625, 0], rules).general).toEqual({
      id: 'p',
      label: 'Hund',
      score: 0.9375,
    });
  });

  it('is the renamed kind', () => {
    const rules = { rename: { animal: 'Tier' } };

    expect(classify([0.5, 0.25, 0.25, 0], rules).general).toEqual({ id: 'animal', label: 'Tier', score: 1 });
  });

  it('counts no labels that are dropped', () => {
    expect(classify([0.5, 0, 0.5, 0], { drop: ['tabby'] }).general).toBeUndefined();
    expect(classify([0, 0, 1, 0], { only: ['van'] }).general).toBeUndefined();
    expect(classify([0.5, 0.0625, 0.4375, 0], { drop: ['corgi'] }).general).toMatchObject({
      label: 'animal',
      score: 0.9375,
    });
  });

  it('is left out if classes do not exclude each other', () => {
    expect(classify([1, 1, 1, 1], dogs, { isExclusive: false }).general).toBeUndefined();
  });
});
