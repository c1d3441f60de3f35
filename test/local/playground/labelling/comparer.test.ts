import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { toAnswer } from '../../../../local/playground/labelling/answer.ts';
import { createComparer } from '../../../../local/playground/labelling/comparer.ts';
import type { Photo } from '../../../../local/playground/labelling/photos.ts';
import { createBucketless, createFunctions, eventOf, modelNamed } from '../../../support/labelling.ts';

function labelled(key: string, storedAt: number): Photo {
  return {
    key,
    storedAt,
    answer: toAnswer(eventOf(key, 'first')),
  };
}

function setUp(...existing: Photo[]) {
  const photos = createBucketless(...existing);
  const functions = createFunctions();
  const { startFunction } = functions;
  return { photos, comparer: createComparer({ bucket: 'uploads', photos, startFunction }), ...functions };
}

const bus = 'comparison-second';

describe('the comparer', () => {
  it('looks at all that has labels, the newest first', async () => {
    const rejected: Photo = { key: 'text.jpg', storedAt: 3, answer: { status: 'unlabelled' } };
    const { comparer, photos, invocations } = setUp(labelled('a.png', 1), labelled('b.png', 2), rejected);

    await comparer.useModel(modelNamed('second'));

    expect(invocations.map(({ event }) => event)).toEqual([
      { bucket: 'uploads', key: 'b.png' },
      { bucket: 'uploads', key: 'a.png' },
    ]);
    expect(photos.get('a.png')!.comparison).toEqual({ status: 'waiting' });
  });

  it("puts its answer beside the bucket's own", async () => {
    const { comparer, photos } = setUp(labelled('a.png', 1));
    await comparer.useModel(modelNamed('second'));

    comparer.receive(eventOf('a.png', 'second'), bus);

    expect(photos.get('a.png')).toMatchObject({
      answer: { model: 'first' },
      comparison: { model: 'second' },
    });
  });

  it('looks at a new photo once that has its labels', async () => {
    const { comparer, photos, invocations } = setUp();
    await comparer.useModel(modelNamed('second'));
    photos.update(labelled('a.png', 1));

    comparer.receive(eventOf('a.png', 'first'), 'default');
    comparer.receive(eventOf('a.png', 'first'), 'default');

    expect(invocations).toHaveLength(1);
  });

  it('drops an answer to a photo that has been uploaded again', async () => {
    const { comparer, photos } = setUp(labelled('a.png', 1));
    await comparer.useModel(modelNamed('second'));
    photos.update({ key: 'a.png', storedAt: 2, answer: { status: 'waiting' } });

    comparer.receive(eventOf('a.png', 'second'), bus);

    expect(photos.get('a.png')!.comparison).toBeUndefined();
  });

  it('says why its function failed', async () => {
    const { comparer, photos, invocations } = setUp(labelled('a.png', 1));
    await comparer.useModel(modelNamed('second'));

    invocations[0]!.fail(new Error('the model is damaged'));
    await setImmediate();

    expect(photos.get('a.png')!.comparison).toEqual({ status: 'failed', reason: 'the model is damaged' });
  });

  it('forgets what was seen when it is ended, and heeds no late answer', async () => {
    const { comparer, photos, ended } = setUp(labelled('a.png', 1));
    await comparer.useModel(modelNamed('second'));
    comparer.receive(eventOf('a.png', 'second'), bus);

    await comparer.useModel(undefined);
    comparer.receive(eventOf('a.png', 'second'), bus);

    expect(ended).toEqual(['second']);
    expect(photos.get('a.png')).toEqual(labelled('a.png', 1));
  });
});
