import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { repeatedKey } from '../../../../functions/classify/network/json-keys.ts';
import { InvalidLabelRules } from '../../../../functions/classify/network/label-rules.ts';
import { parseLabelRules, readLabelRules } from '../../../../functions/classify/network/read-label-rules.ts';

async function fileWith(text: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'bucketlens-')), 'rules.json');
  await writeFile(path, text);
  return path;
}

describe('a file of label rules', () => {
  it('is read, also with a byte order mark', async () => {
    const rules = { merge: { cat: ['tabby'] }, minScore: { cat: 0 } };
    const path = await fileWith(`\uFEFF${JSON.stringify(rules)}`);

    expect(readLabelRules(path)).toEqual({ rules, path });
  });

  it('that does not exist is refused', () => {
    expect(() => readLabelRules('nowhere.json')).toThrow(InvalidLabelRules);
    expect(() => readLabelRules('nowhere.json')).toThrow('nowhere.json cannot be read: ENOENT');
  });

  it('that is not JSON is refused', async () => {
    const path = await fileWith('{ "drop": [');

    expect(() => readLabelRules(path)).toThrow(`${path} is not JSON: `);
  });

  it('that repeats a rule is refused, because JSON would keep only the last one', async () => {
    const path = await fileWith('{ "merge": { "cat": ["tabby"], "cat": ["tiger_cat"] } }');

    expect(() => readLabelRules(path)).toThrow(
      `${path}: "cat" stands there twice, and JSON keeps only the last one; make one rule of the two`,
    );
  });
});

describe('label rules', () => {
  it.each<[string, unknown, string]>([
    ['that are a list', ['cat'], 'the rules should be an object with names, not a list'],
    ['that are a text', 'cat', 'the rules should be an object, such as { "drop": ["tabby"] }'],
    ['that are null', null, 'the rules should be an object, such as { "drop": ["tabby"] }'],
    ['with a list of merges', { merge: ['cat'] }, 'merge should be an object with names, not a list'],
    [
      'with an unknown rule',
      { merges: {} },
      'merges is not known; the rules are merge, rename, drop, only, minScore',
    ],
    ['with a merge of nothing', { merge: { cat: [] } }, 'merge.cat must name at least one label'],
    ['with a merge of a text', { merge: { cat: 'tabby' } }, 'merge.cat should be a list, such as ["tabby"]'],
    ['with a merge of null', { merge: null }, 'merge should be an object with names, such as { "tabby": … }'],
    ['with the number of a class', { drop: [281] }, 'drop.0 should be a text in quotes'],
    ['with an empty label', { merge: { cat: [' '] } }, 'merge.cat.0 must not be empty'],
    ['with an empty new name', { rename: { tabby: '' } }, 'rename.tabby must not be empty'],
    ['with an empty name of a merge', { merge: { '': ['tabby'] } }, 'merge. has an empty name'],
    ['with only no labels', { only: [] }, 'only must name at least one label'],
    ['with a score above 1', { minScore: { cat: 1.5 } }, 'minScore.cat must be from 0 to 1'],
    ['with a score below 0', { minScore: { cat: -0.1 } }, 'minScore.cat must be from 0 to 1'],
    ['with a text as score', { minScore: { cat: '0.5' } }, 'minScore.cat should be a number from 0 to 1'],
    [
      'with a name that objects have',
      { rename: { constructor: 'maker' } },
      "rename cannot have the names __proto__, constructor, prototype; use the label's id instead",
    ],
  ])('%s are refused', (_, rules, message) => {
    expect(() => parseLabelRules(rules, 'mine.json')).toThrow(`mine.json: ${message}`);
  });
});

describe('repeatedKey', () => {
  it('finds no repeated key in what JSON.stringify writes', () => {
    fc.assert(fc.property(fc.json(), (json) => repeatedKey(JSON.stringify(JSON.parse(json))) === undefined));
  });

  it.each([
    ['{ "a": 1, "b": { "a": 2 }, "a": 3 }', 'a'],
    ['[{ "a": 1 }, { "a": 1, "\\u0061": 2 }]', 'a'],
    ['{ "a\\":{": "{", "b": ["a", "a"] }', undefined],
  ])('in %s is %s', (json, key) => {
    expect(repeatedKey(json)).toBe(key);
  });
});
