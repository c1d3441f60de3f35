import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PredictionEvent, publish } from '../../../../functions/classify/publish/publish.ts';
import { startEventBridge, type TestEventBridge } from '../../../support/aws/eventbridge.ts';

const { signal } = new AbortController();
function rejected(key: string, message = 'not an image'): PredictionEvent {
  return {
    detailType: 'Image Rejected',
    detail: {
      version: '1',
      bucket: 'photos',
      key,
      eTag: 'abc',
      size: 3,
      requestId: 'r1',
      error: { name: 'UnsupportedFormat', message },
    },
  };
}
function manyEvents(count: number, message?: string) {
  return Array.from({ length: count }, (_, index) => rejected(`${index}.jpg`, message));
}

describe('publishing', () => {
  let bus: TestEventBridge;
  beforeEach(async () => {
    bus = await startEventBridge();
  });
  afterEach(() => bus.close());

  it("puts an event on the bus it is given, from source 'bucketlens'", async () => {
    const event = rejected('ü.jpg');

    await publish(bus.client, 'my-bus', [event], signal);

    expect(bus.requests[0]).toEqual([
      {
        EventBusName: 'my-bus',
        Source: 'bucketlens',
        DetailType: 'Image Rejected',
        Detail: JSON.stringify(event.detail),
      },
    ]);
  });

  it('names the function as the only resource of its events', async () => {
    const arn = 'arn:aws:lambda:eu-west-1:111122223333:function:labeller';

    await publish(bus.client, 'my-bus', manyEvents(2), signal, arn);

    expect(bus.requests[0]?.map(({ Resources }) => Resources)).toEqual([[arn], [arn]]);
  });

  it('sends no request without events', async () => {
    await publish(bus.client, 'my-bus', [], signal);

    expect(bus.requests).toEqual([]);
  });

  it('puts at most ten events in a request, in order', async () => {
    const events = manyEvents(25);

    await publish(bus.client, 'my-bus', events, signal);

    expect(bus.requests.map((entries) => entries.length)).toEqual([10, 10, 5]);
    expect(bus.events.map(({ detail }) => detail.key)).toEqual(events.map(({ detail }) => detail.key));
  });

  it('keeps a request within 256 KB', async () => {
    await publish(bus.client, 'my-bus', manyEvents(5, 'x'.repeat(100_000)), signal);

    expect(bus.requests.map((entries) => entries.length)).toEqual([2, 2, 1]);
  });

  it.each([
    [0, [2]],
    [1, [1, 1]],
  ])('fills a request to 256 KB exactly: two events and %i bytes more', async (more, sizes) => {
    const withoutMessage = JSON.stringify(rejected('0.jpg', '').detail);
    const bytes = Buffer.byteLength(['my-bus', 'bucketlens', 'Image Rejected', withoutMessage].join(''));
    const half = (extra: number) => rejected('0.jpg', 'x'.repeat(128 * 1024 - bytes + extra));

    await publish(bus.client, 'my-bus', [half(0), half(more)], signal);

    expect(bus.requests.map((entries) => entries.length)).toEqual(sizes);
  });

  it('retries only the events that the bus refused', async () => {
    bus.refuse((request, entry) => request === 1 && entry === 1);

    await publish(bus.client, 'my-bus', manyEvents(3), signal);

    expect(bus.requests.map((entries) => entries.length)).toEqual([3, 1]);
    expect(bus.events.map(({ detail }) => detail.key)).toEqual(['0.jpg', '2.jpg', '1.jpg']);
  });

  it("fails with the bus's codes if it still refuses after retries", async () => {
    bus.refuse((_, entry) => entry === 0);

    await expect(publish(bus.client, 'my-bus', manyEvents(1), signal)).rejects.toMatchObject({
      name: 'PublishFailed',
      message: '1 of 1 events were refused: ThrottlingException (slow down)',
    });
    expect(bus.requests).toHaveLength(4);
  });

  it('fails with each code once, only of the events refused last', async () => {
    const malformed = { ...rejected('c.jpg'), detailType: 'Image Lost' } as unknown as PredictionEvent;
    bus.refuse((request, entry) => request < 4 || entry === 0);

    await expect(publish(bus.client, 'my-bus', [...manyEvents(2), malformed], signal)).rejects.toMatchObject({
      message: expect.stringMatching(
        /^2 of 3 events were refused: ThrottlingException \(slow down\), NotAsPublished \([^,]*\)$/,
      ),
    });
  });

  it('aborts at the deadline', async () => {
    await expect(publish(bus.client, 'my-bus', manyEvents(1), AbortSignal.abort())).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});
