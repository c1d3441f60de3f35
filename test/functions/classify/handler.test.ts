import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import v8 from 'node:v8';
import { afterAll, beforeAll, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { startEventBridge, type TestEventBridge } from '../../support/aws/eventbridge.ts';
import { notification } from '../../support/aws/events.ts';
import { startS3, type TestS3 } from '../../support/aws/s3.ts';

function golden(name: string) {
  return readFile(join('test/goldens/images', name));
}

describe('the function', () => {
  let s3: TestS3;
  let bus: TestEventBridge;
  let setFlags: MockInstance<typeof v8.setFlagsFromString>;
  let handler: typeof import('../../../functions/classify/handler.ts').handler;

  beforeAll(async () => {
    [s3, bus] = await Promise.all([startS3(), startEventBridge()]);
    const environment = {
      AWS_LAMBDA_FUNCTION_NAME: 'labeller',
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_MAX_ATTEMPTS: '1',
      AWS_ENDPOINT_URL_S3: s3.endpoint,
      AWS_ENDPOINT_URL_EVENTBRIDGE: bus.endpoint,
      BUCKETLENS_MODEL_DIR: 'layers/model/efficientnet-lite0',
      BUCKETLENS_EVENT_BUS: 'predictions',
      POWERTOOLS_METRICS_DISABLED: 'true',
      POWERTOOLS_LOG_LEVEL: 'SILENT',
    };
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    setFlags = vi.spyOn(v8, 'setFlagsFromString');
    ({ handler } = await import('../../../functions/classify/handler.ts'));
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await Promise.all([s3.close(), bus.close()]);
  });
  beforeEach(() => {
    s3.failWith(() => undefined);
    s3.requests.length = 0;
    bus.events.length = 0;
    bus.refuse(() => false);
  });

  const invoke = (event: unknown) =>
    handler(event, { awsRequestId: 'r1', getRemainingTimeInMillis: () => 60_000 });
  const upload = async (key: string, name: string) => {
    const { eTag } = s3.put(key, await golden(name));
    return notification(key, { eTag });
  };

  it('lets the heap triple before garbage is collected, but not until an invocation has ended', async () => {
    const before = setFlags.mock.calls.length;

    await invoke(await upload('my cup.jpg', 'coffee_base_444.jpg'));

    expect(before).toBe(0);
    expect(setFlags.mock.calls).toEqual([['--heap-growing-percent=200']]);
  });

  it('labels a photo and publishes its prediction on the configured bus', async () => {
    const event = await upload('my cup.jpg', 'coffee_base_444.jpg');

    expect(await invoke(event)).toEqual(['classified']);

    expect(s3.current('my cup.jpg')?.headers['x-amz-meta-labels']).toMatch(/^espresso=/);
    expect(bus.events).toMatchObject([
      {
        detailType: 'Image Classified',
        detail: { key: 'my cup.jpg', requestId: 'r1', writeBack: 'written' },
      },
    ]);
    expect(bus.requests.at(-1)?.[0]?.EventBusName).toBe('predictions');
  });

  it.each(['', ':live', ':7'])(
    'names itself in its events, by the ARN that a rule knows it by (invoked as …labeller%s)',
    async (qualifier) => {
      const functionArn = 'arn:aws:lambda:eu-west-1:123456789012:function:labeller';

      await handler(await upload('notes.jpg', 'bad_text.jpg'), {
        awsRequestId: 'r1',
        getRemainingTimeInMillis: () => 60_000,
        invokedFunctionArn: functionArn + qualifier,
      });

      expect(bus.requests.at(-1)?.[0]?.Resources).toEqual([functionArn]);
    },
  );

  it('handles every image of an event, valid or not', async () => {
    const events = [
      await upload('cup.jpg', 'coffee_base_444.jpg'),
      await upload('notes.jpg', 'bad_text.jpg'),
      await upload('flower.jpg', 'flower_640x427.jpg'),
    ];

    const outcomes = await invoke({ Records: events.flatMap(({ Records }) => Records) });

    expect(outcomes).toEqual(['classified', 'rejected', 'classified']);
    expect(bus.events.map(({ detailType, detail }) => [detailType, detail.key])).toEqual([
      ['Image Classified', 'cup.jpg'],
      ['Image Rejected', 'notes.jpg'],
      ['Image Classified', 'flower.jpg'],
    ]);
  });

  it('fails for a retry if one image fails, after publishing the others', async () => {
    const events = [
      await upload('cup.jpg', 'coffee_base_444.jpg'),
      await upload('flower.jpg', 'flower_640x427.jpg'),
    ];
    s3.failWith(({ operation, key }) =>
      operation === 'GetObject' && key === 'cup.jpg' ? { status: 503, code: 'SlowDown' } : undefined,
    );

    await expect(invoke({ Records: events.flatMap(({ Records }) => Records) })).rejects.toMatchObject({
      name: 'SlowDown',
    });

    expect(bus.events.map(({ detail }) => detail.key)).toEqual(['flower.jpg']);
  });

  it('publishes a prediction whose labels could not be written, and fails for the retry that writes them', async () => {
    const event = await upload('cup.jpg', 'coffee_base_444.jpg');
    s3.failWith(({ operation }) =>
      operation === 'CopyObject' ? { status: 503, code: 'SlowDown' } : undefined,
    );

    await expect(invoke(event)).rejects.toMatchObject({ name: 'SlowDown' });
    s3.failWith(() => undefined);
    expect(await invoke(event)).toEqual(['classified']);

    expect(bus.events.map(({ detail }) => detail.writeBack)).toEqual(['failed', 'written']);
    expect(s3.current('cup.jpg')?.headers['x-amz-meta-labels']).toMatch(/^espresso=/);
  });

  it('fails for a retry if the bus refuses everything', async () => {
    const event = await upload('cup.jpg', 'coffee_base_444.jpg');
    bus.refuse(() => true);

    await expect(invoke(event)).rejects.toMatchObject({ name: 'PublishFailed' });
  });

  it('neither reads nor publishes its own copy', async () => {
    const { eTag } = s3.put('cup.jpg', await golden('coffee_base_444.jpg'));
    const event = notification('cup.jpg', {
      eTag,
      eventName: 'ObjectCreated:Copy',
      principalId: 'AWS:AROA:labeller',
    });

    expect(await invoke(event)).toEqual(['own-copy']);

    expect(s3.requests).toEqual([]);
    expect(bus.events).toEqual([]);
  });

  it('refuses an unknown event', async () => {
    await expect(invoke({ hello: 'world' })).rejects.toMatchObject({ name: 'UnknownEvent' });
  });
});
