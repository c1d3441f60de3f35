import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Task } from '../../../../functions/classify/event/batch-job.ts';
import type { ImageRef } from '../../../../functions/classify/event/image-ref.ts';
import { parseEvent } from '../../../../functions/classify/event/invocation.ts';
import type { Message } from '../../../../functions/classify/event/message.ts';
import { UnknownEvent } from '../../../../functions/classify/event/unknown-event.ts';
import {
  batchTask,
  notification,
  objectCreated,
  oldBatchTask,
  sqsBatch,
} from '../../../support/aws/events.ts';

function imagesOf(event: unknown): readonly ImageRef[] {
  const invocation = parseEvent(event);
  expect(invocation.from).toBe('event');
  return 'images' in invocation ? invocation.images : [];
}
function messagesOf(event: unknown): readonly Message[] {
  const invocation = parseEvent(event);
  expect(invocation.from).toBe('sqs');
  return 'messages' in invocation ? invocation.messages : [];
}
function tasksOf(event: unknown): readonly Task[] {
  const invocation = parseEvent(event);
  expect(invocation.from).toBe('batch-operations');
  return 'tasks' in invocation ? invocation.tasks : [];
}
function ignoredOf(event: unknown) {
  const invocation = parseEvent(event);
  return 'ignored' in invocation ? invocation.ignored : [];
}
function keysOf({ images }: Message) {
  return images instanceof Error ? images.name : images.map(({ key }) => key);
}

const keys = [
  'my photo.jpg',
  '1+1=2.jpg',
  '100%.jpg',
  '%2B.jpg',
  'Zoë/写真.png',
  'line\nbreak.gif',
  'a'.repeat(1024),
];
const anyKey = fc.string({ unit: 'grapheme', minLength: 1 }).filter((key) => !key.endsWith('/'));

describe.each([
  ['an S3 notification', (key: string) => imagesOf(notification(key))[0]],
  ['an event on EventBridge', (key: string) => imagesOf(objectCreated(key))[0]],
  ['a message in a queue', (key: string) => [messagesOf(sqsBatch(notification(key)))[0]!.images].flat()[0]],
  ['a task of a batch job', (key: string) => [tasksOf(batchTask(key))[0]!.images].flat()[0]],
  ['a task of the older schema', (key: string) => [tasksOf(oldBatchTask(key))[0]!.images].flat()[0]],
  ['a direct request', (key: string) => imagesOf({ bucket: 'photos', key })[0]],
])('%s', (_, imageIn) => {
  it.each(keys)('decodes the key %j', (key) => {
    expect(imageIn(key)).toMatchObject({ bucket: 'photos', key, isCopy: false });
  });

  it('preserves any key', () => {
    fc.assert(
      fc.property(anyKey, (key) => {
        expect(imageIn(key)).toMatchObject({ key });
      }),
    );
  });
});

it.each([
  ['an S3 notification', notification('cats/')],
  ['an event on EventBridge', objectCreated('cats/')],
])('%s has no image for a folder', (_, event) => {
  expect(imagesOf(event)).toEqual([]);
});

it.each([
  ['an S3 notification', notification('cat.png/', { size: 7 })],
  ['an event on EventBridge', objectCreated('cat.png/', { size: 7 })],
])('%s has an image if its key ends like a folder but it has bytes', (_, event) => {
  expect(imagesOf(event)).toMatchObject([{ key: 'cat.png/', size: 7 }]);
});

it('a request or a task that names a folder has an image, because its size is unknown', () => {
  expect(imagesOf({ bucket: 'photos', key: 'cat.png/' })).toMatchObject([{ key: 'cat.png/' }]);
  expect(tasksOf(batchTask('cat.png/'))).toMatchObject([{ images: [{ key: 'cat.png/' }], ignored: [] }]);
});

