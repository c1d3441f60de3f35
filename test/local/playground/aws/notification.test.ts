import { describe, expect, it } from 'vitest';
import { parseEvent } from '../../../../functions/classify/event/invocation.ts';
import { type CreatedObject, createNotification } from '../../../../local/playground/aws/notification.ts';

const created: CreatedObject = {
  bucket: 'uploads',
  key: 'cat.jpg',
  size: 1024,
  eTag: 'd41d8cd98f00b204e9800998ecf8427e',
  operation: 'Put',
  principalId: 'AWS:AIDALOCAL',
  sourceIp: '127.0.0.1',
  createdAt: new Date('2026-01-02T03:04:05.678Z'),
  sequence: 255,
};

describe('createNotification', () => {
  it.each([
    ['my cat.jpg', 'my+cat.jpg'],
    ['a+b.jpg', 'a%2Bb.jpg'],
    ['100%.jpg', '100%25.jpg'],
    ['folder/zoë 猫.jpg', 'folder/zo%C3%AB+%E7%8C%AB.jpg'],
  ])('encodes the key %s as S3 does', (key, encoded) => {
    const notification = createNotification({ ...created, key });

    expect(notification.Records[0]!.s3.object.key).toBe(encoded);
    expect(parseEvent(notification)).toMatchObject({
      from: 'event',
      images: [{ bucket: 'uploads', key, eTag: created.eTag }],
    });
  });

  it('names a copy and its requester', () => {
    const notification = createNotification({
      ...created,
      operation: 'Copy',
      principalId: 'AWS:AROA:labels',
    });

    expect(parseEvent(notification)).toMatchObject({
      images: [{ isCopy: true, requester: 'AWS:AROA:labels' }],
    });
  });

  it('gives later events greater sequencers', () => {
    const sequencers = [1, 15, 16, 255, 256].map(
      (sequence) => createNotification({ ...created, sequence }).Records[0]!.s3.object.sequencer,
    );

    expect(sequencers.toSorted()).toEqual(sequencers);
  });
});
