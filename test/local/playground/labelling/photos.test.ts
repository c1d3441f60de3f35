import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPhotos } from '../../../../local/playground/labelling/photos.ts';
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