describe('an S3 notification', () => {
  it('has the bucket, key, version, ETag and requester', () => {
    const event = notification('cats/tom.jpg', {
      eTag: 'abc',
      versionId: 'v1',
      principalId: 'AWS:AIDA:alice',
    });

    expect(imagesOf(event)).toEqual([
      {
        bucket: 'photos',
        key: 'cats/tom.jpg',
        versionId: 'v1',
        eTag: 'abc',
        size: 1024,
        sequencer: '0066A1B2C3D4E5F6',
        isCopy: false,
        requester: 'AWS:AIDA:alice',
      },
    ]);
  });

  it.each([
    ['an S3 notification', notification('a.jpg', { versionId: '' })],
    ['an event on EventBridge', objectCreated('a.jpg', { versionId: '' })],
  ])('treats an empty version as none: %s', (_, event) => {
    expect(imagesOf(event)[0]).not.toHaveProperty('versionId');
  });

  it('recognises a copy', () => {
    expect(imagesOf(notification('a.jpg', { eventName: 'ObjectCreated:Copy' }))[0]?.isCopy).toBe(true);
  });

  it('may lack a requester', () => {
    const event = notification('a.jpg');
    const Records = event.Records.map(({ userIdentity: _, ...record }) => record);

    expect(imagesOf({ Records })[0]).not.toHaveProperty('requester');
  });

  it('has the images of all records, in order', () => {
    const Records = ['a.jpg', 'b.jpg', 'c.jpg'].flatMap((key) => notification(key).Records);

    expect(imagesOf({ Records }).map(({ key }) => key)).toEqual(['a.jpg', 'b.jpg', 'c.jpg']);
  });

  it('has images and ignored records side by side', () => {
    const Records = ['a/', 'a/b.jpg'].flatMap((key) => notification(key).Records);

    expect(parseEvent({ Records })).toMatchObject({
      images: [{ key: 'a/b.jpg' }],
      ignored: [{ reason: 'folder', bucket: 'photos', key: 'a/' }],
    });
  });
});

describe('an event on EventBridge', () => {
  it('has no requester, which would be an account and not a user', () => {
    expect(imagesOf(objectCreated('cats/tom.jpg', { eTag: 'abc', versionId: 'v1' }))).toEqual([
      {
        bucket: 'photos',
        key: 'cats/tom.jpg',
        versionId: 'v1',
        eTag: 'abc',
        size: 1024,
        sequencer: '0066A1B2C3D4E5F6',
        isCopy: false,
      },
    ]);
  });

  it('recognises a copy', () => {
    expect(imagesOf(objectCreated('a.jpg', { reason: 'CopyObject' }))[0]?.isCopy).toBe(true);
  });
});

describe('an event without an image', () => {
  const key = 'a b.jpg';

  it.each([
    ['a folder', notification('a b/'), { reason: 'folder', bucket: 'photos', key: 'a b/' }],
    ['a folder on EventBridge', objectCreated('a/'), { reason: 'folder', bucket: 'photos', key: 'a/' }],
    [
      'a deletion',
      notification(key, { eventName: 'ObjectRemoved:Delete' }),
      { reason: 'deletion', bucket: 'photos', key },
    ],
    [
      'an expired object',
      notification(key, { eventName: 'LifecycleExpiration:DeleteMarkerCreated' }),
      { reason: 'deletion', bucket: 'photos', key },
    ],
    [
      'a deletion on EventBridge',
      { ...objectCreated(key), 'detail-type': 'Object Deleted' },
      { reason: 'deletion', bucket: 'photos', key },
    ],
    [
      'a restored object',
      notification(key, { eventName: 'ObjectRestore:Completed' }),
      { reason: 'not-an-upload', bucket: 'photos', key },
    ],
    [
      'changed tags on EventBridge',
      { ...objectCreated(key), 'detail-type': 'Object Tags Added' },
      { reason: 'not-an-upload', bucket: 'photos', key },
    ],
    [
      "S3's test event",
      { Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'photos' },
      { reason: 'test-event' },
    ],
    ['no records', { Records: [] }, { reason: 'no-records' }],
  ])('says why it is ignored: %s', (_, event, record) => {
    expect(imagesOf(event)).toEqual([]);
    expect(ignoredOf(event)).toEqual([record]);
  });
});

