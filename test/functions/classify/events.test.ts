import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEvent, UnknownEvent } from '../../../functions/classify/events.ts';
import { notification } from '../../aws/notification.ts';

describe('an S3 notification', () => {
  it('names the bucket, the key, the version, the eTag and who uploaded', () => {
    const event = notification('cats/tom.jpg', {
      eTag: 'abc',
      versionId: 'v1',
      principalId: 'AWS:AIDA:alice',
    });

    expect(parseEvent(event)).toEqual([
      {
        bucket: 'photos',
        key: 'cats/tom.jpg',
        versionId: 'v1',
        eTag: 'abc',
        isCopy: false,
        requester: 'AWS:AIDA:alice',
      },
    ]);
  });

  it.each([
    'my photo.jpg',
    '1+1=2.jpg',
    '100%.jpg',
    '%2B.jpg',
    'Zoë/写真.png',
    'line\nbreak.gif',
    'a'.repeat(1024),
  ])('gives the key %j as the S3 API takes it', (key) => {
    expect(parseEvent(notification(key))[0]?.key).toBe(key);
  });

  it('gives any key back', () => {
    const anyKey = fc.string({ unit: 'grapheme', minLength: 1 }).filter((key) => !key.endsWith('/'));
    fc.assert(
      fc.property(anyKey, (key) => {
        expect(parseEvent(notification(key))[0]?.key).toBe(key);
      }),
    );
  });

  it('knows a copy', () => {
    expect(parseEvent(notification('a.jpg', { eventName: 'ObjectCreated:Copy' }))[0]?.isCopy).toBe(true);
  });

  it('gives each of several records, in order', () => {
    const Records = ['a.jpg', 'b.jpg', 'c.jpg'].flatMap((key) => notification(key).Records);

    expect(parseEvent({ Records }).map(({ key }) => key)).toEqual(['a.jpg', 'b.jpg', 'c.jpg']);
  });

  it.each([
    ['a folder', notification('cats/')],
    ['a deletion', notification('a.jpg', { eventName: 'ObjectRemoved:Delete' })],
    ["S3's test event", { Service: 'Amazon S3', Event: 's3:TestEvent', Time: 'now', Bucket: 'photos' }],
  ])('gives nothing for %s', (_, event) => {
    expect(parseEvent(event)).toEqual([]);
  });
});

describe('an event of another shape', () => {
  it('is refused with its shape, without its data', () => {
    const event = { secret: 'hunter2', list: [{ token: 'hunter3' }], nothing: null };

    const parse = () => parseEvent(event);

    expect(parse).toThrow(UnknownEvent);
    expect(parse).toThrow('its shape is {secret: string, list: [{token: string}], nothing: null}');
    expect(parse).not.toThrow('hunter');
  });

  it.each([undefined, null, 7, 'text', [], {}, { Records: [{}] }, { Records: [null] }, { Records: {} }])(
    'is refused: %j',
    (event) => {
      expect(() => parseEvent(event)).toThrow(UnknownEvent);
    },
  );

  it('is refused where the key is not URL-encoded', () => {
    const event = notification('a.jpg');
    event.Records[0]!.s3.object.key = '100%.jpg';

    expect(() => parseEvent(event)).toThrow('"100%.jpg" is not URL-encoded');
  });

  it('never throws anything else', () => {
    fc.assert(
      fc.property(fc.anything(), (event) => {
        try {
          parseEvent(event);
        } catch (error) {
          expect(error).toBeInstanceOf(UnknownEvent);
        }
      }),
    );
  });
});
