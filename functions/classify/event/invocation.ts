/** What invokes the function -> the images it is about, and the form that the answer must have. */
import * as v from 'valibot';
import { type Job, parseJob } from './batch-job.ts';
import type { ImageRef } from './image-ref.ts';
import type { Message } from './message.ts';
import { dropOvertaken } from './overtaken.ts';
import { imageNamed, parseImageEvent, unicode } from './s3-event.ts';
import { orUnknownEvent, UnknownEvent, validate } from './unknown-event.ts';

/** One invocation of the function, by how it has to be answered. */
export type Invocation =
  /** S3, EventBridge or a person: all is well, or it throws. */
  | { readonly from: 'event'; readonly images: readonly ImageRef[] }
  /** A queue: the messages that failed are named. */
  | { readonly from: 'sqs'; readonly messages: readonly Message[] }
  /** An S3 Batch Operations job: a result for each task. */
  | ({ readonly from: 'batch-operations' } & Job);

/**
 * The images that an event is about. Folders (keys that end in `/`), deletions and S3's test event give none, nor does
 * a message of a batch that a later one of the same batch has overtaken.
 *
 * @param event An S3 notification; S3's `Object Created` on EventBridge; SQS messages that carry either; a task of S3
 * Batch Operations, schema 1.0 or 2.0; or `{ bucket, key, versionId? }`.
 * @throws UnknownEvent if it is none of them. A message or task that cannot be read has the error in place of its images.
 */
export function parseEvent(event: unknown): Invocation {
  if (v.is(looksLikeSqs, event)) return { from: 'sqs', messages: dropOvertaken(parseMessages(event)) };
  if (v.is(looksLikeJob, event)) return { from: 'batch-operations', ...parseJob(event) };
  const images = v.is(looksDirect, event) ? parseDirect(event) : parseImageEvent(event);
  return { from: 'event', images };
}

const looksLikeSqs = v.object({ Records: v.tuple([v.object({ eventSource: v.literal('aws:sqs') })]) });
const looksLikeJob = v.object({ invocationSchemaVersion: v.unknown() });
const looksDirect = v.object({ bucket: v.unknown(), key: v.unknown() });

const sqsSchema = v.object({ Records: v.array(v.object({ messageId: v.string(), body: v.string() })) });

function parseMessages(event: unknown): Message[] {
  return validate(sqsSchema, event, 'a batch of SQS messages').Records.map(({ messageId, body }) => ({
    messageId,
    images: orUnknownEvent(() => parseImageEvent(parseJson(body))),
  }));
}

const directSchema = v.strictObject({
  bucket: v.pipe(unicode, v.nonEmpty()),
  key: v.pipe(unicode, v.nonEmpty()),
  versionId: v.nullish(unicode),
});

function parseDirect(event: unknown): ImageRef[] {
  const { versionId, ...object } = validate(directSchema, event, 'a request { bucket, key, versionId? }');
  return imageNamed({ ...object, ...(versionId && { versionId }) });
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new UnknownEvent('the body of the message is not JSON');
  }
}
