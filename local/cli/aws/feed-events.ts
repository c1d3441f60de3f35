/** What comes out of a feed's queue: each event once, for as long as somebody reads. */
import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
  TagQueueCommand,
} from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import { feedTags } from './prediction-feed.ts';

/** An event as EventBridge delivers it, with all of its fields. */
export type FeedEvent = v.InferOutput<typeof eventSchema>;

/** How often a feed that is being read says so, in its queue's tags. */
export const aliveEveryMs = 5 * 60_000;

/**
 * Yields the events of a queue as they come, and deletes each after it has been taken. EventBridge and SQS may deliver
 * an event twice; it is yielded once.
 *
 * @param signal Ends it.
 */
export async function* readEvents(
  sqs: SQSClient,
  queueUrl: string,
  signal: AbortSignal,
): AsyncGenerator<FeedEvent> {
  const recentIds = new Set<string>();
  let toldAt = Date.now();
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
    if (Date.now() - toldAt > aliveEveryMs) {
      toldAt = Date.now();
      const Tags = { [feedTags.aliveAt]: new Date(toldAt).toISOString() };
      await sqs.send(new TagQueueCommand({ QueueUrl: queueUrl, Tags }));
    }
  }
}

const eventSchema = v.looseObject({
  id: v.string(),
  'detail-type': v.string(),
  /** When it was published. */
  time: v.pipe(v.string(), v.isoTimestamp()),
  detail: v.looseObject({}),
});

// The most that SQS takes, in seconds and messages.
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

/** What is not deleted comes again, and is known by its id. */
async function remove(sqs: SQSClient, QueueUrl: string, messages: readonly Message[]): Promise<void> {
  if (messages.length === 0) return;
  const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
  await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
}

// A message that was not deleted comes again after half a minute: more ids than there are events in that time.
const maxRecentIds = 10_000;

function remember(ids: Set<string>, id: string): void {
  ids.add(id);
  const [oldest] = ids;
  if (ids.size > maxRecentIds) ids.delete(oldest!);
}
