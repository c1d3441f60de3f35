import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ImageRef } from '../../../../functions/classify/event/image-ref.ts';
import { keyHash } from '../../../../functions/classify/object/mark.ts';
import { openObject } from '../../../../functions/classify/object/open-object.ts';
import { startS3, type TestS3 } from '../../../support/aws/s3.ts';

const limits = { maxBytes: 1000 };
function refTo(key: string, eTag?: string, versionId?: string): ImageRef {
  return {
    bucket: 'photos',
    key,
    isCopy: false,
    ...(eTag && { eTag }),
    ...(versionId && { versionId }),
  };
}
function open(s3: TestS3, ref: ImageRef) {
  return openObject(s3.client, ref, 'labels', new AbortController().signal);
}
function asText(bytes: Uint8Array | undefined) {
  return bytes && Buffer.from(bytes).toString();
}

it('returns undefined if versioning is suspended and a later upload has replaced the version', async () => {
  const s3 = await startS3({ versioned: 'suspended' });
  const { eTag, versionId } = s3.put('a.jpg', Buffer.from('old'));
  s3.put('a.jpg', Buffer.from('new'));

  expect(versionId).toBe('null');
  expect(await open(s3, refTo('a.jpg', eTag, versionId))).toBeUndefined();
  await s3.close();
});

