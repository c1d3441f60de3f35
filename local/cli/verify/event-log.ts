/** Collects a stack's prediction events from a feed's queue while the checks run. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SQSClient } from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import { readEvents } from '../aws/feed-events.ts';
import { explain } from '../failure.ts';
import { Untold } from './check.ts';
import type { Events, PredictionSeen } from './target.ts';

const pollMs = 50;

/** Events that cannot be received: checks that need them cannot tell. */
export function noEvents(missing: string): Events {
  const refuse = () => Promise.reject(new Untold(`prediction events cannot be received: ${missing}`));
  return { missing, all: [], about: refuse, settle: refuse };
}

/**
 * Receives until the signal is aborted.
 *
 * @param schema reads the object of an event's detail.
 */
export function collectEvents(
  sqs: SQSClient,
  queueUrl: string,
  signal: AbortSignal,
  schema: v.GenericSchema<unknown, EventObject> = predictionObject,
): Events {
  const all: PredictionSeen[] = [];
  let failure: Error | undefined;
  const receive = async () => {
    for await (const { 'detail-type': detailType, detail } of readEvents(sqs, queueUrl, signal)) {
      const { key, eTag = '' } = v.parse(schema, detail);
      all.push({ detailType, key, eTag, detail, arrivedMs: performance.now() });
    }
  };
  receive().catch((error: Error) => {
    failure = error;
  });
  const pause = async () => {
    signal.throwIfAborted();
    if (failure) throw new Untold(`prediction events cannot be received: ${explain(failure)}`);
    await sleep(pollMs);
  };
  return {
    missing: undefined,
    all,
    about: async ({ key, eTag }, patienceMs) => {
      for (const deadline = performance.now() + patienceMs; performance.now() < deadline; await pause()) {
        const found = all.find((event) => event.key === key && event.eTag === eTag);
        if (found) return found;
      }
      return undefined;
    },
    settle: async (quietMs) => {
      const latest = () => all.at(-1)?.arrivedMs ?? 0;
      for (const beganMs = performance.now(); performance.now() - Math.max(beganMs, latest()) < quietMs; )
        await pause();
    },
  };
}

interface EventObject {
  readonly key: string;
  readonly eTag?: string;
}

// Every prediction event has a key; those of objects that cannot be read may have no eTag.
const predictionObject = v.object({ key: v.string(), eTag: v.exactOptional(v.string()) });

/** The object in S3's own events on EventBridge. */
export const s3Object = v.pipe(
  v.object({ object: v.object({ key: v.string(), etag: v.exactOptional(v.string()) }) }),
  v.transform(
    ({ object: { key, etag } }): EventObject => ({ key, ...(etag !== undefined && { eTag: etag }) }),
  ),
);
