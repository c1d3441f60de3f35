/** Reads a feed's queue, yielding each event once. */
import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
  TagQueueCommand,
} from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import { feedTags } from './prediction-feed.ts';

/** An event as EventBridge delivers it, with all its fields. */
export type FeedEvent = v.InferOutput<typeof eventSchema>;

/** Interval at which a reader refreshes the alive-at tag of its queue. */
export const aliveEveryMs = 5 * 60_000;

/**
 * Yields events as they arrive and deletes each one once it has been consumed. Duplicate deliveries by EventBridge or
 * SQS are dropped.
 *
 * @param signal Ends the iteration.
 */
export async function* readEvents(
  sqs: SQSClient,
  queueUrl: string,
  signal: AbortSignal,
): AsyncGenerator<FeedEvent> {
  const recentIds = new Set<string>();
  let taggedAt = Date.now();
  while (!signal.aborted) {
    const messages = await receive(sqs, queueUrl, signal);
    for (const { Body } of messages) {
      const event: unknown = JSON.parse(Body!);
      v.assert(eventSchema, event);
      if (recentIds.has(event.id)) continue;
      remember(recentIds, event.id);
      yield event;
    }
    await remove(sqs, queueUrl, messages);
    if (Date.now() - taggedAt > aliveEveryMs) {
      taggedAt = Date.now();
      const Tags = { [feedTags.aliveAt]: new Date(taggedAt).toISOString() };
      await sqs.send(new TagQueueCommand({ QueueUrl: queueUrl, Tags }));
    }
  }
}

const eventSchema = v.looseObject({
  id: v.string(),
  'detail-type': v.string(),
  /** Time of publication. */
  time: v.pipe(v.string(), v.isoTimestamp()),
  detail: v.looseObject({}),
});

// The maxima of SQS.
const longPoll = { WaitTimeSeconds: 20, MaxNumberOfMessages: 10 };

async function receive(sqs: SQSClient, QueueUrl: string, abortSignal: AbortSignal): Promise<Message[]> {
  try {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, ...longPoll }), {
      abortSignal,
    });
    return Messages;
  } catch (error) {
    if (abortSignal.aborted) return [];
    throw error;
  }
}

/** Failed deletions are ignored: the message is delivered again and dropped by its id. */
async function remove(sqs: SQSClient, QueueUrl: string, messages: readonly Message[]): Promise<void> {
  if (messages.length === 0) return;
  const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
  await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
}

// An undeleted message returns after 30 seconds; more ids than events arrive in that time.
const maxRecentIds = 10_000;

function remember(ids: Set<string>, id: string): void {
  ids.add(id);
  const [oldest] = ids;
  if (ids.size > maxRecentIds) ids.delete(oldest!);
}
