import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { batchTask, notification, objectCreated, oldBatchTask, sqsBatch } from '../../support/aws/events.ts';
import { functionName, startFunction, type TestFunction } from '../../support/aws/function.ts';

const coffee = await readFile('test/goldens/images/coffee_base_444.jpg');
const text = await readFile('test/goldens/images/bad_text.jpg');

let labeller: TestFunction;
beforeAll(async () => {
  labeller = await startFunction();
});
afterAll(() => labeller.close());
beforeEach(() => {
  labeller.s3.failWith(() => undefined);
  labeller.s3.requests.length = 0;
  labeller.bus.failWith(() => undefined);
  labeller.bus.events.length = 0;
});

function upload(key: string, bytes = coffee, headers: Record<string, string> = {}) {
  return labeller.s3.put(key, bytes, headers);
}
function uploaded(key: string, bytes = coffee) {
  return notification(key, { eTag: upload(key, bytes).eTag });
}
function labelsOf(key: string) {
  return labeller.s3.current(key)?.headers['x-amz-meta-labels'];
}
function refuse(operation: string, key?: string) {
  return labeller.s3.failWith((request) =>
    request.operation === operation && (key ?? request.key) === request.key
      ? { status: 403, code: 'AccessDenied' }
      : undefined,
  );
}
function refuseEvents() {
  labeller.bus.failWith(() => ({ status: 403, code: 'AccessDeniedException' }));
}
function publishedKeys() {
  return labeller.bus.events.map(({ detail }) => detail.key);
}

describe('an event on EventBridge', () => {
  it('is handled like a notification', async () => {
    const { eTag } = upload('cup.jpg');

    expect(await labeller.invoke(objectCreated('cup.jpg', { eTag }))).toEqual(['classified']);

    expect(labelsOf('cup.jpg')).toMatch(/^espresso=/);
  });

  it('recognises our own copy by its mark, and neither reads nor publishes it', async () => {
    const { eTag } = upload('cup.jpg');
    await labeller.invoke(objectCreated('cup.jpg', { eTag }));

    const answer = await labeller.invoke(objectCreated('cup.jpg', { eTag, reason: 'CopyObject' }));

    expect(answer).toEqual(['own-copy']);
    expect(labeller.s3.requests.map(({ operation }) => operation)).toEqual([
      'GetObject',
      'CopyObject',
      'GetObject',
    ]);
    expect(labeller.bus.events).toHaveLength(1);
  });

  it("publishes a user's copy at the retry if EventBridge refused it at first, and not our own copy", async () => {
    const { eTag } = upload('cup.jpg');
    const copied = objectCreated('cup.jpg', { eTag, reason: 'CopyObject', sequencer: '0A' });
    labeller.bus.failWith(() => ({ status: 403, code: 'AccessDeniedException' }));
    await expect(labeller.invoke(copied)).rejects.toThrow();
    expect(labelsOf('cup.jpg')).toMatch(/^espresso=/);
    labeller.bus.failWith(() => undefined);

    expect(await labeller.invoke(copied)).toEqual(['classified']);
    expect(publishedKeys()).toEqual(['cup.jpg']);

    const own = objectCreated('cup.jpg', { eTag, reason: 'CopyObject', sequencer: '0B' });
    expect(await labeller.invoke(own)).toEqual(['own-copy']);
    expect(publishedKeys()).toEqual(['cup.jpg']);
  });
});

describe('a labelled version that its owner restores, with the trigger eventbridge', () => {
  it('is taken for our own copy, and labelled if the function is asked', async () => {
    const { eTag } = upload('cup.jpg');
    await labeller.invoke(objectCreated('cup.jpg', { eTag, sequencer: '1' }));
    const { bytes, headers } = labeller.s3.current('cup.jpg')!;
    upload('cup.jpg', text);
    const restored = labeller.s3.put('cup.jpg', bytes, headers);

    const copied = objectCreated('cup.jpg', { eTag: restored.eTag, reason: 'CopyObject', sequencer: '3' });
    expect(await labeller.invoke(copied)).toEqual(['own-copy']);
    expect(await labeller.invoke({ bucket: 'photos', key: 'cup.jpg' })).toEqual(['classified']);
    expect(publishedKeys()).toEqual(['cup.jpg', 'cup.jpg']);
  });
});

