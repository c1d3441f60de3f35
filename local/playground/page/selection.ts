/** Filters, sorts and counts the entries. */
import type { Entry } from './entries.ts';
import { readable } from './wording.ts';

export type Sorting = 'newest' | 'highest' | 'lowest';

export interface Selection {
  readonly filter: string;
  readonly sorting: Sorting;
}

/** Returns the entries whose labels, key or rejection contain all words of the filter, sorted. */
export function select(entries: readonly Entry[], { filter, sorting }: Selection): Entry[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const matching = entries.filter((entry) => {
    const text = textOf(entry);
    return words.every((word) => text.includes(word));
  });
  return matching.sort(orders[sorting]);
}

function newestFirst(a: Entry, b: Entry): number {
  return b.addedAt - a.addedAt;
}

const orders: Readonly<Record<Sorting, (a: Entry, b: Entry) => number>> = {
  newest: newestFirst,
  highest: (a, b) => scoreOf(b, -1) - scoreOf(a, -1) || newestFirst(a, b),
  lowest: (a, b) => scoreOf(a, 2) - scoreOf(b, 2) || newestFirst(a, b),
};

/** Score of the top label, or `without` to sort photos without labels last. */
function scoreOf({ photo }: Entry, without: number): number {
  return photo?.answer.status === 'classified' ? (photo.answer.labels[0]?.score ?? without) : without;
}

function textOf({ key, photo, upload }: Entry): string {
  return [
    key,
    upload?.failure,
    ...labelsOf(photo?.answer),
    ...labelsOf(photo?.comparison),
    photo?.answer.status,
    photo?.answer.status === 'rejected' ? photo.answer.event.detail.error.name : undefined,
  ]
    .join(' ')
    .toLowerCase();
}

function labelsOf(answer: NonNullable<Entry['photo']>['answer'] | undefined): string[] {
  if (answer?.status !== 'classified') return [];
  const { labels, general } = answer;
  return [...labels, ...(general ? [general] : [])].map(({ label }) => readable(label));
}

/** Suggestions for the filter: each photo's top and general labels, the most frequent first. */
export function frequentLabels(entries: readonly Entry[]): string[] {
  const counts = new Map<string, number>();
  for (const { photo } of entries) {
    if (photo?.answer.status !== 'classified') continue;
    const { labels, general } = photo.answer;
    for (const label of [labels[0]?.label, general?.label]) {
      if (label) counts.set(readable(label), (counts.get(readable(label)) ?? 0) + 1);
    }
  }
  return [...counts].sort(([, a], [, b]) => b - a).map(([label]) => label);
}

export interface Tally {
  readonly photos: number;
  readonly uploading: number;
  readonly waiting: number;
  readonly labelled: number;
  readonly rejected: number;
  readonly failed: number;
  /** Photos classified by two models. */
  readonly compared: number;
  /** Those of them with the same top label. */
  readonly agreed: number;
}

export function tally(entries: readonly Entry[]): Tally {
  const number = (is: (entry: Entry) => boolean) => entries.filter(is).length;
  const has = (status: string) => number(({ photo }) => photo?.answer.status === status);
  const compared = entries.flatMap(({ photo }) =>
    photo?.answer.status === 'classified' && photo.comparison?.status === 'classified'
      ? [photo.answer.labels[0]?.label === photo.comparison.labels[0]?.label]
      : [],
  );
  return {
    photos: number(({ photo }) => photo !== undefined),
    uploading: number(({ upload }) => upload !== undefined && upload.failure === undefined),
    waiting: has('waiting'),
    labelled: has('classified'),
    rejected: has('rejected'),
    failed: has('failed') + number(({ upload }) => upload?.failure !== undefined),
    compared: compared.length,
    agreed: compared.filter(Boolean).length,
  };
}