describe("S3's events in envelopes", () => {
  const event = notification('in/café 1.jpg', { eTag: 'abc' });
  const direct = parseEvent(event);
  const sns = {
    Type: 'Notification',
    MessageId: 'm',
    TopicArn: 'arn:aws:sns:eu-west-1:1:uploads',
    Message: '',
  };
  const inSns = (content: unknown) => ({ ...sns, Message: JSON.stringify(content) });
  const deadLetter = (payload: unknown) => ({
    version: '1.0',
    requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 },
    requestPayload: payload,
  });

  it.each([
    ['SNS to Lambda', { Records: [{ EventSource: 'aws:sns', EventVersion: '1.0', Sns: inSns(event) }] }],
    ['a dead letter', deadLetter(event)],
    [
      'a dead letter of SNS',
      deadLetter({ Records: [{ EventSource: 'aws:sns', EventVersion: '1.0', Sns: inSns(event) }] }),
    ],
    ['an array', [event]],
    ['a text', JSON.stringify(event)],
    ['an array of texts, as Pipes make it of $.body', [JSON.stringify(event)]],
  ])('are read from %s', (_, envelope) => {
    expect(parseEvent(envelope)).toEqual(direct);
  });

  it.each([
    ['SNS to SQS', sqsBatch(inSns(event))],
    ['SNS to SQS, as raw messages', sqsBatch(event)],
    ['SQS through EventBridge Pipes', sqsBatch(event).Records],
    ['SNS to SQS through EventBridge Pipes', sqsBatch(inSns(event)).Records],
    ['a dead letter in a queue', sqsBatch(deadLetter(event))],
    ['a dead letter of a Pipe', deadLetter(sqsBatch(event).Records)],
  ])('are answered by message if they come from %s', (_, envelope) => {
    expect(messagesOf(envelope)).toEqual([{ messageId: 'm0', ...direct, from: undefined }]);
  });

  it('are read from SNS if they come from EventBridge', () => {
    expect(messagesOf(sqsBatch(inSns(objectCreated('a.jpg')))).map(keysOf)).toEqual([['a.jpg']]);
  });

  it('are read from all records of SNS', () => {
    const Records = ['a.jpg', 'b.jpg'].map((key) => ({
      EventSource: 'aws:sns',
      Sns: inSns(notification(key)),
    }));

    expect(imagesOf({ Records }).map(({ key }) => key)).toEqual(['a.jpg', 'b.jpg']);
  });

  it.each([
    [
      'no JSON',
      { ...sns, Message: 'Hello' },
      'not an S3 notification: the event should be Object; the shape is string',
    ],
    ['broken JSON', { ...sns, Message: '{"Records": ' }, 'the text in the event is not JSON'],
    ['no message', { Type: 'Notification', TopicArn: 'arn' }, 'not an SNS notification: Message is missing'],
    ['someone else’s event', inSns({ hello: 'world' }), 'the shape is {hello: string}'],
  ])('are refused if SNS carries %s', (_, envelope, message) => {
    expect(() => parseEvent(envelope)).toThrow(message);
  });

  it('are refused in more envelopes than any service wraps', () => {
    let nested: unknown = event;
    for (let depth = 0; depth < 10_000; depth++) nested = deadLetter(nested);

    expect(() => parseEvent(nested)).toThrow('an event in more than 8 envelopes');
  });
});

