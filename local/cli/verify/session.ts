/** A run's resources in the user's account: made before the checks, removed after them, whatever happens. */
import type { Deployment } from '../aws/deployment.ts';
import { findLeftovers } from '../aws/feed-leftovers.ts';
import { placeOf } from '../aws/feed-policy.ts';
import { removeFeedOrExplain } from '../aws/feed-removal.ts';
import { createFeed, nameFeed, predictionPattern } from '../aws/prediction-feed.ts';
import { explain } from '../failure.ts';
import { onInterruption } from '../interruption.ts';
import { countDeadLetters } from './checks/restraint.ts';
import { collectEvents, noEvents } from './event-log.ts';
import { removeLeftovers, removeObjects } from './objects-removal.ts';
import { readSettings } from './read-settings.ts';
import type { Clients, Events, Settings, Target } from './target.ts';

export interface Session {
  readonly clients: Clients;
  readonly deployment: Deployment;
  /** Keeps the objects. */
  readonly keep: boolean;
  /** Prints a sentence about the run itself. */
  readonly log: (sentence: string) => void;
}

/**
 * Uses the stack as a target, and removes the rule, the queue and the objects afterwards. On an interruption it does so before
 * the process ends.
 */
export async function withTarget(session: Session, use: (target: Target) => Promise<void>): Promise<void> {
  const { clients, deployment, log } = session;
  const startedAt = new Date();
  const settings = await readSettings(clients, deployment);
  await removeEarlierRuns(session, settings);

  const stop = new AbortController();
  let tellRemoved = () => {};
  const removed = new Promise<void>((resolve) => {
    tellRemoved = resolve;
  });
  const forget = onInterruption(async ({ repeated }) => {
    log('removing everything that this run has created');
    stop.abort();
    const insisted = new Promise((resolve) => repeated.addEventListener('abort', resolve));
    await Promise.race([removed, insisted]);
  });
  const feed = nameFeed('verify', deployment);
  const prefix = `${deployment.KeyPrefix}${feed.name}/`;
  const isEmulated = placeOf(deployment.FunctionArn).account === emulatedAccount;
  try {
    log(
      `verifying ${deployment.BucketName} with objects below ${prefix} and the temporary rule and queue ${feed.name}${isEmulated ? '; this is an emulator, and its times mean nothing' : ''}`,
    );
    const pattern = predictionPattern({ ...deployment, KeyPrefix: prefix });
    const queueUrl = await createFeed(clients, feed, pattern, deployment.FunctionArn).catch(
      (error: Error) => error,
    );
    const events: Events =
      queueUrl instanceof Error
        ? noEvents(explain(queueUrl))
        : collectEvents(clients.sqs, queueUrl, stop.signal);
    const deadLettersBefore = await countDeadLetters({ clients, deployment }).catch(() => undefined);
    await use({
      clients,
      deployment,
      settings,
      isEmulated,
      prefix,
      events,
      startedAt,
      signal: stop.signal,
      uploads: [],
      deadLettersBefore,
    });
  } catch (error) {
    // The interruption ends the process, with its own exit code.
    if (!stop.signal.aborted) throw error;
  } finally {
    stop.abort();
    await removeFeedOrExplain(clients, feed);
    await removeOwnObjects(session, prefix, settings);
    tellRemoved();
    forget();
  }
}

async function removeEarlierRuns({ clients, deployment, log }: Session, settings: Settings): Promise<void> {
  try {
    for (const leftover of await findLeftovers('verify', clients)) {
      if (await removeFeedOrExplain(clients, leftover))
        log(`removed the rule and queue ${leftover.name}, left behind by an earlier run`);
    }
    for (const name of await removeLeftovers(clients.s3, deployment, settings))
      log(`removed the objects below ${name}/, left behind by an earlier run`);
  } catch (error) {
    log(`could not look for what earlier runs have left behind: ${explain(error as Error)}`);
  }
}

async function removeOwnObjects(
  { clients, deployment: { BucketName }, keep, log }: Session,
  prefix: string,
  settings: Settings,
): Promise<void> {
  const command = `aws s3 rm --recursive 's3://${BucketName}/${prefix}'`;
  if (keep) {
    log(`kept the objects; the next run after 15 minutes removes them, or: ${command}`);
    return;
  }
  try {
    await removeObjects(clients.s3, BucketName, prefix, settings);
  } catch (error) {
    log(`error: could not remove the objects below ${prefix} (${explain(error as Error)}); run: ${command}`);
    process.exitCode = 1;
  }
}

/** No account of AWS has this id; emulators take it by default. */
const emulatedAccount = '000000000000';
