import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAncestors, readAncestors } from '../../../../functions/classify/network/ancestors.ts';
import { createGeneralise } from '../../../../functions/classify/network/general.ts';
import { parseLabels } from '../../../../functions/classify/network/labels.ts';

const embedded = 'layers/model/efficientnet-lite0';
const imageNet = parseLabels(JSON.parse(await readFile(`${embedded}/labels.json`, 'utf8')), 'labels.json');
const hypernyms = await readAncestors(`${embedded}/hypernyms.json`);

const classes = [
  { id: 'p', label: 'poodle' },
  { id: 'c', label: 'corgi' },
  { id: 't', label: 'tabby' },
  { id: 'v', label: 'van' },
];
const ancestors = {
  names: { dog: 'dog', pet: 'pet', animal: 'animal', thing: 'thing' },
  ancestors: { p: ['dog', 'pet', 'animal'], c: ['dog', 'animal'], t: ['pet', 'animal'], v: ['thing'] },
};
function generalise(...probabilities: number[]) {
  return createGeneralise(classes, ancestors, 0.9)(Float32Array.from(probabilities));
}
const generaliseFromHalf = createGeneralise(classes, ancestors, 0.5);

describe('the general label', () => {
  it('is the class itself if that is certain', () => {
    expect(generalise(0.95, 0.05, 0, 0)).toEqual({ id: 'p', label: 'poodle', score: Math.fround(0.95) });
  });

  it('is the kind whose classes are certain together', () => {
    expect(generalise(0.5, 0.45, 0.03, 0.02)).toMatchObject({
      id: 'dog',
      label: 'dog',
      score: expect.closeTo(0.95, 6),
    });
  });

  it('is the likelier of two kinds with the same number of classes', () => {
    expect(generalise(0.88, 0.03, 0.07, 0.02)).toMatchObject({ id: 'pet', score: expect.closeTo(0.95, 6) });
    expect(generalise(0.88, 0.07, 0.03, 0.02)).toMatchObject({ id: 'dog', score: expect.closeTo(0.95, 6) });
  });

  it('is the wider kind if no narrower one is certain', () => {
    expect(generalise(0.4, 0.3, 0.25, 0.05)).toMatchObject({ id: 'animal', score: expect.closeTo(0.95, 6) });
  });

  it('is given when the score equals the threshold', () => {
    expect(generaliseFromHalf(Float32Array.of(0.5, 0.25, 0.25, 0))).toMatchObject({ id: 'p', score: 0.5 });
    expect(generaliseFromHalf(Float32Array.of(0.25, 0.25, 0.125, 0.375))).toMatchObject({
      id: 'dog',
      score: 0.5,
    });
  });

  it('is left out if nothing is certain', () => {
    expect(generalise(0.4, 0.2, 0.2, 0.2)).toBeUndefined();
  });

  it('counts a class once, however often its ancestors name a kind', () => {
    const doubled = { ...ancestors, ancestors: { ...ancestors.ancestors, p: ['dog', 'dog'] } };

    expect(createGeneralise(classes, doubled, 0.9)(Float32Array.of(0.5, 0.1, 0.4, 0))).toBeUndefined();
  });

  it('finds no ancestors for a class named like a property of every object', () => {
    const named = [{ id: 'constructor', label: 'constructor' }, ...classes];

    expect(createGeneralise(named, ancestors, 0.9)(Float32Array.of(0, 0.5, 0.45, 0.03, 0.02))).toMatchObject({
      id: 'dog',
    });
    expect(() => parseAncestors({ names: {}, ancestors: { p: ['toString'] } }, 'ancestors.json')).toThrow(
      'names.toString is missing',
    );
  });

  it('never scores below the threshold or above 1', () => {
    const scores = fc.array(fc.float({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(scores, (values) => {
        const sum = values.reduce((a, b) => a + b, 0) || 1;

        const general = generalise(...values.map((value) => value / sum));

        if (general) expect(general.score).toBeGreaterThanOrEqual(0.9 - 1e-6);
        if (general) expect(general.score).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe("the embedded model's ancestors", () => {
  const indexOf = (name: string) => imageNet.findIndex(({ label }) => label === name);
  const seen = (probabilities: Record<string, number>) => {
    const vector = new Float32Array(1000);
    for (const [name, score] of Object.entries(probabilities)) vector[indexOf(name)] = score;
    return createGeneralise(imageNet, hypernyms, 0.9)(vector)?.label;
  };

  it.each([
    ['cat', { tiger_cat: 0.41, Egyptian_cat: 0.34, tabby: 0.17 }],
    ['retriever', { golden_retriever: 0.6, Labrador_retriever: 0.35 }],
    ['dog', { golden_retriever: 0.5, pug: 0.45 }],
    ['animal', { golden_retriever: 0.5, goldfinch: 0.45 }],
    ['car', { sports_car: 0.5, convertible: 0.45 }],
    ['building', { palace: 0.5, castle: 0.45 }],
    ['espresso', { espresso: 0.95 }],
    [undefined, { golden_retriever: 0.5, espresso: 0.5 }],
  ])('make %s of %j', (label, probabilities) => {
    expect(seen(probabilities as Record<string, number>)).toBe(label);
  });

  it('belong to classes of the model', () => {
    const ids = new Set(imageNet.map(({ id }) => id));

    expect(Object.keys(hypernyms.ancestors).filter((id) => !ids.has(id))).toEqual([]);
  });
});

describe('a file of ancestors', () => {
  it('gives every class its kinds, and every kind its name', () => {
    expect(parseAncestors(ancestors, 'mine.json')).toEqual(ancestors);
  });

  it.each([
    ['is not an object', 'text', 'the file should be Object'],
    ['has no names', { ancestors: {} }, 'names is missing'],
    ['has a kind without a name', { names: {}, ancestors: { p: ['dog'] } }, 'names.dog is missing'],
    [
      'has ancestors that are not a list',
      { names: {}, ancestors: { p: 'dog' } },
      'ancestors.p should be Array',
    ],
  ])('that %s is refused', (_, json, message) => {
    expect(() => parseAncestors(json, 'mine.json')).toThrow(`mine.json: ${message}`);
  });
});
