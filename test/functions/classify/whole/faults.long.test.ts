/** Outcomes for an image if one of the function's requests fails, in each of the ways that requests fail. */
import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { notification, sqsBatch } from '../../../support/aws/events.ts';
import type { Failure } from '../../../support/aws/failure.ts';
import { startFunction, type TestFunction } from '../../../support/aws/function.ts';
import type { RecordedRequest } from '../../../support/aws/s3.ts';

const coffee = await readFile('test/goldens/images/coffee_base_444.jpg');
const headers = {
  'content-type': 'image/jpeg',
  'x-amz-meta-photographer': 'Zoe',
};
const tags = { album: 'cups' };

const failures: Record<string, Failure> = {
  throttled: { status: 503, code: 'SlowDown' },
  'failing inside': { status: 500, code: 'InternalError' },
  'not answered': 'hang',
  reset: 'reset',
  'answered with 403': { status: 403, code: 'AccessDenied' },
  'answered with 404': { status: 404, code: 'NoSuchKey' },
  'answered with 404 for the bucket': { status: 404, code: 'NoSuchBucket' },
  'answered with 409': { status: 409, code: 'OperationAborted' },
  'answered with 412': { status: 412, code: 'PreconditionFailed' },
};
/** S3's responses for deleted or overwritten bytes. */
const failuresOfGoneBytes = ['answered with 404', 'answered with 412'];

type Operation = RecordedRequest['operation'];
function rows(operation: Operation, writeBack: string) {
  return (
    Object.keys(failures)
      // The answer to a HEAD has no body to say what is not found.
      .filter((failure) => operation !== 'HeadObject' || failure !== 'answered with 404 for the bucket')
      .map((failure) => [operation, failure, writeBack] as const)
  );
}

let labeller: TestFunction;
beforeAll(async () => {
  labeller = await startFunction({ timeouts: { connectionMs: 2000, silenceMs: 600 } });
});
afterAll(() => labeller.close());
afterEach(() => {
  vi.restoreAllMocks();
  labeller.s3.failWith(() => undefined);
  labeller.bus.failWith(() => undefined);
  labeller.bus.refuse(() => false);
  labeller.bus.events.length = 0;
});

function fail(operation: Operation, failure: Failure | undefined) {
  return labeller.s3.failWith((request) =>
    request.operation === operation && request.key === 'cup.jpg' ? failure : undefined,
  );
}

/** A queue's two messages: the first is about the object whose requests fail. */
function upload() {
  const [cup, other] = ['cup.jpg', 'other.jpg'].map((key) => {
    const { eTag } = labeller.s3.put(key, coffee, headers, tags);
    return notification(key, { eTag });
  });
  return { cup, messages: sqsBatch(cup, other) };
}
function given(writeBack: string) {
  return { environment: { BUCKETLENS_WRITE_BACK: writeBack } };
}
function eventsOf(key: string) {
  return labeller.bus.events.filter(({ detail }) => detail.key === key).map(({ detail }) => detail.writeBack);
}
const retried = { batchItemFailures: [{ itemIdentifier: 'm0' }] };
const done = { batchItemFailures: [] };

function expectUnchanged() {
  const { bytes, headers: itsHeaders, tags: itsTags, annotations } = labeller.s3.current('cup.jpg')!;
  expect({ bytes, headers: itsHeaders, tags: itsTags, annotations }).toEqual({
    bytes: coffee,
    headers,
    tags,
    annotations: {},
  });
}
function expectLabelled(writeBack: string) {
  const { bytes, headers: itsHeaders, tags: itsTags, annotations } = labeller.s3.current('cup.jpg')!;
  expect(bytes).toEqual(coffee);
  expect(itsHeaders).toMatchObject(headers);
  expect(itsTags).toMatchObject(tags);
  expect({
    metadata: itsHeaders['x-amz-meta-labels'],
    annotation: annotations.labels,
    tags: itsTags.label,
  }).toHaveProperty(writeBack, expect.stringContaining('espresso'));
}

