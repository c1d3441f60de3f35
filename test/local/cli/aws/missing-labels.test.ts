import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { explainMissingLabels, type UnlabelledObject } from '../../../../local/cli/aws/missing-labels.ts';

const now = Date.parse('2026-06-01T12:00:00Z');

function explain(head: Partial<HeadObjectCommandOutput> = {}, object: Partial<UnlabelledObject> = {}) {
  const stored = { ContentLength: 9, LastModified: new Date(now - 86_400_000), $metadata: {}, ...head };
  const unlabelled = { bucket: 'photos', key: 'cat.jpg', tags: [], metadataPrefix: 'labels', isLocal: false };
  return explainMissingLabels({ ...unlabelled, head: stored, ...object }, now);
}

describe('explainMissingLabels', () => {
  it.each<[string, Partial<HeadObjectCommandOutput>, Partial<UnlabelledObject>, RegExp]>([
    ['a folder marker', { ContentLength: 0 }, { key: 'album/' }, /folder marker/],
    ['an opt-out in the metadata', { Metadata: { labels: 'skip' } }, {}, /metadata labels=skip/],
    ['an opt-out by tag', {}, { tags: [{ Key: 'labels', Value: 'skip' }] }, /tag labels=skip/],
    [
      'labels under another metadataPrefix',
      { Metadata: { 'seen-mark': 'a/b', 'seen-model': 'm/1' } },
      {},
      /--metadata-prefix seen/,
    ],
    ['an empty object', { ContentLength: 0 }, {}, /EmptyObject/],
    ['an archived object', { StorageClass: 'DEEP_ARCHIVE' }, {}, /archived \(DEEP_ARCHIVE\)/],
    [
      'an archived object whose key has a space',
      { StorageClass: 'GLACIER' },
      { key: "Tom's cat.jpg" },
      /aws s3 cp ('s3:\/\/photos\/Tom'\\''s cat\.jpg') \1 --storage-class STANDARD.*\{"bucket":"photos","key":"Tom's cat\.jpg"\}/,
    ],
    ['an intelligently archived object', { ArchiveStatus: 'ARCHIVE_ACCESS' }, {}, /ARCHIVE_ACCESS/],
  ])('says all there is to say of %s', (_, head, object, reason) => {
    expect(explain(head, object)).toEqual([expect.stringMatching(reason)]);
  });

  it.each<[string, Partial<HeadObjectCommandOutput>, RegExp]>([
    ['metadata that S3 does not return', { MissingMeta: 1 }, /x-amz-missing-meta/],
    [
      'a restored archive',
      { StorageClass: 'GLACIER', Restore: 'ongoing-request="false"' },
      /archived again: .*aws s3 cp s3:\/\/photos\/\S+ s3:\/\/photos\/\S+ --storage-class STANDARD/,
    ],
    ['a retention that has ended', { ObjectLockRetainUntilDate: new Date(now) }, /locked anew/],
    ["a user's own metadata", { Metadata: { labels: 'family' } }, /another metadataPrefix/],
    ['headers that are not UTF-8', { WebsiteRedirectLocation: '/\xe9' }, /not UTF-8/],
    ['metadata that fills the 2 KB', { Metadata: { notes: 'x'.repeat(2000) } }, /no room for a label/],
    ['a recent upload', { LastModified: new Date(now - 20_000) }, /stored 20 s ago/],
  ])('gives %s as the reason, and where to look next', (_, head, reason) => {
    expect(explain(head).slice(0, 2)).toEqual([expect.stringMatching(reason), 'Look next:']);
  });

  it.each<[string, Partial<HeadObjectCommandOutput>]>([
    ['nothing special', {}],
    ['metadata with room for a label', { Metadata: { notes: 'x'.repeat(1900) } }],
    ['instant retrieval', { StorageClass: 'GLACIER_IR' }],
    ["a user's own metadata with a similar name", { Metadata: { 'book-mark': '12' } }],
  ])('gives no reason for an object with %s', (_, head) => {
    expect(explain(head)[0]).toBe('Look next:');
  });

  it('names the log by a filter for the key, the event, the dead-letter queue and the backfill', () => {
    const text = explain({}, { key: 'my "cat".jpg' }).join('\n');

    expect(text).toContain('filter objectKey = "my \\"cat\\".jpg"');
    expect(text).toMatch(/bucketlens watch.*dead-letter queue.*backfill --bucket photos/s);
  });

  it("points to the page and function.log for the playground's objects", () => {
    expect(explain({}, { isLocal: true })).toEqual([expect.stringMatching(/page.*function\.log/s)]);
  });
});
