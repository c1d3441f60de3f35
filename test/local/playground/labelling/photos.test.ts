import { setImmediate } from 'node:timers/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPhotos, finishWaiting } from '../../../../local/playground/labelling/photos.ts';
import { type LocalS3, startLocalS3 } from '../../../support/local-s3.ts';

let local: LocalS3;

beforeEach(async () => {
  local = await startLocalS3();
});
afterEach(() => local.close());

describe('createPhotos', () => {
  it('lists the photos of all pages, without folders', async () => {
    for (const Key of ['a.jpg', 'album/', 'b.jpg', 'c.jpg', 'd.jpg']) {
      await local.s3.send(new PutObjectCommand({ Bucket: 'uploads', Key, Body: 'x' }));
    }
    // Pages of two instead of a thousand.
    local.s3.middlewareStack.add(
      (next) => (args) => next({ ...args, input: { ...args.input, MaxKeys: 2 } as never }),
      {
        step: 'initialize',
        priority: 'high',
      },
    );

    const photos = await createPhotos(local.s3, 'uploads').list();

    expect(photos.map(({ key }) => key).toSorted()).toEqual(['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg']);
  });
});

describe('finishWaiting', () => {
  const storedAt = 0;
  const answered = { status: 'unlabelled' } as const;
  const isPending = async (promise: Promise<void>) =>
    (await Promise.race([promise, setImmediate('pending')])) === 'pending';

  it('waits for the photos that wait when it is called, not for later ones', async () => {
    const photos = createPhotos(local.s3, 'uploads');
    for (const key of ['a.jpg', 'b.jpg']) photos.update({ key, storedAt, answer: { status: 'waiting' } });
    const finished = finishWaiting(photos, new AbortController().signal);
    photos.update({ key: 'c.jpg', storedAt, answer: { status: 'waiting' } });
    photos.update({ key: 'a.jpg', storedAt, answer: answered });
    // Uploaded again.
    photos.update({ key: 'b.jpg', storedAt: 1, answer: { status: 'waiting' } });
    expect(await isPending(finished)).toBe(true);

    photos.update({ key: 'b.jpg', storedAt: 1, answer: answered });

    await finished;
    expect(photos.waiting().map(({ key }) => key)).toEqual(['c.jpg']);
  });

  it('stops waiting when the signal is aborted', async () => {
    const photos = createPhotos(local.s3, 'uploads');
    photos.update({ key: 'a.jpg', storedAt, answer: { status: 'waiting' } });
    const controller = new AbortController();
    const finished = finishWaiting(photos, controller.signal);
    expect(await isPending(finished)).toBe(true);

    controller.abort();

    await finished;
    await finishWaiting(photos, controller.signal);
    expect(photos.waiting()).toHaveLength(1);
  });

  it('has nothing to wait for without photos', async () => {
    await expect(
      finishWaiting(createPhotos(local.s3, 'uploads'), new AbortController().signal),
    ).resolves.toBeUndefined();
  });
});
