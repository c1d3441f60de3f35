import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { duplicateAssumptions, fitLabels, readLabels } from '../../../layers/model/labels.ts';
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
    ['a label2id', '{"label2id": {"dog": 1, "cat": 0}}', ['cat', 'dog']],
    ['numbers with points', '0. cat\n1. dog\n', ['cat', 'dog']],
    ['names beyond ASCII', 'K\u00e4tzchen\nHund\n', ['K\u00e4tzchen', 'Hund']],
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
  ])('reads %s', (_, text, labels) => {
    writeFileSync(path, text);

    expect(readLabels(path)).toEqual(labels);
  });

  it('keeps the order of an index with more than ten classes', () => {
    const names = Array.from({ length: 12 }, (_, i) => `kind ${i}`);
    writeFileSync(path, JSON.stringify(Object.fromEntries(names.map((name, i) => [`${i}`, name]))));

    expect(readLabels(path)).toEqual(names);
  });

  it.each([
    ['an empty line between others', 'cat\n\ndog', 'line 2 is empty; expected one class per line'],
    ['an empty line at the start', '\ncat\ndog', 'line 1 is empty'],
    ['an empty file', '\n', 'is empty'],
    ['an empty name', '["cat", ""]', 'label 1 is ""; expected a name, or an id and a name'],
    [
      'lines numbered from 1',
      '1 sfw\n2 nsfw\n',
      "the lines are numbered from 1, and a network's classes count from 0",
    ],
    ['lines numbered from 1 with points', '1. sfw\n2. nsfw\n', 'the lines are numbered from 1'],
    ['a number', '["cat", 2]', 'label 1 is 2; expected a name'],
    ['three parts', '[["a", "b", "c"]]', 'label 0 is ["a","b","c"]'],
    [
      'an index with a gap',
      '{"0": "cat", "2": "dog"}',
      "expected each class's number, counting from 0 without a gap, as a key",
    ],
    ['two names of one class', '{"cat": 0, "dog": 0}', 'or as a value, as in label2id or class_indices'],
    ['an id2label with a gap', '{"id2label": {"0": "cat", "7": "dog"}}', 'counting from 0 without a gap'],
    ['a label2id with a gap', '{"label2id": {"cat": 0, "dog": 7}}', 'or as a value, as in label2id'],
    ['an object of anything else', '{"names": {"0": "cat"}}', 'as a key, as in id2label'],
    ['broken JSON', '["cat"', 'is not JSON'],
  ])('refuses %s', (_, text, message) => {
    writeFileSync(path, text);

    expect(() => readLabels(path)).toThrow(message);
    expect(() => readLabels(path)).toThrow(path);
  });

  it('says which file cannot be read', () => {
    expect(() => readLabels('no-such-file.txt')).toThrow('no-such-file.txt cannot be read: ENOENT');
  });
});

describe('fitLabels', () => {
  it.each([1, 3])('refuses %i labels for two classes of two outputs', (count) => {
    expect(() => fitLabels(new Array(count).fill('cat'), { classes: 2, outputs: 2 }, 'labels.txt')).toThrow(
      `labels.txt has ${count === 1 ? '1 label' : `${count} labels`}; the network has 2 classes, and each needs one`,
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

describe('duplicateAssumptions', () => {
  it.each([
    [['sfw', 'sfw'], ["several classes are called 'sfw'; an event tells them apart by index only"]],
    [
      ['a', 'b', 'c', 'd', 'd', 'c', 'b', 'a', 'a'],
      ["several classes are called 'd', 'c', 'b', …; an event tells them apart by index only"],
    ],
    [['cat', 'dog'], []],
    [
      [
        ['n02012849', 'crane'],
        ['n03126707', 'crane'],
      ],
      [],
    ],
    [Array.from({ length: 1000 }, (_, i) => (i < 2 ? 'crane' : `class ${i}`)), []],
    [
      Array.from({ length: 1000 }, (_, i) => (i < 2 ? 'cat' : `class ${i}`)),
      ["several classes are called 'cat'; an event tells them apart by index only"],
    ],
  ] as const)('names what several classes are called', (labels, sentences) => {
    expect(duplicateAssumptions(labels)).toEqual(sentences);
  });
});
