/** Finds rules and queues of runs that could not remove them, for example because the machine was switched off. */
import { ListQueuesCommand, ListQueueTagsCommand, QueueDoesNotExist } from '@aws-sdk/client-sqs';
import { aliveEveryMs } from './feed-events.ts';
import {
  type Feed,
  type FeedClients,
  type FeedCommand,
  feedNamePrefix,
  feedTags,
} from './prediction-feed.ts';

/** Lists a command's feeds in the account and region that have no reader any more; feeds of running commands are left alone. */
export async function findLeftovers(command: FeedCommand, { sqs }: FeedClients): Promise<Feed[]> {
  const { QueueUrls = [] } = await sqs.send(
    new ListQueuesCommand({ QueueNamePrefix: feedNamePrefix(command) }),
  );
  const leftovers: Feed[] = [];
  for (const QueueUrl of QueueUrls) {
    const tags = await readTags({ sqs }, QueueUrl);
    const { [feedTags.eventBus]: eventBus, [feedTags.aliveAt]: aliveAt = '' } = tags;
    // A queue without these tags is not a feed, whatever its name.
    const isAbandoned = Date.now() - Date.parse(aliveAt) > abandonedAfterMs;
    if (eventBus && isAbandoned) leftovers.push({ command, name: QueueUrl.split('/').at(-1)!, eventBus });
  }
  return leftovers;
}

/** Three missed refreshes. */
export const abandonedAfterMs = 3 * aliveEveryMs;

/** Empty if the queue is gone: SQS still lists a deleted queue for a minute. */
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
