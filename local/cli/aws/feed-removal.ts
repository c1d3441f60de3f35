/** Removes a feed at the end of a command, or says how to remove it by hand. */
import { explain } from '../failure.ts';
import { type Feed, type FeedClients, removalCommands, removeFeed } from './prediction-feed.ts';

const removalTimeoutMs = 15_000;

/** @returns false after printing the commands that remove the feed, if that failed; the exit code is then 1. */
export async function removeFeedOrExplain(clients: FeedClients, feed: Feed): Promise<boolean> {
  try {
    await removeFeed(clients, feed, AbortSignal.timeout(removalTimeoutMs));
    return true;
  } catch (error) {
    const region = await clients.sqs.config.region();
    console.error(
      `error: could not remove the temporary rule and queue ${feed.name} (${explain(error as Error)}); run these commands, or bucketlens ${feed.command} in 15 minutes:\n${removalCommands(feed, region)}`,
    );
    process.exitCode = 1;
    return false;
  }
}
