import { describe, expect, it } from 'vitest';
import type { PredictionEvent } from '../../../functions/classify/publish/publish.ts';
import { findFaults, type Observation } from './faults.ts';
import type { Picture } from './library.ts';

const cat: Picture = { name: 'cat.jpg', bytes: Buffer.from('cat'), eTag: 'c1', label: 'tabby' };
const dog: Picture = { name: 'dog.jpg', bytes: Buffer.from('dog'), eTag: 'd1', label: 'beagle' };
const text: Picture = { name: 'text.jpg', bytes: Buffer.from('text'), eTag: 't1' };

/** A picture, as far as it matters here. */
function eventOf(key: string, { eTag, label }: Picture, writeBack = 'written') {
  return (label
    ? { detailType: 'Image Classified', detail: { key, eTag, writeBack, predictions: [{ label }] } }
    : { detailType: 'Image Rejected', detail: { key, eTag } }) as unknown as PredictionEvent;
}

function labelled({ eTag, label }: Picture, number: number) {
  return {
    md5: eTag,
    metadata: {
      upload: String(number),
      ...(label && { labels: `${label}=0.9`, 'labels-model': 'm/1', 'labels-mark': `${eTag}/k` }),
    },
  };
}

/** A cat, a text, and a dog that overwrote a cat whose labels came too late. */
const asItShouldBe: Observation = {
  uploads: [
    { key: 'cat', number: 1, picture: cat },
    { key: 'text', number: 2, picture: text },
    { key: 'both', number: 3, picture: cat },
    { key: 'both', number: 4, picture: dog },
  ],
  events: [
    eventOf('cat', cat),
    eventOf('text', text),
    eventOf('both', cat, 'superseded'),
    eventOf('both', dog),
  ],
  writtenKeys: ['cat', 'both'],
  objects: new Map([
    ['cat', labelled(cat, 1)],
    ['text', labelled(text, 2)],
    ['both', labelled(dog, 4)],
  ]),
};

function withObject(key: string, object: ReturnType<typeof labelled>): Partial<Observation> {
  return {
    objects: new Map([...asItShouldBe.objects, [key, object]]),
  };
}

const { events, writtenKeys, objects } = asItShouldBe;
function without<Item>(items: readonly Item[], index: number) {
  return items.filter((_, i) => i !== index);
}

describe('npm run load', () => {
  it.each<[string, Partial<Observation>]>([
    ['each upload has its effect', {}],
    ['an upload was overwritten before its turn', { events: without(events, 2) }],
    [
      'an upload was labelled before it was overwritten',
      { events: events.with(2, eventOf('both', cat)), writtenKeys: [...writtenKeys, 'both'] },
    ],
  ])('finds no fault if %s', (_, change) => {
    expect(findFaults({ ...asItShouldBe, ...change })).toEqual([]);
  });

  it.each<[string, string, Partial<Observation>, string]>([
    ['an upload without an event', 'lost', { events: without(events, 1) }, 'text'],
    ['an object without labels', 'lost', withObject('cat', { md5: 'c1', metadata: { upload: '1' } }), 'cat'],
    ['labels missing although an event names them', 'lost', { writtenKeys: ['both'] }, 'cat'],
    [
      'a missing object',
      'lost',
      { objects: new Map([...objects].filter(([key]) => key !== 'text')) },
      'text',
    ],
    ['two events for an upload', 'doubled', { events: [...events, eventOf('text', text)] }, 'text'],
    ['labels that were written twice', 'doubled', { writtenKeys: [...writtenKeys, 'cat'] }, 'cat'],
    [
      'labels of an overwritten upload',
      'outdated',
      withObject('both', { md5: 'd1', metadata: { ...labelled(cat, 3).metadata, upload: '4' } }),
      'both',
    ],
    [
      'labels on a rejected file',
      'outdated',
      withObject('text', { md5: 't1', metadata: { ...labelled(cat, 1).metadata, upload: '2' } }),
      'text',
    ],
    [
      'labels of another picture',
      'mistaken',
      withObject('cat', labelled({ ...cat, label: 'beagle' }, 1)),
      'cat',
    ],
    [
      'a rejected picture that should be labelled',
      'mistaken',
      { events: events.with(2, eventOf('both', { ...text, eTag: 'c1' })) },
      'both',
    ],
    ['other bytes', 'damaged', withObject('cat', { ...labelled(cat, 1), md5: 'c2' }), 'cat'],
    ['metadata of another upload', 'damaged', withObject('both', labelled(dog, 3)), 'both'],
    [
      'an event about bytes that nobody uploaded',
      'damaged',
      { events: [...events, eventOf('cat', { ...cat, eTag: 'c2' }, 'superseded')] },
      'cat',
    ],
  ])('finds %s: %s', (_, kind, change, key) => {
    expect(findFaults({ ...asItShouldBe, ...change })).toEqual([{ kind, key, found: expect.any(String) }]);
  });
});
