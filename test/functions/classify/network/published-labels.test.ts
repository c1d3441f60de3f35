import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAncestors, readAncestors } from '../../../../functions/classify/network/ancestors.ts';
import { InvalidLabelRules, type LabelRules } from '../../../../functions/classify/network/label-rules.ts';
import { parseLabels } from '../../../../functions/classify/network/labels.ts';
import { applyLabelRules } from '../../../../functions/classify/network/published-labels.ts';

const classes = [
  { id: 'p', label: 'poodle' },
  { id: 'c', label: 'corgi' },
  { id: 't', label: 'tabby' },
  { id: 'b', label: 'crane' },
  { id: 'm', label: 'crane' },
];
const ancestors = parseAncestors(
  {
    names: { dog: 'dog', pet: 'pet', animal: 'animal', empty: 'fish' },
    ancestors: {
      p: ['dog', 'pet', 'animal'],
      c: ['dog', 'pet', 'animal'],
      t: ['pet', 'animal'],
      b: ['animal'],
    },
  },
  'ancestors.json',
);
function apply(rules: LabelRules) {
  return applyLabelRules({ rules, path: 'mine.json' }, classes, ancestors);
}
function namesAfter(rules: LabelRules) {
  return Object.fromEntries(apply(rules).labels.map(({ label, classes: indices }) => [label, indices]));
}

