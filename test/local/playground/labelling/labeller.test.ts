import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import type { CreatedObject } from '../../../../local/playground/aws/notification.ts';
import { createLabeller } from '../../../../local/playground/labelling/labeller.ts';
import { createFunctions, createPhotosInMemory, eventOf, modelNamed } from '../../../support/labelling.ts';

function object(key: string, createdAt: number, principalId = 'ANYBODY'): CreatedObject {
  return {
    bucket: 'uploads',
    key,
    size: 1,
    eTag: 'e',
    operation: 'Put',
    principalId,
    sourceIp: '127.0.0.1',
    createdAt: new Date(createdAt),
    sequence: createdAt,
  };
}

function setUp() {
  const photos = createPhotosInMemory();
  const functions = createFunctions();
  const onFailure = vi.fn();
  const labeller = createLabeller({
    bucket: 'uploads',
    photos,
    model: modelNamed('first'),
    startFunction: functions.startFunction,
    isOwnCopy: ({ principalId }) => principalId === 'ITSELF',
    onFailure,
  });
  return { photos, labeller, onFailure, ...functions };
}

describe('createLabeller', () => {
  it('shows a photo as waiting until its event arrives', async () => {
    const { photos, labeller, invocations } = setUp();
    labeller.notify(object('cat.png', 1));
    expect(photos.get('cat.png')).toEqual({ key: 'cat.png', storedAt: 1, answer: { status: 'waiting' } });

    labeller.receive(eventOf('cat.png', 'first'));
    invocations[0]!.succeed();
    await setImmediate();

    expect(photos.get('cat.png')!.answer).toMatchObject({ status: 'classified', model: 'first' });
  });

  it('shows a photo as unlabelled if its invocation ends without an event', async () => {
    const { photos, labeller, invocations } = setUp();
    labeller.notify(object('cat.png', 1));

    invocations[0]!.succeed();
    await setImmediate();

    expect(photos.get('cat.png')!.answer).toEqual({ status: 'unlabelled' });
  });

  it('keeps a photo waiting that was uploaded again during its invocation', async () => {
    const { photos, labeller, invocations, onFailure } = setUp();
    labeller.notify(object('cat.png', 1));
    labeller.notify(object('cat.png', 2));

    invocations[0]!.fail(new Error('the disk is full'));
    await setImmediate();

    expect(photos.get('cat.png')).toEqual({ key: 'cat.png', storedAt: 2, answer: { status: 'waiting' } });
    expect(onFailure).toHaveBeenCalledOnce();
  });

  it('shows why the function failed', async () => {
    const { photos, labeller, invocations } = setUp();
    labeller.notify(object('cat.png', 1));

    invocations[0]!.fail(new Error('the disk is full'));
    await setImmediate();

    expect(photos.get('cat.png')!.answer).toEqual({ status: 'failed', reason: 'the disk is full' });
  });

  it('notifies the function of its own copies without changing the photo, and ignores folders', () => {
    const { photos, labeller, invocations } = setUp();
    labeller.notify(object('cat.png', 1));
    labeller.receive(eventOf('cat.png', 'first'));

    labeller.notify(object('cat.png', 2, 'ITSELF'));
    labeller.notify(object('album/', 3));

    expect(invocations).toHaveLength(2);
    expect(photos.get('cat.png')).toMatchObject({ storedAt: 1, answer: { status: 'classified' } });
  });

  it('labels all photos with another model, newest first, after the old one has ended', async () => {
    const { photos, labeller, invocations, ended } = setUp();
    for (const [index, key] of ['a.png', 'b.png'].entries()) {
      labeller.notify(object(key, index));
      labeller.receive(eventOf(key, 'first'));
    }

    await labeller.useModel(modelNamed('second'));

    expect(ended).toEqual(['first']);
    expect(labeller.model().manifest.name).toBe('second');
    expect(photos.get('a.png')!.answer).toEqual({ status: 'waiting' });
    expect(invocations.slice(2).map(({ model, event }) => [model, event])).toEqual([
      ['second', { bucket: 'uploads', key: 'b.png' }],
      ['second', { bucket: 'uploads', key: 'a.png' }],
    ]);
  });
});
