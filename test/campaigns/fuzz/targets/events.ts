/** Events that invoke the function: images, or an UnknownEvent. */
import assert from 'node:assert/strict';
import type { ImageRef } from '../../../../functions/classify/event/image-ref.ts';
import { parseEvent } from '../../../../functions/classify/event/invocation.ts';
import { UnknownEvent } from '../../../../functions/classify/event/unknown-event.ts';
import {
  batchTask,
  notification,
  objectCreated,
  oldBatchTask,
  sqsBatch,
} from '../../../support/aws/events.ts';
import { jsonInput, parseInput } from '../json.ts';
import { resultOf } from '../target.ts';

export function seeds(): Uint8Array[] {
  return [
    notification('photos/dog and cat.jpg', {
      eTag: 'd41d8',
      versionId: 'v1',
      eventName: 'ObjectCreated:Copy',
    }),
    objectCreated('photos/dog.jpg', { eTag: 'd41d8', versionId: 'v1', reason: 'CopyObject' }),
    sqsBatch(notification('a.jpg'), objectCreated('a.jpg', { sequencer: '00' })),
    batchTask('a.jpg', { versionId: 'v1', userArguments: { force: 'true' } }),
    oldBatchTask('a.jpg'),
    { bucket: 'photos', key: 'dog.jpg', versionId: 'v1', eTag: '"d41d8"' },
    { bucket: 'photos', key: 'dog.jpg/' },
    { Records: [{ EventSource: 'aws:sns', Sns: { Message: JSON.stringify(notification('a.jpg')) } }] },
    sqsBatch({ Type: 'Notification', TopicArn: 'arn', Message: JSON.stringify(notification('a.jpg')) })
      .Records,
    { requestContext: {}, requestPayload: notification('a.jpg') },
    { Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'photos' },
  ].map(jsonInput);
}

export async function check(input: Uint8Array): Promise<void> {
  const event = parseInput(input);
  const invocation = await resultOf(() => parseEvent(event), UnknownEvent);
  if (invocation instanceof Error) return assertReadable(invocation);
  const parts =
    invocation.from === 'event'
      ? [invocation.images]
      : (invocation.from === 'sqs' ? invocation.messages : invocation.tasks).map(({ images }) => images);
  for (const images of parts) {
    if (images instanceof Error) assertReadable(images);
    else images.forEach(assertCanBeFetched);
  }
}

function assertReadable({ message }: UnknownEvent): void {
  assert(message.length > 0 && message.length < 5000, `a message of ${message.length} characters`);
}

function assertCanBeFetched({ bucket, key, size, eTag, versionId, isCopy }: ImageRef): void {
  assert(typeof bucket === 'string' && typeof key === 'string' && typeof isCopy === 'boolean');
  assert(!key.endsWith('/') || size !== 0, 'a folder');
  // S3 restricts keys and eTags to these; others could not be sent to it.
  assert(key.isWellFormed(), 'the key is not Unicode');
  assert(eTag === undefined || /^[ -~]*$/.test(eTag), 'the eTag is not ASCII');
  assert.notEqual(versionId, '');
}
