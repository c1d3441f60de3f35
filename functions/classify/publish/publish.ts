/** Publishes the outcome of each image on EventBridge, one event each. */
import {
  type EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
} from '@aws-sdk/client-eventbridge';
import { backOff } from '../time/backoff.ts';
import type { ImageClassified, ImageRejected, ImageSkipped } from './prediction-event.ts';

export type PredictionEvent =
  | { readonly detailType: 'Image Classified'; readonly detail: ImageClassified }
  | { readonly detailType: 'Image Rejected'; readonly detail: ImageRejected }
  | { readonly detailType: 'Image Skipped'; readonly detail: ImageSkipped };

export type EventOf<Type extends PredictionEvent['detailType']> = Extract<
  PredictionEvent,
  { readonly detailType: Type }
>;

/** EventBridge still refuses events after retries; the message has its error codes. */
export class PublishFailed extends Error {
  override readonly name = 'PublishFailed';
}

// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
const maxEntries = 10;
const maxBatchBytes = 256 * 1024;
const maxRetries = 3;

/**
 * Puts events on a bus, in as few requests as EventBridge's limits allow.
 *
 * @param functionArn the events' only resource, by which a rule matches the events of one classifier.
 * @throws PublishFailed if the bus still refuses some of them after retries.
 */
export async function publish(
  eventBridge: EventBridgeClient,
  eventBus: string,
  events: readonly PredictionEvent[],
  abortSignal: AbortSignal,
  functionArn?: string,
): Promise<void> {
  const entries = events.map(({ detailType, detail }) => ({
    ...(functionArn && { Resources: [functionArn] }),
    EventBusName: eventBus,
    Source: 'bucketlens',
    DetailType: detailType,
    Detail: JSON.stringify(detail),
  }));
  for (const batch of inBatches(entries)) await putBatch(eventBridge, batch, abortSignal);
}

function inBatches(entries: readonly PutEventsRequestEntry[]): PutEventsRequestEntry[][] {
  const batches: PutEventsRequestEntry[][] = [];
  let bytes = 0;
  for (const entry of entries) {
    const entryBytes = Object.values(entry).reduce((sum, text) => sum + Buffer.byteLength(String(text)), 0);
    const batch = batches.at(-1);
    if (batch && batch.length < maxEntries && bytes + entryBytes <= maxBatchBytes) {
      batch.push(entry);
      bytes += entryBytes;
    } else {
      batches.push([entry]);
      bytes = entryBytes;
    }
  }
  return batches;
}

/** Puts a batch, and retries the entries that failed in a request that succeeded. */
async function putBatch(
  eventBridge: EventBridgeClient,
  batch: PutEventsRequestEntry[],
  abortSignal: AbortSignal,
  retry = 0,
): Promise<void> {
  const { Entries: results = [] } = await eventBridge.send(new PutEventsCommand({ Entries: batch }), {
    abortSignal,
  });
  const failed = batch.filter((_, index) => results[index]?.ErrorCode !== undefined);
  if (failed.length === 0) return;
  if (retry === maxRetries) {
    const codes = [
      ...new Set(
        results.flatMap(({ ErrorCode, ErrorMessage }) => (ErrorCode ? `${ErrorCode} (${ErrorMessage})` : [])),
      ),
    ];
    throw new PublishFailed(`${failed.length} of ${batch.length} events were refused: ${codes.join(', ')}`);
  }
  await backOff(retry, abortSignal);
  return putBatch(eventBridge, failed, abortSignal, retry + 1);
}
