/** bucketlens watch: prints the prediction events of a deployed stack as they happen, through a rule and a queue that go when it ends. */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Command } from 'commander';
import * as v from 'valibot';
import { findDeployment } from './aws/deployment.ts';
import { type FeedEvent, readEvents } from './aws/feed-events.ts';
import { findLeftovers } from './aws/feed-leftovers.ts';
import {
  createFeed,
  type Feed,
  type FeedClients,
  nameFeed,
  removalCommands,
  removeFeed,
} from './aws/prediction-feed.ts';
import { createCommand } from './command.ts';
import { describedEventSchema, describeEvent, lineAt } from './event-line.ts';
import { explain } from './failure.ts';
import { onInterruption } from './interruption.ts';

const help = `
Examples:
  npx bucketlens watch
  npx bucketlens watch --stack Photos --json | jq -c 'select(."detail-type" == "Image Rejected") | .detail.error'

It makes an EventBridge rule and an SQS queue, and removes them when it ends: by Ctrl-C, on an error, or when the
program that reads it ends. EventBridge may take some seconds to begin.

Exit code: 0 if it was ended, 1 if it failed or could not remove everything, 2 on wrong usage.`;

export function watchCommand(): Command {
  return createCommand('watch')
    .description('Prints the prediction events of a deployed stack as they happen.')
    .option('--stack <NAME>', 'the deployed stack', 'Bucketlens')
    .option('--json', 'the whole events as EventBridge delivers them, one a line')
    .addHelpText('after', help)
    .action(watch);
}

interface Options {
  readonly stack: string;
  readonly json?: true;
}

const removalTimeoutMs = 15_000;
// A long poll is silent for 20 seconds.
const requestHandler = { connectionTimeout: 5000, socketTimeout: 30_000 };

async function watch({ stack, json }: Options): Promise<void> {
  const clients: FeedClients = {
    eventBridge: new EventBridgeClient({ requestHandler }),
    // A queue's URL need not name the host that it is reached by.
    sqs: new SQSClient({ requestHandler, useQueueUrlAsEndpoint: false }),
  };
  const deployment = await findDeployment(new CloudFormationClient({ requestHandler }), stack);
  const feed = nameFeed(deployment);
  for (const leftover of await findLeftovers(clients)) {
    if (await remove(clients, leftover))
      tell(`removed ${leftover.name}, which an earlier run had left behind`);
  }

  // From here on there is something to remove.
  const { signal, removed } = stopWhenInterrupted();
  try {
    const queueUrl = await createFeed(clients, feed, deployment);
    tell(
      `watching ${deployment.BucketName}/${deployment.KeyPrefix} by the temporary rule and queue ${feed.name}; Ctrl-C ends it`,
    );
    for await (const event of readEvents(clients.sqs, queueUrl, signal))
      console.log(json ? JSON.stringify(event) : toLine(event));
  } finally {
    await remove(clients, feed);
    removed();
  }
}

/** An interruption aborts the signal, and the process ends once `removed` is called. */
function stopWhenInterrupted(): { readonly signal: AbortSignal; readonly removed: () => void } {
  const stop = new AbortController();
  let removed = () => {};
  const isRemoved = new Promise<void>((resolve) => {
    removed = resolve;
  });
  onInterruption(async () => {
    tell('removing the temporary rule and queue');
    stop.abort();
    await isRemoved;
    // That is how it is meant to end.
    process.exit();
  });
  return { signal: stop.signal, removed };
}

/** Where that cannot be done: says what is left, and how to remove it. */
async function remove(clients: FeedClients, feed: Feed): Promise<boolean> {
  try {
    await removeFeed(clients, feed, AbortSignal.timeout(removalTimeoutMs));
    return true;
  } catch (error) {
    const region = await clients.sqs.config.region();
    tell(
      `error: the temporary rule and queue ${feed.name} are still there (${explain(error as Error)}); these commands remove them, or bucketlens watch in 15 minutes:\n${removalCommands(feed, region)}`,
    );
    process.exitCode = 1;
    return false;
  }
}

function toLine(event: FeedEvent): string {
  const known = v.safeParse(describedEventSchema, {
    detailType: event['detail-type'],
    detail: event.detail,
  });
  // Of a newer Bucketlens, or of somebody else under our name.
  const text = known.success ? describeEvent(known.output) : `unknown event: ${JSON.stringify(event)}`;
  return lineAt(new Date(event.time), text);
}

/** On stderr: what stands on stdout are events only. */
function tell(sentence: string): void {
  console.error(sentence);
}