describe('while the object is read', () => {
  it.each([...rows('GetObject', 'metadata'), ...rows('GetObjectTagging', 'metadata')])(
    '%s is %s: the message is retried, unless the object is gone',
    async (operation, failure, writeBack) => {
      const { cup, messages } = upload();
      fail(operation, failures[failure]);

      const answer = await labeller.invoke(messages, given(writeBack));

      expectUnchanged();
      expect(answer).toEqual(failuresOfGoneBytes.includes(failure) ? done : retried);
      expect(eventsOf('cup.jpg')).toEqual([]);
      expect(eventsOf('other.jpg')).toEqual(['written']);
      labeller.s3.failWith(() => undefined);
      expect(await labeller.invoke(cup, given(writeBack))).toEqual(['classified']);
      expect(eventsOf('cup.jpg')).toEqual(['written']);
      expectLabelled(writeBack);
    },
  );

  it.each(['GetObject', 'GetObjectTagging'] as const)(
    '%s is reset within its body: the message is retried',
    async (operation) => {
      const { cup } = upload();
      fail(operation, 'reset mid-body');

      await expect(labeller.invoke(cup)).rejects.toThrow();

      expectUnchanged();
      expect(eventsOf('cup.jpg')).toEqual([]);
    },
  );
});

describe('while the labels are written', () => {
  it.each([
    ...rows('CopyObject', 'metadata'),
    ...rows('PutObjectAnnotation', 'annotation'),
    ...rows('HeadObject', 'tags'),
    ...rows('PutObjectTagging', 'tags'),
  ])(
    '%s is %s: the prediction is published, and the message is retried unless a newer upload has won',
    async (operation, failure, writeBack) => {
      const { cup, messages } = upload();
      fail(operation, failures[failure]);

      const answer = await labeller.invoke(messages, given(writeBack));

      expectUnchanged();
      expect(answer).toEqual(failuresOfGoneBytes.includes(failure) ? done : retried);
      const told = failuresOfGoneBytes.includes(failure) ? 'superseded' : 'failed';
      expect(eventsOf('cup.jpg')).toEqual([told]);
      expect(eventsOf('other.jpg')).toEqual(['written']);
      labeller.s3.failWith(() => undefined);
      expect(await labeller.invoke(cup, given(writeBack))).toEqual(['classified']);
      expect(eventsOf('cup.jpg')).toEqual([told, 'written']);
      expectLabelled(writeBack);
    },
  );

  it.each([
    ['CopyObject', 'metadata', 'lose the answer'],
    ['CopyObject', 'metadata', 'reset mid-body'],
    ['PutObjectAnnotation', 'annotation', 'lose the answer'],
    ['PutObjectTagging', 'tags', 'lose the answer'],
  ] as const)(
    '%s is done but its answer is lost: the message is retried, and finds it done',
    async (operation, writeBack, failure) => {
      const { cup } = upload();
      fail(operation, failure);

      await expect(labeller.invoke(cup, given(writeBack))).rejects.toThrow();

      expectLabelled(writeBack);
      expect(eventsOf('cup.jpg')).toEqual(['failed']);
      labeller.s3.failWith(() => undefined);
      expect(await labeller.invoke(cup, given(writeBack))).toEqual(['classified']);
      expect(eventsOf('cup.jpg')).toEqual(['failed', 'written']);
      expectLabelled(writeBack);
    },
  );
});

