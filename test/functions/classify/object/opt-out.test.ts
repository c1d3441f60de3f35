import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isOptedOut } from '../../../../functions/classify/object/opt-out.ts';
import { startS3, type TestS3 } from '../../../support/aws/s3.ts';

let s3: TestS3;
beforeEach(async () => {
  s3 = await startS3({ versioned: true });
});
afterEach(() => s3.close());

/** Uploads a version with these tags and a newer one without any, and asks about the first. */
async function ask(head: object, tags?: Record<string, string>) {
  const { versionId } = s3.put('cat.jpg', Buffer.from('pixels'), {}, tags);
  s3.put('cat.jpg', Buffer.from('newer pixels'));
  const isOut = await isOptedOut(
    s3.client,
    { bucket: 'photos', key: 'cat.jpg', isCopy: false },
    { VersionId: versionId, ...head },
    'labels',
    new AbortController().signal,
  );
  return { isOut, requests: s3.requests.map(({ operation }) => operation) };
}

describe('an object', () => {
  it('is opted out by its metadata, without a request for its tags', async () => {
    expect(await ask({ Metadata: { labels: 'skip' }, TagCount: 1 })).toEqual({ isOut: true, requests: [] });
  });

  it('is opted out by a tag of the opened version, not of the current one', async () => {
    expect(await ask({ TagCount: 2 }, { album: 'cats', labels: 'skip' })).toEqual({
      isOut: true,
      requests: ['GetObjectTagging'],
    });
  });

  it.each([
    ['other metadata', { Metadata: { labels: 'cat=0.9', other: 'skip' } }, undefined],
    ['a tag of another value', { TagCount: 1 }, { labels: 'yes' }],
    ['a tag of another name', { TagCount: 1 }, { other: 'skip' }],
  ])('is labelled with %s', async (_, head, tags) => {
    expect((await ask(head, tags)).isOut).toBe(false);
  });

  it('takes no request if it has no tags', async () => {
    expect(await ask({})).toEqual({ isOut: false, requests: [] });
  });
});
