/** Checks of events in other forms than the stack's own trigger, by invoking the function with them. */
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { assertHolds, type Check } from '../check.ts';
import { describeLabels, expectInvocation, labelled, put } from '../objects.ts';
import { catPhoto } from '../photos.ts';
import type { Target, Upload } from '../target.ts';

export const partialFailure: Check = {
  id: 'sqs-partial-failure',
  promise: 'of a batch of SQS messages only the one that failed goes back',
  does: 'invokes the function with a batch of three messages: two about a photo, one that is not JSON',
  advice:
    'the event source mapping must have ReportBatchItemFailures, as the trigger sqs sets it; report it with --json',
  isSwitchedOn: ({ trigger }) => trigger === 'sqs',
  run: async (target) => {
    const sent = await put(target, 'batch', await catPhoto(), {}, 'any');
    await labelled(target, sent);
    const body = JSON.stringify(notificationOf(target, sent));
    const messages = { first: body, poison: 'not JSON', second: body };
    const Records = Object.entries(messages).map(([messageId, text]) => ({
      messageId,
      receiptHandle: messageId,
      body: text,
      attributes: {},
      messageAttributes: {},
      eventSource: 'aws:sqs',
    }));
    for (const _ of [messages.first, messages.second]) expectInvocation(target, sent);
    const answer = JSON.stringify(await invoke(target, { Records }));
    const expected = JSON.stringify({ batchItemFailures: [{ itemIdentifier: 'poison' }] });
    assertHolds(answer === expected, `the function answered ${answer}, not ${expected}`);
    return answer;
  },
};

export const eventBridgeEvent: Check = {
  id: 'eventbridge-event',
  promise: 'an upload that S3 announces on EventBridge is labelled',
  does: "uploads a photo, and without the trigger eventbridge invokes the function with EventBridge's event",
  advice: 'the bucket has to send its events to EventBridge: docs/deploy.md#the-trigger',
  isSwitchedOn: ({ trigger }) => trigger === 'eventbridge',
  run: async (target) => {
    const sent = await put(target, 'eventbridge', await catPhoto(), {}, 'any');
    const found = await labelled(target, sent);
    if (target.settings.trigger === 'eventbridge') return `through the rule: ${describeLabels(found)}`;
    expectInvocation(target, sent);
    const answer = JSON.stringify(await invoke(target, eventBridgeEventOf(target, sent)));
    assertHolds(answer === '["classified"]', `the function answered ${answer}, not ["classified"]`);
    return `${answer}; ${describeLabels(found)}`;
  },
};

async function invoke({ clients, deployment }: Target, event: unknown): Promise<unknown> {
  const { Payload, FunctionError } = await clients.lambda.send(
    new InvokeCommand({
      FunctionName: deployment.AliasArn ?? deployment.FunctionArn,
      Payload: JSON.stringify(event),
    }),
  );
  const text = Buffer.from(Payload ?? []).toString();
  assertHolds(FunctionError === undefined, `the function failed: ${text}`);
  return JSON.parse(text);
}

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
function notificationOf({ deployment: { BucketName } }: Target, { key, eTag, versionId }: Upload) {
  return {
    Records: [
      {
        eventVersion: '2.3',
        eventSource: 'aws:s3',
        eventName: 'ObjectCreated:Put',
        s3: {
          bucket: { name: BucketName },
          object: { key: formEncoded(key), eTag, ...(versionId && { versionId }) },
        },
      },
    ],
  };
}

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
function eventBridgeEventOf({ deployment: { BucketName } }: Target, { key, eTag, versionId }: Upload) {
  return {
    version: '0',
    source: 'aws.s3',
    'detail-type': 'Object Created',
    detail: {
      version: '0',
      bucket: { name: BucketName },
      object: { key, etag: eTag, ...(versionId && { 'version-id': versionId }) },
      reason: 'PutObject',
    },
  };
}

function formEncoded(key: string): string {
  return encodeURIComponent(key).replaceAll('%20', '+');
}