describe('a batch of SQS messages', () => {
  it('has the images of each message, whichever event it carries', () => {
    const test = { Service: 'Amazon S3', Event: 's3:TestEvent' };

    const messages = messagesOf(sqsBatch(notification('a.jpg'), objectCreated('b.jpg'), test));

    expect(messages.map(({ messageId }) => messageId)).toEqual(['m0', 'm1', 'm2']);
    expect(messages.map(keysOf)).toEqual([['a.jpg'], ['b.jpg'], []]);
  });

  it('has an error in place of the images of a message that cannot be read, and reads the others', () => {
    const messages = messagesOf(sqsBatch('no JSON', { hello: 'world' }, notification('a.jpg')));

    expect(messages.map(keysOf)).toEqual(['UnknownEvent', 'UnknownEvent', ['a.jpg']]);
    expect(messages[0]?.images).toMatchObject({ message: 'the body of the message is not JSON' });
  });

  it('keeps only the last upload of a key, by the sequencer as a number', () => {
    const uploads = ['9', 'A0', 'a1', '00A2', '1'].map((sequencer) => notification('a.jpg', { sequencer }));

    const messages = messagesOf(sqsBatch(...uploads, notification('b.jpg', { sequencer: '0' })));

    expect(messages.map(keysOf)).toEqual([[], [], [], ['a.jpg'], [], ['b.jpg']]);
    expect(messages[0]?.ignored).toEqual([{ reason: 'overtaken', bucket: 'photos', key: 'a.jpg' }]);
  });

  it('keeps every version of a key, whose bytes still exist', () => {
    const uploads = ['1', '2'].map((sequencer) => notification('a.jpg', { sequencer, versionId: sequencer }));

    expect(messagesOf(sqsBatch(...uploads)).map(keysOf)).toEqual([['a.jpg'], ['a.jpg']]);
  });

  it('keeps the object that a key had before the bucket was versioned', () => {
    const messages = messagesOf(
      sqsBatch(
        notification('a.jpg', { sequencer: '1' }),
        notification('a.jpg', { sequencer: '2', versionId: 'v2' }),
      ),
    );

    expect(messages.map(keysOf)).toEqual([['a.jpg'], ['a.jpg']]);
  });

  it('keeps an upload without a sequencer, which may be the last', () => {
    const unordered = objectCreated('a.jpg');
    const { sequencer: _, ...object } = unordered.detail.object;

    const messages = messagesOf(
      sqsBatch({ ...unordered, detail: { ...unordered.detail, object } }, notification('a.jpg')),
    );

    expect(messages.map(keysOf)).toEqual([['a.jpg'], ['a.jpg']]);
  });

  it('lets no copy overtake an upload, because it may be our own', () => {
    const messages = messagesOf(
      sqsBatch(
        notification('a.jpg', { sequencer: '1' }),
        notification('a.jpg', { sequencer: '2', eventName: 'ObjectCreated:Copy' }),
      ),
    );

    expect(messages.map(keysOf)).toEqual([['a.jpg'], ['a.jpg']]);
  });

  it('keeps the last event of each key, in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.nat(50)), { minLength: 1 }), (uploads) => {
        const bodies = uploads.map(([key, n]) => notification(key, { sequencer: n.toString(16) }));

        const left = messagesOf(sqsBatch(...bodies)).flatMap(({ images }) => [images].flat() as ImageRef[]);

        for (const key of new Set(uploads.map(([itsKey]) => itsKey))) {
          const last = Math.max(...uploads.filter(([itsKey]) => itsKey === key).map(([, n]) => n));
          const sequencers = left.filter((image) => image.key === key).map(({ sequencer }) => sequencer);
          expect(new Set(sequencers)).toEqual(new Set([last.toString(16)]));
        }
      }),
    );
  });
});

describe('a job of S3 Batch Operations', () => {
  it('has its invocation, its tasks and their objects', () => {
    expect(parseEvent(batchTask('a.jpg', { versionId: 'v1' }))).toEqual({
      from: 'batch-operations',
      invocationSchemaVersion: '2.0',
      invocationId: 'i1',
      force: false,
      tasks: [
        {
          taskId: 't1',
          images: [{ bucket: 'photos', key: 'a.jpg', versionId: 'v1', isCopy: false, isRequested: true }],
          ignored: [],
        },
      ],
    });
    expect(parseEvent(oldBatchTask('a.jpg'))).toMatchObject({
      invocationSchemaVersion: '1.0',
      tasks: [{ images: [{ bucket: 'photos', key: 'a.jpg', isCopy: false }] }],
    });
  });

  it('treats an empty version as none', () => {
    expect(tasksOf(batchTask('a.jpg', { versionId: '' }))[0]).toEqual(tasksOf(batchTask('a.jpg'))[0]);
  });

  it('is forced by its argument', () => {
    expect(parseEvent(batchTask('a.jpg', { userArguments: { force: 'true' } }))).toMatchObject({
      force: true,
    });
    expect(parseEvent(batchTask('a.jpg', { userArguments: { force: 'no' } }))).toMatchObject({
      force: false,
    });
  });

  it('is not forced if its arguments are null', () => {
    const event = { ...batchTask('a.jpg'), job: { id: 'j1', userArguments: null } };

    expect(parseEvent(event)).toMatchObject({ force: false });
  });

  it('has an error in place of an image whose key cannot be read', () => {
    const event = batchTask('a.jpg');
    event.tasks[0]!.s3Key = '100%.jpg';

    expect(tasksOf(event)[0]?.images).toBeInstanceOf(UnknownEvent);
  });
});

