import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { toAnswer } from '../../../../local/playground/labelling/answer.ts';
import { createComparer } from '../../../../local/playground/labelling/comparer.ts';
import type { Photo } from '../../../../local/playground/labelling/photos.ts';
import { createFunctions, createPhotosInMemory, eventOf, modelNamed } from '../../../support/labelling.ts';

function labelled(key: string, storedAt: number): Photo {
  return {
    key,
    storedAt,
    answer: toAnswer(eventOf(key, 'first')),
  };
}

function setUp(...existing: Photo[]) {
  const photos = createPhotosInMemory(...existing);
  const functions = createFunctions();
  const { startFunction } = functions;
  return { photos, comparer: createComparer({ bucket: 'uploads', photos, startFunction }), ...functions };
}

const bus = 'comparison-second';

describe('createComparer', () => {
  it('compares all labelled photos, newest first', async () => {
    const rejected: Photo = { key: 'text.jpg', storedAt: 3, answer: { status: 'unlabelled' } };
    const { comparer, photos, invocations } = setUp(labelled('a.png', 1), labelled('b.png', 2), rejected);

    await comparer.useModel(modelNamed('second'));

    expect(invocations.map(({ event }) => event)).toEqual([
      { bucket: 'uploads', key: 'b.png' },
      { bucket: 'uploads', key: 'a.png' },
    ]);
    expect(photos.get('a.png')!.comparison).toEqual({ status: 'waiting' });
  });

  it("stores its answer next to the bucket's own", async () => {
    const { comparer, photos } = setUp(labelled('a.png', 1));
    await comparer.useModel(modelNamed('second'));

    comparer.receive(eventOf('a.png', 'second'), bus);

    expect(photos.get('a.png')).toMatchObject({
      answer: { model: 'first' },
      comparison: { model: 'second' },
    });
  });

  it('compares a new photo once it is labelled', async () => {
    const { comparer, photos, invocations } = setUp();
    await comparer.useModel(modelNamed('second'));
    photos.update(labelled('a.png', 1));

    comparer.receive(eventOf('a.png', 'first'), 'default');
    comparer.receive(eventOf('a.png', 'first'), 'default');

    expect(invocations).toHaveLength(1);
  });

  it('drops the answer for a photo that was uploaded again', async () => {
    const { comparer, photos } = setUp(labelled('a.png', 1));
    await comparer.useModel(modelNamed('second'));
    photos.update({ key: 'a.png', storedAt: 2, answer: { status: 'waiting' } });

    comparer.receive(eventOf('a.png', 'second'), bus);

    expect(photos.get('a.png')!.comparison).toBeUndefined();
  });

  it('shows why its function failed', async () => {
    const { comparer, photos, invocations } = setUp(labelled('a.png', 1));
    await comparer.useModel(modelNamed('second'));

    invocations[0]!.fail(new Error('the model is damaged'));
    await setImmediate();

    expect(photos.get('a.png')!.comparison).toEqual({ status: 'failed', reason: 'the model is damaged' });
  });

  it('removes its answers when it ends, and ignores late ones', async () => {
    const { comparer, photos, ended } = setUp(labelled('a.png', 1));
    await comparer.useModel(modelNamed('second'));
    comparer.receive(eventOf('a.png', 'second'), bus);

    await comparer.useModel(undefined);
    comparer.receive(eventOf('a.png', 'second'), bus);

    expect(ended).toEqual(['second']);
    expect(photos.get('a.png')).toEqual(labelled('a.png', 1));
  });
});
