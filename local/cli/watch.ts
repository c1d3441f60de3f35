/** bucketlens watch: prints a deployed stack's prediction events, through a temporary rule and queue. */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Command } from 'commander';
import * as v from 'valibot';
import { findDeployment } from './aws/deployment.ts';
import { type FeedEvent, readEvents } from './aws/feed-events.ts';
import { findLeftovers } from './aws/feed-leftovers.ts';
import { removeFeedOrExplain } from './aws/feed-removal.ts';
import { createFeed, type FeedClients, nameFeed, predictionPattern } from './aws/prediction-feed.ts';
import { createCommand } from './command.ts';
import { describedEventSchema, describeEvent, lineAt } from './event-line.ts';
import { onInterruption } from './interruption.ts';

const help = `
Examples:
  npx bucketlens watch
  npx bucketlens watch --stack Photos --json | jq -c 'select(."detail-type" == "Image Rejected") | .detail.error'

Creates an EventBridge rule and an SQS queue, and removes them when it ends: on Ctrl-C, on an error, or when the
program that reads its output ends. EventBridge may need some seconds to start delivering.

Exit code: 0 when it is stopped, 1 if it failed or could not remove everything, 2 on wrong usage.`;

export function watchCommand(): Command {
  return createCommand('watch')
    .description("Print a deployed stack's prediction events as they happen.")
    .option('--stack <NAME>', 'name of the deployed stack', 'Bucketlens')
    .option('--json', 'print whole events as EventBridge delivers them, one per line')
    .addHelpText('after', help)
    .action(watch);
}

interface Options {
  readonly stack: string;
  readonly json?: true;
}

// Longer than a long poll, which is silent for up to 20 seconds.
const requestHandler = { connectionTimeout: 5000, socketTimeout: 30_000 };

async function watch({ stack, json }: Options): Promise<void> {
  const clients: FeedClients = {
    eventBridge: new EventBridgeClient({ requestHandler }),
    // A queue's URL may name another host than the configured endpoint.
    sqs: new SQSClient({ requestHandler, useQueueUrlAsEndpoint: false }),
  };
  const deployment = await findDeployment(new CloudFormationClient({ requestHandler }), stack);
  const feed = nameFeed('watch', deployment);
  for (const leftover of await findLeftovers('watch', clients)) {
    if (await removeFeedOrExplain(clients, leftover))
      log(`removed ${leftover.name}, left behind by an earlier run`);
  }

  // From here on there are resources to remove.
  const { signal, removed } = stopWhenInterrupted();
  try {
    const queueUrl = await createFeed(clients, feed, predictionPattern(deployment), deployment.FunctionArn);
    log(
      `watching ${deployment.BucketName}/${deployment.KeyPrefix} through the temporary rule and queue ${feed.name}; press Ctrl-C to stop`,
    );
    for await (const event of readEvents(clients.sqs, queueUrl, signal))
      console.log(json ? JSON.stringify(event) : toLine(event));
  } finally {
    await removeFeedOrExplain(clients, feed);
    removed();
  }
}

/** On an interruption, aborts the signal and ends the process once `removed` has been called. */
function stopWhenInterrupted(): { readonly signal: AbortSignal; readonly removed: () => void } {
  const stop = new AbortController();
  let removed = () => {};
  const isRemoved = new Promise<void>((resolve) => {
    removed = resolve;
  });
  onInterruption(async () => {
    log('removing the temporary rule and queue');
    stop.abort();
    await isRemoved;
    // An interruption is the normal way to end.
    process.exit();
  });
  return { signal: stop.signal, removed };
}

function toLine(event: FeedEvent): string {
  const known = v.safeParse(describedEventSchema, {
    detailType: event['detail-type'],
    detail: event.detail,
  });
  // From a newer Bucketlens, or from another publisher with the same source.
  const text = known.success ? describeEvent(known.output) : `unknown event: ${JSON.stringify(event)}`;
  return lineAt(new Date(event.time), text);
}

/** Prints on stderr: stdout carries events only. */
function log(sentence: string): void {
  console.error(sentence);
}
