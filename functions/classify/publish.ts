/** Prediction -> EventBridge: what became of each image, one event each. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
} from '@aws-sdk/client-eventbridge';
import type { Classification } from './classify.ts';
import type { ImageInfo } from './decode.ts';
import type { WriteBack } from './writeback.ts';

/** What every event says of the object. */
export interface EventHead {
  /** Of this shape: raised when a change breaks a consumer. */
  readonly version: '1';
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
  /** Of the bytes that were classified, without quotes. With the model's sha256 it tells duplicates. */
  readonly eTag: string;
  /** Bytes. */
  readonly size: number;
  readonly requestId: string;
}

/** `detail` of an event with source `bucketlens` and detail-type `Image Classified`. */
export interface ImageClassified extends EventHead, Classification {
  readonly image: ImageInfo;
  readonly model: { readonly name: string; readonly sha256: string };
  readonly writeBack: WriteBack;
  readonly timings: Readonly<Record<'fetchMs' | 'decodeMs' | 'preprocessMs' | 'inferMs' | 'writeMs', number>>;
}

/**
 * `detail` of an event with source `bucketlens` and detail-type `Image Rejected`: this upload can never be classified.
 * Where S3 does not hand the object out, eTag and size are there only if the invoking event told them.
 */
export interface ImageRejected
  extends Omit<EventHead, 'eTag' | 'size'>,
    Partial<Pick<EventHead, 'eTag' | 'size'>> {
  /** Absent where not even the header could be read. */
  readonly image?: ImageInfo;
  readonly error: { readonly name: string; readonly message: string };
}

/** `detail` of an event with source `bucketlens` and detail-type `Image Skipped`: its owner wants it left alone. */
export interface ImageSkipped extends EventHead {
  readonly writeBack: 'skipped';
}

export type PredictionEvent =
  | { readonly detailType: 'Image Classified'; readonly detail: ImageClassified }
  | { readonly detailType: 'Image Rejected'; readonly detail: ImageRejected }
  | { readonly detailType: 'Image Skipped'; readonly detail: ImageSkipped };

export type EventOf<Type extends PredictionEvent['detailType']> = Extract<
  PredictionEvent,
  { readonly detailType: Type }
>;

/** Events that EventBridge did not take, after retries; the message has its error codes. */
export class PublishFailed extends Error {
  override readonly name = 'PublishFailed';
}

// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
const maxEntries = 10;
const maxBatchBytes = 256 * 1024;
const maxAttempts = 4;

/**
 * Puts events on a bus, in as few requests as its limits allow.
 *
 * @throws PublishFailed if the bus refuses some of them time and again.
 */
export const publish = async (
  eventBridge: EventBridgeClient,
  eventBus: string,
  events: readonly PredictionEvent[],
  abortSignal: AbortSignal,
): Promise<void> => {
  const entries = events.map(({ detailType, detail }) => ({
    EventBusName: eventBus,
    Source: 'bucketlens',
    DetailType: detailType,
    Detail: JSON.stringify(detail),
  }));
  for (const batch of inBatches(entries)) await putBatch(eventBridge, batch, abortSignal);
};

const inBatches = (entries: readonly PutEventsRequestEntry[]): PutEventsRequestEntry[][] => {
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
};

/** A request that succeeds may still have failed for some of its entries: those are put again. */
const putBatch = async (
  eventBridge: EventBridgeClient,
  batch: PutEventsRequestEntry[],
  abortSignal: AbortSignal,
  attempt = 1,
): Promise<void> => {
  const { Entries: results = [] } = await eventBridge.send(new PutEventsCommand({ Entries: batch }), {
    abortSignal,
  });
  const failed = batch.filter((_, index) => results[index]?.ErrorCode !== undefined);
  if (failed.length === 0) return;
  if (attempt === maxAttempts) {
    const codes = [
      ...new Set(
        results.flatMap(({ ErrorCode, ErrorMessage }) => (ErrorCode ? `${ErrorCode} (${ErrorMessage})` : [])),
      ),
    ];
    throw new PublishFailed(`${failed.length} of ${batch.length} events were not taken: ${codes.join(', ')}`);
  }
  await sleep(Math.random() * 100 * 2 ** attempt, undefined, { signal: abortSignal });
  return putBatch(eventBridge, failed, abortSignal, attempt + 1);
};
