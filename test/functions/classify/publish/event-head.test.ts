import { describe, expect, it } from 'vitest';
import { eventHead, headOfUnread } from '../../../../functions/classify/publish/event-head.ts';

const ref = { bucket: 'photos', key: 'a/ü.jpg', isCopy: false };

describe('eventHead', () => {
  it('has the version and eTag that the event names, and the size of the opened object', () => {
    const head = eventHead(
      { ...ref, versionId: 'v1', eTag: 'abc', size: 1 },
      { VersionId: 'v2', ETag: '"def"', ContentLength: 7 },
      'r1',
    );

    expect(head).toStrictEqual({
      version: '1',
      bucket: 'photos',
      key: 'a/ü.jpg',
      versionId: 'v1',
      eTag: 'abc',
      size: 7,
      requestId: 'r1',
    });
  });

  it("takes the object's own version and eTag if the event names none", () => {
    expect(eventHead(ref, { VersionId: 'v2', ETag: '"def"', ContentLength: 7 }, 'r1')).toMatchObject({
      versionId: 'v2',
      eTag: 'def',
    });
  });

  it('has no version on a bucket without versions', () => {
    expect(eventHead(ref, { ETag: '"def"' }, 'r1')).toStrictEqual({
      version: '1',
      bucket: 'photos',
      key: 'a/ü.jpg',
      eTag: 'def',
      size: 0,
      requestId: 'r1',
    });
  });
});

describe('headOfUnread', () => {
  const least = { version: '1', bucket: 'photos', key: 'a/ü.jpg', requestId: 'r1' };

  it.each([
    ['only the object', {}],
    ['a version', { versionId: 'v1' }],
    ['an eTag', { eTag: 'abc' }],
    ['a size', { size: 0 }],
    ['everything', { versionId: 'v1', eTag: 'abc', size: 7 }],
  ])('has the fields of an event that names %s', (_, fields) => {
    expect(headOfUnread({ ...ref, ...fields }, 'r1')).toStrictEqual({ ...least, ...fields });
  });
});