describe('a batch of messages', () => {
  it('returns the failed messages, and no others', async () => {
    const messages = [uploaded('a.jpg'), uploaded('b.jpg'), { hello: 'world' }, uploaded('c.jpg', text)];
    refuse('GetObject', 'a.jpg');

    expect(await labeller.invoke(sqsBatch(...messages))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm0' }, { itemIdentifier: 'm2' }],
    });

    expect(labelsOf('b.jpg')).toMatch(/^espresso=/);
    expect(publishedKeys()).toEqual(['b.jpg', 'c.jpg']);
  });

  it('returns all messages if all failed', async () => {
    const messages = [uploaded('a.jpg'), uploaded('b.jpg')];
    refuse('GetObject');

    expect(await labeller.invoke(sqsBatch(...messages))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm0' }, { itemIdentifier: 'm1' }],
    });
  });

  it('returns a message whose prediction was not published', async () => {
    const messages = [uploaded('a.jpg'), uploaded('b.jpg')];
    labeller.bus.failWith(([entry]) =>
      entry?.Detail?.includes('a.jpg') ? { status: 403, code: 'AccessDeniedException' } : undefined,
    );

    expect(await labeller.invoke(sqsBatch(...messages))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm0' }],
    });
  });

  it('leaves messages to the next invocation if time runs out', async () => {
    const messages = [uploaded('a.jpg'), uploaded('b.jpg')];
    // Asked at the start, before a.jpg, before it is decoded, before its write-back, and before b.jpg.
    const remaining = [60_000, 60_000, 60_000, 60_000, 5000];

    const answer = await labeller.invoke(sqsBatch(...messages), { remainingMs: () => remaining.shift()! });

    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
    expect(publishedKeys()).toEqual(['a.jpg']);
  });

  it('returns only the message that would exceed the time limit, before Lambda returns them all', async () => {
    const messages = [
      uploaded('a.jpg'),
      uploaded('hd.png', await readFile('test/goldens/images/acc_1280x720.png')),
    ];
    const remaining = [60_000, 60_000, 60_000, 60_000, 10_000, 5001];

    const answer = await labeller.invoke(sqsBatch(...messages), { remainingMs: () => remaining.shift()! });

    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
    expect(publishedKeys()).toEqual(['a.jpg']);
    expect(labelsOf('a.jpg')).toMatch(/^espresso=/);
  });

  it('handles only the last message about a key', async () => {
    const [first, second] = [
      notification('a.jpg', { eTag: upload('a.jpg', text).eTag, sequencer: '1' }),
      notification('a.jpg', { eTag: upload('a.jpg').eTag, sequencer: '2' }),
    ];

    expect(await labeller.invoke(sqsBatch(second, first))).toEqual({ batchItemFailures: [] });

    expect(labeller.s3.requests.map(({ operation }) => operation)).toEqual(['GetObject', 'CopyObject']);
  });
});

