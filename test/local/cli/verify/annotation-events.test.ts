import { describe, expect, it } from 'vitest';
import { annotationEvents } from '../../../../local/cli/verify/checks/annotations.ts';
import { fakeTarget, settings } from './fake-target.ts';

/** A target whose queue delivers S3's events: of the upload, and then of its annotation. */
function targetAnnouncing(annotation: string | undefined) {
  const messages: object[] = [];
  let id = 0;
  const deliver = (detailType: string, key: unknown) =>
    messages.push({
      Body: JSON.stringify({
        id: String(id++),
        'detail-type': detailType,
        time: '2026-03-01T10:20:30Z',
        detail: { object: { key, etag: 'e' } },
      }),
    });
  return fakeTarget(
    {
      CreateQueue: { QueueUrl: 'q' },
      PutRule: {},
      PutTargets: { FailedEntries: [] },
      PutObject: ({ Key }) => {
        deliver('Object Created', Key);
        return { ETag: '"e"' };
      },
      PutObjectAnnotation: ({ Key }) => {
        if (annotation) deliver(annotation, Key);
        return {};
      },
      ReceiveMessage: async () => {
        // A long poll.
        if (messages.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
        return { Messages: messages.splice(0) };
      },
      DeleteMessageBatch: {},
      RemoveTargets: {},
      DeleteRule: {},
      GetQueueUrl: { QueueUrl: 'q' },
      DeleteQueue: {},
    },
    { settings: { ...settings, eventBridge: true } },
  );
}

describe('annotation-events', () => {
  it.each([
    [undefined, 'S3 announced the annotation as nothing'],
    ['Object Annotation Put', 'S3 announced the annotation as Object Annotation Put'],
  ])('is content with %s, and removes its rule and queue', async (detailType, answer) => {
    const target = targetAnnouncing(detailType);

    expect(await annotationEvents.run(target)).toBe(answer);
    expect(target.sent.slice(-4)).toEqual(['RemoveTargets', 'DeleteRule', 'GetQueueUrl', 'DeleteQueue']);
  });

  it('finds an annotation that looks like an upload', async () => {
    await expect(annotationEvents.run(targetAnnouncing('Object Created'))).rejects.toThrow(
      'S3 announced the annotation as Object Created',
    );
  });

  it('does not concern a bucket that sends no events to EventBridge', () => {
    expect(annotationEvents.leftOut!(fakeTarget())).toMatch(/does not send its events to EventBridge/);
  });
});
