import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PredictionEvent } from '../../../functions/classify/publish/publish.ts';
import { randomFrom } from '../../support/random.ts';
import { repository } from '../../support/run.ts';
import { type Picture, readLibrary } from '../load/library.ts';
import { runChaos } from './chaos.ts';
import { findDisorder, type Outcome } from './disorder.ts';
import type { Step } from './plan.ts';

const cat: Picture = { name: 'cat.jpg', bytes: Buffer.from('cat'), eTag: 'c1', label: 'tabby' };
const dog: Picture = { name: 'dog.jpg', bytes: Buffer.from('dog'), eTag: 'd1', label: 'beagle' };

function upload(key: string, number: number, picture: Picture): Step {
  return { kind: 'upload', key, number, picture };
}

/** The part of a prediction event that is checked. */
function eventOf(key: string, { eTag, label }: Picture): PredictionEvent {
  const detail = { key, eTag, writeBack: 'written', predictions: [{ label }] };
  return { detailType: 'Image Classified', detail } as unknown as PredictionEvent;
}

function labelled({ eTag, label }: Picture, number: number) {
  const labels = { labels: `${label}=0.9`, 'labels-model': 'm/1', 'labels-mark': `${eTag}/k` };
  return { md5: eTag, metadata: { upload: String(number), ...labels } };
}

/** A cat overwritten by a dog, and a deleted cat. */
const inOrder: Outcome = {
  steps: [
    upload('kept', 1, cat),
    upload('gone', 2, cat),
    upload('kept', 3, dog),
    { kind: 'delete', key: 'gone' },
  ],
  events: [eventOf('kept', dog)],
  objects: new Map([['kept', labelled(dog, 3)]]),
};

describe('findDisorder', () => {
  it.each<[string, Partial<Outcome>]>([
    ['overwritten and deleted uploads have no event', {}],
    ['an upload has several events', { events: [eventOf('kept', dog), eventOf('kept', dog)] }],
    ['a deleted upload has an event', { events: [eventOf('kept', dog), eventOf('gone', cat)] }],
  ])('finds nothing if %s', (_, change) => {
    expect(findDisorder({ ...inOrder, ...change })).toEqual([]);
  });

  it.each<[string, string, string, Partial<Outcome>]>([
    ['an upload without an event', 'lost', 'kept', { events: [] }],
    ['a missing object', 'lost', 'kept', { objects: new Map() }],
    [
      'a deleted object that came back',
      'damaged',
      'gone',
      { objects: new Map([...inOrder.objects, ['gone', labelled(cat, 2)]]) },
    ],
    [
      'labels of an overwritten upload',
      'outdated',
      'kept',
      {
        objects: new Map([['kept', { md5: 'd1', metadata: { ...labelled(cat, 1).metadata, upload: '3' } }]]),
      },
    ],
  ])('finds %s', (_, kind, key, change) => {
    expect(findDisorder({ ...inOrder, ...change })).toEqual([{ kind, key, found: expect.any(String) }]);
  });
});

describe.runIf(process.platform === 'linux')('npm run chaos', () => {
  it('leaves nothing out of order after dropped requests, duplicates and killed functions', async () => {
    const files = ['coffee_q20_420.jpg', 'bad_text.jpg'];
    const library = await readLibrary(files.map((name) => join(repository, 'test/goldens/images', name)));
    const small = { uploads: 10, keys: 3, instances: 2, killEvery: 4, timeoutMs: 100_000 };

    const { outcome, mistreated, killed } = await runChaos({ ...small, random: randomFrom(3) }, library);

    expect(findDisorder(outcome)).toEqual([]);
    expect(outcome.objects.size).toBeGreaterThan(0);
    expect(killed).toBeGreaterThan(0);
    expect(Object.values(mistreated).some((count) => count > 0)).toBe(true);
  }, 120_000);
});
