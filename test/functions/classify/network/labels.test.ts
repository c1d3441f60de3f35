import { describe, expect, it } from 'vitest';
import { parseLabels } from '../../../../functions/classify/network/labels.ts';

describe('parseLabels', () => {
  it('takes names, whose id is their index, and pairs of id and name', () => {
    expect(parseLabels(['cat', ['n02', 'dog']], 'labels.json')).toEqual([
      { id: '0', label: 'cat' },
      { id: 'n02', label: 'dog' },
    ]);
  });

  it.each([
    [{}, 'not a list with at least one label'],
    [[], 'not a list with at least one label'],
    [null, 'not a list with at least one label'],
    [['cat', 1], 'label 1 is 1'],
    [[['n02']], 'label 0 is ["n02"]'],
    [[['n02', 2]], 'label 0 is ["n02",2]'],
    [[['x'.repeat(99)]], `label 0 is ["${'x'.repeat(58)}`],
  ])('refuses %j with the file and the entry', (list, problem) => {
    expect(() => parseLabels(list, 'mine/labels.json')).toThrow(
      `mine/labels.json: ${problem}; labels are a JSON list of names or of [id, name] pairs`,
    );
  });
});