describe('label rules', () => {
  it('merge labels, and leave the others as they are', () => {
    expect(apply({ merge: { pet: ['corgi', 'tabby'] } }).labels).toEqual([
      { label: 'poodle', classes: [0] },
      { label: 'pet', classes: [1, 2] },
      { label: 'crane', classes: [3] },
      { label: 'crane', classes: [4] },
    ]);
  });

  it('merge all labels of a kind', () => {
    expect(namesAfter({ merge: { Hund: ['dog'] }, only: ['Hund'] })).toEqual({ Hund: [0, 1] });
  });

  it('may give a label the name of one of those it merges', () => {
    expect(namesAfter({ merge: { corgi: ['corgi', 'poodle'] }, only: ['corgi'] })).toEqual({ corgi: [0, 1] });
  });

  it('take a label named twice by one rule once', () => {
    expect(namesAfter({ merge: { dog: ['poodle', 'p', 'dog'] }, only: ['dog'] })).toEqual({ dog: [0, 1] });
  });

  it('rename labels and kinds, also by their ids', () => {
    const { labels, kindNames } = apply({
      rename: { tabby: 'Katze', b: 'Kranich', dog: 'Hund', pet: 'Haustier' },
    });

    expect(labels.map(({ label }) => label)).toEqual(['poodle', 'corgi', 'Katze', 'Kranich', 'crane']);
    expect([...kindNames]).toEqual([
      ['dog', 'Hund'],
      ['pet', 'Haustier'],
    ]);
  });

  it('may swap two names', () => {
    expect(namesAfter({ rename: { poodle: 'corgi', corgi: 'poodle' }, only: ['corgi'] })).toEqual({
      corgi: [0],
    });
  });

  it('drop labels and the labels of kinds', () => {
    expect(apply({ drop: ['pet', 'm'] }).labels).toEqual([{ label: 'crane', classes: [3] }]);
  });

  it('prefer the rule that names fewer labels', () => {
    expect(
      namesAfter({ merge: { dog: ['dog'], animal: ['animal'] }, drop: ['poodle'], rename: { m: 'lifter' } }),
    ).toEqual({ dog: [1], animal: [2, 3], lifter: [4] });
  });

  it('name the only labels that count as they are published', () => {
    expect(apply({ rename: { tabby: 'cat' }, only: ['cat', 'crane'] }).labels).toEqual([
      { label: 'cat', classes: [2] },
      { label: 'crane', classes: [3] },
      { label: 'crane', classes: [4] },
    ]);
  });

  it('give labels a least score of their own, by their published names', () => {
    expect(
      apply({ rename: { tabby: 'cat' }, only: ['cat', 'corgi'], minScore: { cat: 0.4 } }).labels,
    ).toEqual([
      { label: 'corgi', classes: [1] },
      { label: 'cat', classes: [2], minScore: 0.4 },
    ]);
  });

  it.each<[string, LabelRules, string]>([
    ['an unknown label', { drop: ['tabbi'] }, "drop: 'tabbi' is not a label; did you mean tabby?"],
    [
      'an unknown label like no other',
      { rename: { xyz: 'a' } },
      "rename.xyz: 'xyz' is not a label; the labels are poodle, corgi, tabby, …",
    ],
    ['a kind without labels', { merge: { a: ['fish'] } }, "merge.a: 'fish' is not a label"],
    [
      'a name of two labels',
      { merge: { bird: ['crane'] } },
      "merge.bird: 'crane' means b (a label) or m (a label); write the id of one",
    ],
    [
      'two rules for one label',
      { merge: { pet: ['corgi'] }, rename: { corgi: 'Corgi' } },
      'corgi (c) has two rules, merge.pet and rename.corgi; leave it in one of them',
    ],
    [
      'two merges of one label',
      { merge: { pet: ['corgi'], dog: ['c'] } },
      'corgi (c) has two rules, merge.pet and merge.dog',
    ],
    [
      'a label both dropped and renamed',
      { drop: ['c'], rename: { corgi: 'a' } },
      "corgi (c) has two rules, drop 'c'",
    ],
    ['two rules for one kind', { merge: { a: ['dog'] }, drop: ['dog'] }, 'poodle (p) has two rules'],
    [
      'the name of a label without a rule',
      { rename: { corgi: 'tabby' } },
      "rename.corgi: 'tabby' is also the label of t, which has no rule; to publish them as one label, put both under merge",
    ],
    [
      'one name for two labels',
      { rename: { corgi: 'dog', poodle: 'dog' } },
      "rename.poodle: 'dog' is also rename.corgi; to publish them as one label, put both under merge",
    ],
    [
      'a merge whose labels all have rules of their own',
      { merge: { hound: ['dog'] }, drop: ['poodle', 'corgi'] },
      'merge.hound: other rules take all of its labels',
    ],
    ['no label left', { drop: ['animal', 'm'] }, 'the rules drop every label'],
    [
      'an only label that has been renamed',
      { rename: { tabby: 'cat' }, only: ['tabby'] },
      "only: 'tabby' is not a label; the labels are poodle, corgi, cat, …",
    ],
    [
      'an only label that is a kind',
      { only: ['dog'] },
      'only: \'dog\' is a kind; make a label of it with "merge": { "dog": ["dog"] }',
    ],
    [
      'a least score of an unknown label',
      { minScore: { corgy: 0.5 } },
      "minScore: 'corgy' is not a label; did you mean corgi?",
    ],
    [
      'a least score of a label that does not count',
      { only: ['corgi'], minScore: { tabby: 0.5 } },
      "minScore: 'tabby' is not a label; the labels are corgi",
    ],
  ])('with %s are refused', (_, rules, message) => {
    expect(() => apply(rules)).toThrow(`mine.json: ${message}`);
  });

  it('with two names for one kind are refused', () => {
    const named = parseAncestors({ names: { d: 'dog' }, ancestors: { p: ['d'] } }, 'ancestors.json');

    expect(() =>
      applyLabelRules({ rules: { rename: { dog: 'Hund', d: 'chien' } }, path: 'mine.json' }, classes, named),
    ).toThrow('mine.json: rename.d: another rule renames this kind');
  });

  it('of a network without ancestors know no kinds', () => {
    expect(() => applyLabelRules({ rules: { drop: ['dog'] }, path: 'mine.json' }, classes)).toThrow(
      "mine.json: drop: 'dog' is not a label",
    );
  });

  it('never publish a class under two labels', () => {
    const name = fc.constantFrom('poodle', 'corgi', 'tabby', 'b', 'm', 'dog', 'pet', 'animal');
    const target = fc.constantFrom('A', 'B', 'tabby');
    const rules = fc.record(
      {
        merge: fc.dictionary(target, fc.array(name, { minLength: 1, maxLength: 3 })),
        rename: fc.dictionary(name, target),
        drop: fc.array(name, { minLength: 1, maxLength: 2 }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(rules, (given) => {
        const indices = (() => {
          try {
            return apply(given).labels.flatMap(({ classes: members }) => members);
          } catch (error) {
            expect(error).toBeInstanceOf(InvalidLabelRules);
            return [];
          }
        })();

        expect(new Set(indices).size).toBe(indices.length);
      }),
    );
  });
});

describe("the embedded model's labels", () => {
  const embedded = 'layers/model/efficientnet-lite0';
  const imagenet = parseLabels(JSON.parse(readFileSync(`${embedded}/labels.json`, 'utf8')), 'labels.json');
  const kinds = readAncestors(`${embedded}/hypernyms.json`);
  const applied = (rules: LabelRules) => applyLabelRules({ rules, path: 'mine.json' }, imagenet, kinds);

  it('become a cat', () => {
    const { labels } = applied({
      merge: { cat: ['tabby', 'tiger_cat', 'Persian_cat', 'Siamese_cat', 'Egyptian_cat'] },
    });

    expect(labels).toHaveLength(996);
    expect(labels.find(({ label }) => label === 'cat')?.classes).toEqual([281, 282, 283, 284, 285]);
  });

  it('become a dog and other animals, by their kinds', () => {
    const { labels } = applied({ merge: { dog: ['dog'], animal: ['animal'] }, only: ['dog', 'animal'] });

    expect(labels.map(({ label, classes: members }) => [label, members.length])).toEqual([
      ['animal', 280],
      ['dog', 118],
    ]);
  });

  it('are suggested for misspelt ones', () => {
    expect(() => applied({ drop: ['Egyptian cat', 'web site'] })).toThrow(
      "mine.json: drop: 'Egyptian cat' is not a label; did you mean Egyptian_cat",
    );
    expect(() => applied({ drop: ['mask'] })).toThrow(
      "'mask' means n03724870 (a label) or n03725035 (a kind)",
    );
  });
});