describe('a task of a batch job', () => {
  const resultOf = async (event: unknown) => {
    const answer = await labeller.invoke(event);
    return 'results' in answer ? answer.results[0] : undefined;
  };

  it.each([
    ['2.0', batchTask],
    ['1.0', oldBatchTask],
  ])('succeeds with its labels, in schema %s', async (version, task) => {
    upload('a cup.jpg');

    expect(await labeller.invoke(task('a cup.jpg'))).toEqual({
      invocationSchemaVersion: version,
      invocationId: 'i1',
      treatMissingKeysAs: 'TemporaryFailure',
      results: [
        {
          taskId: 't1',
          resultCode: 'Succeeded',
          resultString: expect.stringMatching(/^written: espresso=0\.\d{4},/),
        },
      ],
    });
    expect(labelsOf('a cup.jpg')).toMatch(/^espresso=/);
  });

  it('leaves out objects that this model has labelled, unless it is forced', async () => {
    upload('cup.jpg');
    await labeller.invoke(batchTask('cup.jpg'));

    expect(await resultOf(batchTask('cup.jpg'))).toMatchObject({
      resultCode: 'Succeeded',
      resultString: 'labelled by this model already',
    });
    expect(await resultOf(batchTask('cup.jpg', { userArguments: { force: 'true' } }))).toMatchObject({
      resultString: expect.stringMatching(/^written: espresso/),
    });
    expect(labeller.bus.events).toHaveLength(2);
  });

  it.each([
    ['a file that is not an image', 'notes.txt', text, {}, 'PermanentFailure', /^UnsupportedFormat: /],
    [
      'an object without room for labels',
      'a.jpg',
      coffee,
      { 'x-amz-meta-n': 'n'.repeat(2000) },
      'PermanentFailure',
      /room for/,
    ],
    ['an opted-out object', 'a.jpg', coffee, { 'x-amz-meta-labels': 'skip' }, 'Succeeded', /opted out/],
    ['a folder', 'a/', Buffer.alloc(0), {}, 'Succeeded', /^a folder/],
  ])('reports %s', async (_, key, bytes, headers: Record<string, string>, code, reason) => {
    upload(key, bytes, headers);

    expect(await resultOf(batchTask(key))).toEqual({
      taskId: 't1',
      resultCode: code,
      resultString: expect.stringMatching(reason),
    });
  });

  it('succeeds for an object that has been deleted', async () => {
    expect(await resultOf(batchTask('nothing.jpg'))).toMatchObject({
      resultCode: 'Succeeded',
      resultString: 'deleted or overwritten',
    });
  });

  it('is retried if it fails', async () => {
    upload('cup.jpg');
    refuse('CopyObject');

    expect(await resultOf(batchTask('cup.jpg'))).toMatchObject({
      resultCode: 'TemporaryFailure',
      resultString: expect.stringContaining('AccessDenied'),
    });
    expect(labeller.bus.events).toMatchObject([{ detail: { writeBack: 'failed' } }]);
  });

  it('fails for good if its labels are written but not published, since a retry would leave it out', async () => {
    upload('cup.jpg');
    refuseEvents();

    expect(await resultOf(batchTask('cup.jpg'))).toMatchObject({
      resultCode: 'PermanentFailure',
      resultString: expect.stringMatching(/^EventNotPublished: .*AccessDenied/),
    });
    expect(labelsOf('cup.jpg')).toMatch(/^espresso=/);
    labeller.bus.failWith(() => undefined);
    await labeller.invoke({ bucket: 'photos', key: 'cup.jpg' });
    expect(labeller.bus.events).toMatchObject([{ detail: { key: 'cup.jpg', writeBack: 'written' } }]);
  });

  it.each([
    ['a job that labels everything again', coffee, { userArguments: { force: 'true' } }, {}],
    ['an image without a mark in its metadata', coffee, {}, { BUCKETLENS_WRITE_BACK: 'tags' }],
    ['a file that is not an image', text, {}, {}],
  ])('is retried without its event in %s', async (_, bytes, job, environment) => {
    upload('cup.jpg', bytes);
    refuseEvents();

    const answer = await labeller.invoke(batchTask('cup.jpg', job), { environment });

    expect(answer).toMatchObject({ results: [{ resultCode: 'TemporaryFailure' }] });
  });

  it('fails for good without its event, too, if only its tags had no room', async () => {
    const tags = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`tag${index}`, '']));
    labeller.s3.put('cup.jpg', coffee, {}, tags);
    refuseEvents();

    const environment = { BUCKETLENS_WRITE_BACK: 'metadata,tags' };
    const answer = await labeller.invoke(batchTask('cup.jpg'), { environment });

    expect(answer).toMatchObject({ results: [{ resultCode: 'PermanentFailure' }] });
    expect(labelsOf('cup.jpg')).toMatch(/^espresso=/);
  });

  it('is retried if neither its labels nor its event are stored', async () => {
    upload('cup.jpg');
    refuse('CopyObject');
    refuseEvents();

    expect(await resultOf(batchTask('cup.jpg'))).toMatchObject({ resultCode: 'TemporaryFailure' });
  });

  it('labels an image whose key ends like a folder', async () => {
    upload('cup/');

    expect(await resultOf(batchTask('cup/'))).toMatchObject({
      resultCode: 'Succeeded',
      resultString: expect.stringMatching(/^written: espresso=/),
    });
  });

  it('is not retried if its key cannot be read', async () => {
    const event = batchTask('a.jpg');
    event.tasks[0]!.s3Key = '100%.jpg';

    expect(await resultOf(event)).toMatchObject({ resultCode: 'PermanentFailure' });
  });
});

describe('an event that names an image', () => {
  it('has no outcome for a folder, which only its size shows', async () => {
    upload('a/', Buffer.alloc(0));
    upload('cup/');

    expect(await labeller.invoke({ bucket: 'photos', key: 'a/' })).toEqual([]);
    expect(await labeller.invoke({ bucket: 'photos', key: 'cup/' })).toEqual(['classified']);
    expect(publishedKeys()).toEqual(['cup/']);
  });

  it('labels it again, even if this model has labelled it', async () => {
    upload('cup.jpg');
    await labeller.invoke({ bucket: 'photos', key: 'cup.jpg' });

    expect(await labeller.invoke({ bucket: 'photos', key: 'cup.jpg' })).toEqual(['classified']);
  });
});

describe('an event of several images', () => {
  it('fails with every error if several images fail', async () => {
    const Records = [uploaded('a.jpg'), uploaded('b.jpg')].flatMap((event) => event.Records);
    refuse('GetObject');

    await expect(labeller.invoke({ Records })).rejects.toMatchObject({
      name: 'AggregateError',
      message: 'AccessDenied: AccessDenied; AccessDenied: AccessDenied',
    });
  });

  it('recognises our own copies without a request', async () => {
    const copy = notification('cup.jpg', {
      eTag: upload('cup.jpg').eTag,
      eventName: 'ObjectCreated:Copy',
      principalId: `AWS:AROA:${functionName}`,
    });

    expect(await labeller.invoke(copy)).toEqual(['own-copy']);

    expect(labeller.s3.requests).toEqual([]);
  });
});