describe('while the prediction is published', () => {
  it.each(Object.keys(failures))(
    'PutEvents is %s: the message is retried, and the labels are written once',
    async (failure) => {
      const { messages } = upload();
      labeller.bus.failWith(([entry]) =>
        entry?.Detail?.includes('cup.jpg') ? failures[failure] : undefined,
      );

      expect(await labeller.invoke(messages)).toEqual(retried);

      expectLabelled('metadata');
      expect(eventsOf('cup.jpg')).toEqual([]);
      expect(eventsOf('other.jpg')).toEqual(['written']);
      labeller.bus.failWith(() => undefined);
      labeller.s3.requests.length = 0;
      expect(await labeller.invoke(messages)).toEqual(done);
      expect(eventsOf('cup.jpg')).toEqual(['written']);
      expect(labeller.s3.requests.map(({ operation }) => operation)).not.toContain('CopyObject');
    },
  );

  it.each(['lose the answer', 'reset mid-body'] as const)(
    'PutEvents succeeds without a response (%s): the event is published again, never lost',
    async (failure) => {
      const { cup } = upload();
      labeller.bus.failWith(() => failure);

      await expect(labeller.invoke(cup)).rejects.toThrow();

      labeller.bus.failWith(() => undefined);
      expect(await labeller.invoke(cup)).toEqual(['classified']);
      const duplicates = labeller.bus.events.map(({ detail: { eTag, model } }) => ({ eTag, model }));
      expect(duplicates.length).toBeGreaterThan(1);
      for (const duplicate of duplicates) expect(duplicate).toEqual(duplicates[0]);
    },
  );

  it('retries the entries that PutEvents refuses, and the message only if that fails', async () => {
    const { messages } = upload();
    let refusals = 1;
    labeller.bus.refuse(() => refusals-- > 0);
    expect(await labeller.invoke(messages)).toEqual(done);
    expect(eventsOf('cup.jpg')).toEqual(['written']);

    labeller.bus.refuse(() => true);
    expect(await labeller.invoke(messages)).toMatchObject({ batchItemFailures: [{}, {}] });
    expect(eventsOf('cup.jpg')).toEqual(['written']);
  });

  it('publishes objects under KMS too, even though our copy has another ETag', async () => {
    const kms = { ...headers, 'x-amz-server-side-encryption': 'aws:kms' };
    const { eTag } = labeller.s3.put('cup.jpg', coffee, kms);
    labeller.bus.failWith(() => failures.throttled);
    await expect(labeller.invoke(notification('cup.jpg', { eTag }))).rejects.toThrow();
    labeller.bus.failWith(() => undefined);

    expect(await labeller.invoke(notification('cup.jpg', { eTag }))).toEqual(['classified']);

    expect(labeller.bus.events).toMatchObject([{ detail: { eTag, writeBack: 'written' } }]);
  });
});

describe('as Lambda is about to run out of time', () => {
  it.each([
    ['an image is not begun', [60_000, 5000], []],
    ['a write-back is not begun', [60_000, 60_000, 60_000, 3000], ['failed']],
  ])('%s, and the event is retried', async (_, remaining, told) => {
    const { cup } = upload();

    await expect(labeller.invoke(cup, { remainingMs: () => remaining.shift()! })).rejects.toMatchObject({
      name: 'OutOfTime',
    });

    expectUnchanged();
    expect(eventsOf('cup.jpg')).toEqual(told);
  });

  it.each([
    ['GetObject', []],
    ['CopyObject', ['failed']],
  ] as [Operation, string[]][])(
    '%s is aborted in time to publish and to respond',
    async (operation, told) => {
      const { cup } = upload();
      const timers = new Map<number, AbortController>();
      vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
        const timer = new AbortController();
        timers.set(ms, timer);
        return timer.signal;
      });
      labeller.s3.failWith((request) => {
        if (request.operation !== operation) return undefined;
        timers.get(58_000)?.abort(new DOMException('58 s are over', 'TimeoutError'));
        return 'hang';
      });

      await expect(labeller.invoke(cup, { remainingMs: () => 60_000 })).rejects.toMatchObject({
        name: 'AbortError',
      });

      expect([...timers.keys()]).toEqual([58_000, 59_500]);
      expect(eventsOf('cup.jpg')).toEqual(told);
    },
  );
});
