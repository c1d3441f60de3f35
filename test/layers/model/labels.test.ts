import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fitLabels, readLabels } from '../../../layers/model/labels.ts';
import { temporaryFolder } from './fixtures.ts';

const path = join(temporaryFolder(), 'labels');

describe('readLabels', () => {
  it.each([
    ['a JSON list', '["cat", "dog"]', ['cat', 'dog']],
    [
      'a JSON list with ids',
      '[["n02", "cat"], ["n01", "dog"]]',
      [
        ['n02', 'cat'],
        ['n01', 'dog'],
      ],
    ],
    [
      "Keras' class index, whose keys are texts",
      '{"1": ["n01", "dog"], "0": ["n02", "cat"]}',
      [
        ['n02', 'cat'],
        ['n01', 'dog'],
      ],
    ],
    ['an index with plain names', '{"0": "cat", "1": "dog"}', ['cat', 'dog']],
    ['one name per line', 'cat\ndog\n', ['cat', 'dog']],
    ["Keras' class_indices", '{"dog": 1, "cat": 0}', ['cat', 'dog']],
    [
      "a Hugging Face model's config.json",
      '{"model_type": "vit", "id2label": {"0": "cat", "1": "dog"}, "label2id": {"cat": 0, "dog": 1}}',
      ['cat', 'dog'],
    ],
    [
      'a synset.txt',
      'n01440764 tench, Tinca tinca\nn01491361 tiger shark, Galeocerdo cuvieri\n',
      [
        ['n01440764', 'tench'],
        ['n01491361', 'tiger shark'],
      ],
    ],
    ['numbered lines in any order', '2 elk\n0 cat\n1 dog\n', ['cat', 'dog', 'elk']],
    ['JSON with the mark and the lines of Windows', '\uFEFF[\r\n"cat",\r\n"dog"]\r\n', ['cat', 'dog']],
    ['numbered lines, as of Teachable Machine', '0 Cats\n1 Great Danes\n', ['Cats', 'Great Danes']],
    ['names that begin with numbers of their own', '2 euro\n1 euro\n', ['2 euro', '1 euro']],
    ['lines that end with a carriage return', 'cat\rdog\r', ['cat', 'dog']],
    ["Windows' lines, with its mark at the start", '\uFEFFcat\r\ngreat dane\r\n\r\n', ['cat', 'great dane']],
  ])('reads %s', async (_, text, labels) => {
    writeFileSync(path, text);

    expect(await readLabels(path)).toEqual(labels);
  });

  it('keeps the order of an index with more than ten classes', async () => {
    const names = Array.from({ length: 12 }, (_, i) => `kind ${i}`);
    writeFileSync(path, JSON.stringify(Object.fromEntries(names.map((name, i) => [`${i}`, name]))));

    expect(await readLabels(path)).toEqual(names);
  });

  it.each([
    ['an empty line between others', 'cat\n\ndog', 'label 1 is ""; expected a name, or an id and a name'],
    ['an empty file', '', 'label 0 is ""'],
    ['a number', '["cat", 2]', 'label 1 is 2; expected a name'],
    ['three parts', '[["a", "b", "c"]]', 'label 0 is ["a","b","c"]'],
    ['an index with a gap', '{"0": "cat", "2": "dog"}', "expected the classes' numbers from 0 to 1 as keys"],
    ['two names of one class', '{"cat": 0, "dog": 0}', 'or as values, as in class_indices'],
    ['an id2label with a gap', '{"id2label": {"0": "cat", "7": "dog"}}', 'numbers from 0 to 1 as keys'],
    ['broken JSON', '["cat"', 'is not JSON'],
  ])('refuses %s', async (_, text, message) => {
    writeFileSync(path, text);

    await expect(readLabels(path)).rejects.toThrow(message);
    await expect(readLabels(path)).rejects.toThrow(path);
  });

  it('says which file cannot be read', async () => {
    await expect(readLabels('no-such-file.txt')).rejects.toThrow('no-such-file.txt cannot be read: ENOENT');
  });
});

describe('fitLabels', () => {
  it.each([1, 3])('refuses %i labels for two classes of two outputs', (count) => {
    expect(() => fitLabels(new Array(count).fill('cat'), { classes: 2, outputs: 2 }, 'labels.txt')).toThrow(
      `labels.txt has ${count} labels; the network has 2 classes, and each needs one`,
    );
  });

  it.each([
    [['dog'], ['not dog', 'dog']],
    [
      [['n1', 'dog']],
      [
        ['not n1', 'not dog'],
        ['n1', 'dog'],
      ],
    ],
    [
      ['cat', 'dog'],
      ['cat', 'dog'],
    ],
  ] as const)('takes %j for the two classes of a single output', (labels, expected) => {
    expect(fitLabels(labels, { classes: 2, outputs: 1 }, 'labels.txt')).toEqual(expected);
  });

  it('refuses three labels for a single output', () => {
    expect(() => fitLabels(['a', 'b', 'c'], { classes: 2, outputs: 1 }, 'labels.txt')).toThrow(
      'labels.txt has 3 labels; the network has two classes: name both, or the second one',
    );
  });
});
