/** The rules and queues of runs that ended without removing them: a machine that was switched off, a network that was gone. */
import { ListQueuesCommand, ListQueueTagsCommand, QueueDoesNotExist } from '@aws-sdk/client-sqs';
import { aliveEveryMs } from './feed-events.ts';
import { type Feed, type FeedClients, feedNamePrefix, feedTags } from './prediction-feed.ts';

/** Finds the feeds of the account and region that nobody has read for a while; those of other runs are left alone. */
export async function findLeftovers({ sqs }: FeedClients): Promise<Feed[]> {
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: feedNamePrefix }));
  const leftovers: Feed[] = [];
  for (const QueueUrl of QueueUrls) {
    const tags = await readTags({ sqs }, QueueUrl);
    const { [feedTags.eventBus]: eventBus, [feedTags.aliveAt]: aliveAt = '' } = tags;
    // Without its tags a queue is not ours, whatever it is called.
    const isLeft = Date.now() - Date.parse(aliveAt) > abandonedAfterMs;
    if (eventBus && isLeft) leftovers.push({ name: QueueUrl.split('/').at(-1)!, eventBus });
  }
  return leftovers;
}

// Three times in a row it has not said that it is alive.
const abandonedAfterMs = 3 * aliveEveryMs;

/** None if the queue is gone: SQS lists a deleted one for a minute. */
async function readTags(
  { sqs }: Pick<FeedClients, 'sqs'>,
  QueueUrl: string,
): Promise<Readonly<Record<string, string>>> {
  const { Tags = {} } = await sqs.send(new ListQueueTagsCommand({ QueueUrl })).catch((error: unknown) => {
    if (error instanceof QueueDoesNotExist) return { Tags: {} };
    throw error;
  });
  return Tags;
}