describe('a direct request', () => {
  it('may name a version', () => {
    expect(imagesOf({ bucket: 'photos', key: 'a.jpg', versionId: 'v1' })).toEqual([
      { bucket: 'photos', key: 'a.jpg', versionId: 'v1', isCopy: false, isRequested: true },
    ]);
  });

  it.each(['abc', '"abc"'])('may name the bytes by their ETag, with or without quotes: %s', (eTag) => {
    expect(imagesOf({ bucket: 'photos', key: 'a.jpg', eTag })).toEqual([
      { bucket: 'photos', key: 'a.jpg', eTag: 'abc', isCopy: false, isRequested: true },
    ]);
  });

  it('may come in a message of a queue', () => {
    expect(messagesOf(sqsBatch({ bucket: 'photos', key: 'a.jpg' })).map(keysOf)).toEqual([['a.jpg']]);
  });

  it('is refused with the name of an unknown field', () => {
    expect(() => parseEvent({ bucket: 'photos', key: 'a.jpg', version: 'v1' })).toThrow(
      'version is not known; the shape is {bucket: string, key: string, version: string}',
    );
  });
});

describe('an event of another shape', () => {
  it('is refused with its shape, without its data', () => {
    const event = { secret: 'hunter2', list: [{ token: 'hunter3' }], nothing: null };

    const parse = () => parseEvent(event);

    expect(parse).toThrow(UnknownEvent);
    expect(parse).toThrow('the shape is {secret: string, list: [{token: string}], nothing: null}');
    expect(parse).not.toThrow('hunter');
  });

  it('is refused with a short shape, however deep and wide it is', () => {
    const wide = Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`f${index}`, index]));

    expect(() => parseEvent({ a: { b: { c: { d: { e: { f: 1 } } } } }, none: [] })).toThrow(
      /{…}}+, none: \[\]}$/,
    );
    expect(() => parseEvent(wide)).toThrow(/f19: number}$/);
  });

  it.each([
    ['an S3 notification', null],
    ['an EventBridge event of S3', { 'detail-type': 'Object Created' }],
    ['a batch of SQS messages', { Records: [{ eventSource: 'aws:sqs' }] }],
    ['an S3 Batch Operations job', { invocationSchemaVersion: '3.0' }],
    ['a request { bucket, key, versionId?, eTag? }', { bucket: 'photos', key: '' }],
  ])('is refused as not %s', (what, event) => {
    expect(() => parseEvent(event)).toThrow(`not ${what}: `);
  });

  it('is refused as a whole if it is not an object', () => {
    expect(() => parseEvent('text')).toThrow('the event should be Object; the shape is string');
  });

  it('is refused with the missing field', () => {
    expect(() =>
      parseEvent({ Records: [{ eventSource: 'aws:s3', eventName: 'ObjectCreated:Put' }] }),
    ).toThrow('not an S3 notification: Records.0.s3 is missing');
  });

  it('is refused with a short message, however large and deep it is', () => {
    const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);

    expect(() => parseEvent({ deep })).toThrow('the shape is {deep: [[[[…]]]]}');
    expect(() => parseEvent({ ['x'.repeat(100_000)]: 1 })).toThrow(/^.{900,1100}$/);
  });

  it.each([
    ['a key', { bucket: 'photos', key: '\ud800' }],
    ['a version', { bucket: 'photos', key: 'a', versionId: '\ud800' }],
    ['a key on EventBridge', objectCreated('\udfff')],
    ['an eTag', notification('a', { eTag: 'ä' })],
  ])('is refused if %s could not be sent to S3', (_, event) => {
    expect(() => parseEvent(event)).toThrow(UnknownEvent);
  });

  it('is refused without showing the invalid value', () => {
    const parse = () => parseEvent({ Records: [{ eventSource: 'hunter2' }] });

    expect(parse).toThrow('Records.0.eventSource should be "aws:s3"');
    expect(parse).not.toThrow('hunter');
  });

  it.each([
    undefined,
    null,
    7,
    'text',
    [],
    {},
    { Records: [{}] },
    { Records: [null] },
    { Records: {} },
    { Records: [{ eventSource: 'aws:sqs' }] },
    { invocationSchemaVersion: '3.0', invocationId: 'i1', tasks: [] },
    { 'detail-type': 'Object Created', source: 'somebody.else' },
    { bucket: 'photos', key: 7 },
  ])('is refused: %j', (event) => {
    expect(() => parseEvent(event)).toThrow(UnknownEvent);
  });

  it('is refused if the key is not URL-encoded', () => {
    const event = notification('a.jpg');
    event.Records[0]!.s3.object.key = '100%.jpg';

    expect(() => parseEvent(event)).toThrow('the object key is not URL-encoded');
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