describe('on a bucket without versions', () => {
  let s3: TestS3;
  beforeEach(async () => {
    s3 = await startS3();
  });
  afterEach(() => s3.close());

  it('returns the bytes and the head', async () => {
    const { eTag } = s3.put('a b/ü+.jpg', Buffer.from('pixels'), {
      'content-type': 'image/jpeg',
      'x-amz-meta-who': 'me',
    });

    const object = await open(s3, refTo('a b/ü+.jpg', eTag));

    expect(asText((await object?.read(limits))?.bytes)).toBe('pixels');
    expect(object?.isCurrent).toBe(true);
    expect(object?.head).toMatchObject({
      ETag: `"${eTag}"`,
      ContentLength: 6,
      ContentType: 'image/jpeg',
      Metadata: { who: 'me' },
    });
    expect(s3.requests[0]?.headers['x-amz-checksum-mode']).toBe('ENABLED');
  });

  it('reads a body that arrives in many chunks', async () => {
    const bytes = randomBytes(500_000);
    const { eTag } = s3.put('a.jpg', bytes);

    const object = await open(s3, refTo('a.jpg', eTag));

    expect((await object?.read({ maxBytes: bytes.length }))?.bytes).toEqual(bytes);
  });

  it('returns metadata keys that are properties of JavaScript objects', async () => {
    const { eTag } = s3.put('a.jpg', Buffer.from('pixels'), {
      'x-amz-meta-__proto__': 'a',
      'x-amz-meta-constructor': 'b',
    });
    const plain = s3.put('b.jpg', Buffer.from('pixels'), { 'x-amz-meta-constructor': 'b' });

    const [object, other] = [
      await open(s3, refTo('a.jpg', eTag)),
      await open(s3, refTo('b.jpg', plain.eTag)),
    ];

    expect(Object.entries(object!.head.Metadata!).toSorted()).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
    expect(Object.entries(other!.head.Metadata!)).toEqual([['constructor', 'b']]);
  });

  it('aborts at the deadline', async () => {
    const { eTag } = s3.put('a.jpg', Buffer.from('pixels'));

    const opening = openObject(s3.client, refTo('a.jpg', eTag), 'labels', AbortSignal.abort());

    await expect(opening).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('returns undefined after an overwrite, which raises its own event', async () => {
    const { eTag } = s3.put('a.jpg', Buffer.from('first'));
    s3.put('a.jpg', Buffer.from('second'));

    expect(await open(s3, refTo('a.jpg', eTag))).toBeUndefined();
  });

  it('returns undefined after a deletion', async () => {
    const { eTag } = s3.put('a.jpg', Buffer.from('first'));
    s3.remove('a.jpg');

    expect(await open(s3, refTo('a.jpg', eTag))).toBeUndefined();
  });

  it.each([
    [503, 'SlowDown'],
    [500, 'InternalError'],
    [403, 'AccessDenied'],
    [404, 'NoSuchBucket'],
  ])('throws errors that a retry or an operator may resolve: %i %s', async (status, code) => {
    const { eTag } = s3.put('a.jpg', Buffer.from('pixels'));
    s3.failWith(() => ({ status, code }));

    await expect(open(s3, refTo('a.jpg', eTag))).rejects.toMatchObject({ name: code });
  });

  it.each([
    ['an archived object', { status: 403, code: 'InvalidObjectState' }, '--storage-class STANDARD'],
    [
      "an object that is encrypted with its owner's key",
      {
        status: 400,
        code: 'InvalidRequest',
        message: 'The object was stored using a form of Server Side Encryption.',
      },
      'SSE-C',
    ],
  ])('rejects by name objects that no retry can read: %s', async (_, failure, hint) => {
    s3.failWith(() => failure);

    await expect(open(s3, refTo('a.jpg', 'abc'))).rejects.toMatchObject({
      name: 'UnreadableObject',
      message: expect.stringContaining(hint),
    });
  });

  it.each([
    [400, 'InvalidRequest', 'Missing header'],
    [403, 'AccessDenied', 'no right to the key of its server side encryption'],
  ])('throws all other refusals: %i %s, %s', async (status, code, message) => {
    s3.failWith(() => ({ status, code, message }));

    await expect(open(s3, refTo('a.jpg', 'abc'))).rejects.toMatchObject({ name: code });
  });

  it('opens the current object if no upload is named', async () => {
    s3.put('a.jpg', Buffer.from('pixels'));

    const object = await open(s3, refTo('a.jpg'));

    expect(asText((await object?.read(limits))?.bytes)).toBe('pixels');
    expect(object?.isCurrent).toBe(true);
  });

  it('recognises the bytes of an upload in our own copy, which has another ETag under KMS', async () => {
    const kms = { 'x-amz-server-side-encryption': 'aws:kms' };
    const mark = `uploaded/${keyHash({ bucket: 'photos', key: 'a.jpg' })}`;
    s3.put('a.jpg', Buffer.from('pixels'), { ...kms, 'x-amz-meta-labels-mark': mark });

    expect(await open(s3, refTo('a.jpg', 'uploaded'))).toMatchObject({ isCurrent: true });
    expect(await open(s3, refTo('a.jpg', 'another'))).toBeUndefined();
  });

  it('rejects an object over the limit without reading it', async () => {
    const { eTag } = s3.put('a.jpg', Buffer.alloc(limits.maxBytes + 1));

    const object = await open(s3, refTo('a.jpg', eTag));

    await expect(object?.read(limits)).rejects.toMatchObject({
      name: 'ImageTooLarge',
      message: expect.stringContaining('0.001 MB (limits.megabytes)'),
    });
  });

  it('reads an object of exactly the limit', async () => {
    const { eTag } = s3.put('a.jpg', Buffer.alloc(limits.maxBytes));

    const object = await open(s3, refTo('a.jpg', eTag));

    expect((await object?.read(limits))?.bytes).toHaveLength(limits.maxBytes);
  });

  it('rejects an empty object by name', async () => {
    const { eTag } = s3.put('a.jpg', Buffer.alloc(0));

    const object = await open(s3, refTo('a.jpg', eTag));

    await expect(object?.read(limits)).rejects.toMatchObject({ name: 'EmptyObject' });
  });

  it('requests nothing more after a body is discarded', async () => {
    const { eTag } = s3.put('a.jpg', Buffer.alloc(100_000));

    (await open(s3, refTo('a.jpg', eTag)))?.discard();

    expect(s3.requests.map(({ operation }) => operation)).toEqual(['GetObject']);
  });
});

describe('on a versioned bucket', () => {
  it('opens the named version, current or not, even if another has the same bytes', async () => {
    const s3 = await startS3({ versioned: true });
    const first = s3.put('a.jpg', Buffer.from('pixels'), { 'x-amz-meta-n': '1' });
    const second = s3.put('a.jpg', Buffer.from('pixels'), { 'x-amz-meta-n': '2' });

    const opened = [first, second].map(({ versionId }) => open(s3, refTo('a.jpg', undefined, versionId)));

    expect(await Promise.all(opened)).toMatchObject([
      { isCurrent: false, head: { Metadata: { n: '1' } } },
      { isCurrent: true, head: { Metadata: { n: '2' } } },
    ]);
    await s3.close();
  });

  it('opens the current version if none is named', async () => {
    const s3 = await startS3({ versioned: true });
    s3.put('a.jpg', Buffer.from('first'));
    s3.put('a.jpg', Buffer.from('second'));

    const object = await open(s3, refTo('a.jpg'));

    expect(asText((await object?.read(limits))?.bytes)).toBe('second');
    expect(object?.isCurrent).toBe(true);
    await s3.close();
  });

  it("opens the event's version after an overwrite, and says that it is not current", async () => {
    const s3 = await startS3({ versioned: true });
    const first = s3.put('a.jpg', Buffer.from('first'));
    s3.put('a.jpg', Buffer.from('second'));

    const object = await open(s3, refTo('a.jpg', first.eTag, first.versionId));

    expect(asText((await object?.read(limits))?.bytes)).toBe('first');
    expect(object?.isCurrent).toBe(false);
    await s3.close();
  });
});
