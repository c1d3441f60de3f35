import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ImageRef } from '../../../functions/classify/events.ts';
import { bearsOwnMark, isRequestedBy, keyHash, openObject } from '../../../functions/classify/fetch.ts';
import { startS3, type TestS3 } from '../../aws/s3.ts';

const limits = { maxBytes: 1000 };
const refTo = (key: string, eTag: string, versionId?: string): ImageRef => ({
  bucket: 'photos',
  key,
  eTag,
  isCopy: false,
  ...(versionId && { versionId }),
});
const asText = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString();

describe('on a bucket without versions', () => {
  let s3: TestS3;
  beforeEach(async () => {
    s3 = await startS3();
  });
  afterEach(() => s3.close());

  it('gives the bytes and all that S3 says of them', async () => {
    const { eTag } = s3.put('a b/ü+.jpg', Buffer.from('pixels'), {
      'content-type': 'image/jpeg',
      'x-amz-meta-who': 'me',
    });

    const object = await openObject(s3.client, refTo('a b/ü+.jpg', eTag));

    expect(asText(await object?.read(limits))).toBe('pixels');
    expect(object?.isCurrent).toBe(true);
    expect(object?.head).toMatchObject({
      ETag: `"${eTag}"`,
      ContentLength: 6,
      ContentType: 'image/jpeg',
      Metadata: { who: 'me' },
    });
  });

  it('gives nothing once the key holds other bytes: they raise an event of their own', async () => {
    const { eTag } = s3.put('a.jpg', Buffer.from('first'));
    s3.put('a.jpg', Buffer.from('second'));

    expect(await openObject(s3.client, refTo('a.jpg', eTag))).toBeUndefined();
  });

  it('gives nothing once the object is deleted', async () => {
    const { eTag } = s3.put('a.jpg', Buffer.from('first'));
    s3.remove('a.jpg');

    expect(await openObject(s3.client, refTo('a.jpg', eTag))).toBeUndefined();
  });

  it.each([
    [503, 'SlowDown'],
    [500, 'InternalError'],
    [403, 'AccessDenied'],
    [404, 'NoSuchBucket'],
  ])('throws what a retry or an operator may mend: %i %s', async (status, code) => {
    const { eTag } = s3.put('a.jpg', Buffer.from('pixels'));
    s3.failWith(() => ({ status, code }));

    await expect(openObject(s3.client, refTo('a.jpg', eTag))).rejects.toMatchObject({ name: code });
  });

  it('refuses an object over the limit without reading it', async () => {
    const { eTag } = s3.put('a.jpg', Buffer.alloc(limits.maxBytes + 1));

    const object = await openObject(s3.client, refTo('a.jpg', eTag));

    await expect(object?.read(limits)).rejects.toMatchObject({
      name: 'ImageTooLarge',
      message: expect.stringContaining('0.001 MB (limits.megabytes)'),
    });
  });

  it('reads an object of just the limit', async () => {
    const { eTag } = s3.put('a.jpg', Buffer.alloc(limits.maxBytes));

    const object = await openObject(s3.client, refTo('a.jpg', eTag));

    expect(await object?.read(limits)).toHaveLength(limits.maxBytes);
  });

  it('refuses an empty object by name', async () => {
    const { eTag } = s3.put('a.jpg', Buffer.alloc(0));

    const object = await openObject(s3.client, refTo('a.jpg', eTag));

    await expect(object?.read(limits)).rejects.toMatchObject({ name: 'EmptyObject' });
  });

  it('asks for nothing more when a body is discarded', async () => {
    const { eTag } = s3.put('a.jpg', Buffer.alloc(100_000));

    await (await openObject(s3.client, refTo('a.jpg', eTag)))?.discard();

    expect(s3.requests.map(({ operation }) => operation)).toEqual(['GetObject']);
  });
});

describe('on a versioned bucket', () => {
  it("gives the event's own version after the key has moved on, and says that it is not current", async () => {
    const s3 = await startS3({ versioned: true });
    const first = s3.put('a.jpg', Buffer.from('first'));
    s3.put('a.jpg', Buffer.from('second'));

    const object = await openObject(s3.client, refTo('a.jpg', first.eTag, first.versionId));

    expect(asText(await object?.read(limits))).toBe('first');
    expect(object?.isCurrent).toBe(false);
    await s3.close();
  });
});

describe('our own copy', () => {
  const copied: ImageRef = { ...refTo('a.jpg', 'abc'), isCopy: true };
  const head = { Metadata: { 'labels-mark': `abc/${keyHash(copied)}` } };

  it('is known by the function whose session raised the event', () => {
    expect(isRequestedBy('labeller', { ...copied, requester: 'AWS:AROA123:labeller' })).toBe(true);
    expect(isRequestedBy('labeller', { ...copied, requester: 'AWS:AROA123:other-labeller' })).toBe(false);
    expect(isRequestedBy('labeller', copied)).toBeUndefined();
  });

  it('is known by the mark of its own key', () => {
    expect(bearsOwnMark(copied, head, 'labels')).toBe(true);
  });

  it.each([
    ['a copy to another key, mark and all', { ...copied, key: 'b.jpg' }, head, 'labels'],
    ['a copy to another bucket', { ...copied, bucket: 'others' }, head, 'labels'],
    ['an upload that bears the mark', { ...copied, isCopy: false }, head, 'labels'],
    ['a copy without metadata', copied, {}, 'labels'],
    ['a copy labelled under another prefix', copied, head, 'tags'],
  ])('is not %s', (_, ref, itsHead, prefix) => {
    expect(bearsOwnMark(ref, itsHead, prefix)).toBe(false);
  });
});
