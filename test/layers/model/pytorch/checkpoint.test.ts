import { describe, expect, it } from 'vitest';
import { architectureIn, labelsIn } from '../../../../layers/model/pytorch/checkpoint.ts';
import { PickledNamespace, type PickleValue } from '../../../../layers/model/pytorch/pickle-values.ts';

function checkpoint(entries: Readonly<Record<string, PickleValue>>): PickleValue {
  return new Map(Object.entries(entries));
}

const numbers = new Map([
  ['dog', 1],
  ['cat', 0],
]);
const names = new Map([
  [1, 'dog'],
  [0, 'cat'],
]);

describe('the names of the classes in a checkpoint', () => {
  it.each<[string, PickleValue]>([
    ['classes', ['cat', 'dog']],
    ['class_names', ['cat', 'dog']],
    ['class_to_idx', numbers],
    ['idx_to_class', names],
    ['labels', ['cat', 'dog']],
    ['id2label', new Map([...names].map(([number, name]) => [String(number), name]))],
  ])('are read from %s', (key, value) => {
    expect(labelsIn(checkpoint({ epoch: 3, [key]: value }))).toEqual(['cat', 'dog']);
  });

  it.each(['args', 'hyper_parameters'])('may stand among the options: %s', (key) => {
    const options = new PickledNamespace([['classes', ['cat', 'dog']]]);

    expect(labelsIn(checkpoint({ [key]: options }))).toEqual(['cat', 'dog']);
  });

  it('may be there twice', () => {
    expect(labelsIn(checkpoint({ classes: ['cat', 'dog'], class_to_idx: numbers }))).toEqual(['cat', 'dog']);
  });

  it.each<[string, PickleValue]>([
    ['that contradict each other', checkpoint({ classes: ['dog', 'cat'], class_to_idx: numbers })],
    ['with a gap', checkpoint({ idx_to_class: new Map([[2, 'dog']]) })],
    ['that are numbers', checkpoint({ labels: [0, 1, 1], classes: 2 })],
    ['with keys that are lists', checkpoint({ class_to_idx: new Map([[[], 0]]) })],
    ['of no class', checkpoint({ classes: [] })],
    ['of something else than a checkpoint', ['cat']],
  ])('are asked for instead of those %s', (_, value) => {
    expect(labelsIn(value)).toBeUndefined();
  });
});

it.each<[string, PickleValue, string | undefined]>([
  ['arch', checkpoint({ arch: 'resnet50d' }), 'resnet50d'],
  [
    'the options',
    checkpoint({ model: numbers, args: new PickledNamespace([['model', 'resnet18']]) }),
    'resnet18',
  ],
  ['nothing', checkpoint({ model: numbers }), undefined],
])('the name of a network is read from %s', (_, value, name) => {
  expect(architectureIn(value)).toBe(name);
});
