import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { writeAnnotation } from '../../../../functions/classify/write-back/annotation.ts';
import { labelMetadata } from '../../../../functions/classify/write-back/metadata.ts';
import { labelsInMetadata, readObjectLabels } from '../../../../functions/classify/write-back/read-labels.ts';
import { mergeTags } from '../../../../functions/classify/write-back/tags.ts';
import {
  failure,
  general,
  head,
  type LabelledObject,
  labels,
  ref,
  type StoredLabels,
  startLabelledObject,
  tagsOf,
  written,
} from '../../../support/aws/labelled-object.ts';

let object: LabelledObject;

beforeAll(async () => {
  object = await startLabelledObject();
});
beforeEach(() => object.store({}));
afterAll(() => object.close());

function read() {
  return readObjectLabels(object.s3, { Bucket: 'photos', Key: 'my cat.jpg' }, 'labels');
}

describe('readObjectLabels', () => {
  it('reads labels from the metadata with a single request', async () => {
    object.store({ metadata: labelMetadata(ref, head, written)! });
    const before = object.requests.length;

    const found = await read();

    expect(found).toEqual({ storedAs: 'metadata', model: 'resnet50/2cb95161', labels, general });
    expect(object.requests.slice(before)).toHaveLength(1);
  });

  it('takes labels with an invalid encoding as they are', () => {
    const fake = { labels: '100%cat=0.5,%1b[2J=0.25', 'labels-model': 'mine/1' };

    expect(labelsInMetadata(fake, 'labels')?.labels).toEqual([
      { label: '100%cat', score: 0.5 },
      { label: '\x1b[2J', score: 0.25 },
    ]);
  });

  it('drops labels without a probability', () => {
    const fake = { labels: 'cat,dog=much,cow=-1,hen=2,eel=NaN,ant=0.5', 'labels-model': 'mine/1' };

    expect(labelsInMetadata(fake, 'labels')?.labels).toEqual([{ label: 'ant', score: 0.5 }]);
  });

  it('accepts the probabilities 0 and 1, and no entry that is empty', () => {
    const metadata = { labels: 'cat=1,,dog=0', 'labels-model': 'mine/1' };

    expect(labelsInMetadata(metadata, 'labels')).toEqual({
      storedAs: 'metadata',
      model: 'mine/1',
      labels: [
        { label: 'cat', score: 1 },
        { label: 'dog', score: 0 },
      ],
    });
  });

  it('reads a model without any label that is likely enough', () => {
    expect(labelsInMetadata({ 'labels-model': 'mine/1' }, 'labels')).toEqual({
      storedAs: 'metadata',
      model: 'mine/1',
      labels: [],
    });
  });

  it('reads labels from the annotation', async () => {
    await writeAnnotation(object.s3, ref, head, written, new AbortController().signal);

    expect(await read()).toEqual({
      storedAs: 'annotation',
      model: 'resnet50/2cb95161',
      labels,
      general,
    });
  });

  it('reads the top label from the tags', async () => {
    object.store({ tags: tagsOf(mergeTags([{ Key: 'owner', Value: 'me' }], written.predictions[0])) });

    expect(await read()).toEqual({ storedAs: 'tags', labels: labels.slice(0, 1) });
  });

  it('reads the tags if annotations are not readable', async () => {
    object.store({
      annotation: failure(403, 'AccessDenied'),
      tags: tagsOf(mergeTags([], written.predictions[0])),
    });

    expect(await read()).toMatchObject({ storedAs: 'tags' });
  });

  it('round-trips labels with any characters through the metadata', () => {
    const scored = fc.record({
      label: fc.string({ minLength: 1, maxLength: 20, unit: 'binary' }),
      score: fc.integer({ min: 0, max: 10_000 }).map((tenThousandths) => tenThousandths / 10_000),
    });
    fc.assert(
      fc.property(fc.array(scored, { maxLength: 3 }), (any) => {
        const predictions = any.map((prediction) => ({ ...prediction, index: 0, id: 'n0' }));
        const metadata = labelMetadata(ref, head, { ...written, predictions })!;

        const found = labelsInMetadata(metadata, 'labels');

        expect(found?.labels).toEqual(any);
      }),
    );
  });
});

describe('readObjectLabels on an object without labels', () => {
  it.each<[string, StoredLabels]>([
    ['an object that has nothing', {}],
    ["a user's own metadata key `labels`", { metadata: { labels: 'skip' } }],
    ["a user's own tag", { tags: tagsOf([{ Key: 'label', Value: 'Sony Music' }]) }],
    [
      "a user's own tags of the same names",
      {
        tags: tagsOf([
          { Key: 'label', Value: 'Sony Music' },
          { Key: 'score', Value: 'five stars' },
        ]),
      },
    ],
    [
      'tags whose score has another form',
      {
        tags: tagsOf([
          { Key: 'label', Value: 'cat' },
          { Key: 'score', Value: '0.50001' },
        ]),
      },
    ],
    ['a tag with a score alone', { tags: tagsOf([{ Key: 'score', Value: '0.5000' }]) }],
    [
      'an annotation with a score above 1',
      {
        annotation: {
          body: '{"model":{"name":"a","sha256":"b"},"predictions":[{"label":"cat","score":2}]}',
        },
      },
    ],
    ['an annotation of another application', { annotation: { body: '{"labels":[]}' } }],
    ['an annotation that is not JSON', { annotation: { body: 'ÿØÿà' } }],
    ['a server without annotations', { annotation: failure(501, 'NotImplemented') }],
    ['a server that allows no such method', { annotation: failure(405, 'MethodNotAllowed') }],
  ])('finds none in %s', async (_, has) => {
    object.store(has);

    expect(await read()).toBeUndefined();
  });

  it('throws if a place that may hold labels is not readable', async () => {
    object.store({ annotation: failure(403, 'AccessDenied') });

    await expect(read()).rejects.toThrow(expect.objectContaining({ name: 'AccessDenied' }));
  });
});
