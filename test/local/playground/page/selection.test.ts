import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../../local/playground/labelling/answer.ts';
import type { Entry } from '../../../../local/playground/page/entries.ts';
import { frequentLabels, select, tally } from '../../../../local/playground/page/selection.ts';

function classified(label: string, score: number, general?: string): Answer {
  return {
    status: 'classified',
    model: 'first',
    labels: [{ label, score }],
    ...(general && { general: { label: general, score: 0.9 } }),
  };
}

function entry(key: string, addedAt: number, answer: Answer, comparison?: Answer): Entry {
  return {
    key,
    addedAt,
    photo: { key, storedAt: addedAt, answer, ...(comparison && { comparison }) },
  };
}

const entries: Entry[] = [
  entry('one.png', 1, classified('Egyptian_cat', 0.4, 'cat'), classified('tabby', 0.5)),
  entry('two.png', 2, classified('espresso', 0.9), classified('espresso', 0.8)),
  entry('three.png', 3, classified('tiger_cat', 0.3, 'cat')),
  { key: 'four.png', addedAt: 4, upload: { sent: 0.5 } },
  entry('five.png', 5, { status: 'unlabelled' }),
];

function keys(selected: readonly Entry[]) {
  return selected.map(({ key }) => key.replace('.png', ''));
}

describe('select', () => {
  it.each([
    ['', ['five', 'four', 'three', 'two', 'one']],
    ['cat', ['three', 'one']],
    ['  CAT egypt ', ['one']],
    ['tabby', ['one']],
    ['four.p', ['four']],
    ['dog', []],
  ])('finds %j in the labels of either model and in keys', (filter, found) => {
    expect(keys(select(entries, { filter, sorting: 'newest' }))).toEqual(found);
  });

  it('sorts by the score of the top label in both directions, photos without one last', () => {
    expect(keys(select(entries, { filter: '', sorting: 'highest' }))).toEqual([
      'two',
      'one',
      'three',
      'five',
      'four',
    ]);
    expect(keys(select(entries, { filter: '', sorting: 'lowest' }))).toEqual([
      'three',
      'one',
      'two',
      'five',
      'four',
    ]);
  });

  it('keeps the order of entries added at the same time', () => {
    const batch = ['b', 'a', 'c'].map((key) => ({ key, addedAt: 1, upload: { sent: 0 } }));

    expect(keys(select(batch, { filter: '', sorting: 'newest' }))).toEqual(['b', 'a', 'c']);
  });

  it('suggests the most frequent labels first', () => {
    expect(frequentLabels(entries)).toEqual(['cat', 'Egyptian cat', 'espresso', 'tiger cat']);
  });

  it('counts the entries, and the photos on which two models agree', () => {
    expect(tally(entries)).toEqual({
      photos: 4,
      uploading: 1,
      waiting: 0,
      labelled: 3,
      rejected: 0,
      failed: 0,
      compared: 2,
      agreed: 1,
    });
  });
});
