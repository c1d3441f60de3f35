/** An invocation of the function -> the images it names, and the form in which it is answered. */
import * as v from 'valibot';
import { type Job, parseJob } from './batch-job.ts';
import { unwrap, withoutDeadLetter } from './envelope.ts';
import type { EventContent } from './event-content.ts';
import type { Message } from './message.ts';
import { dropOvertaken } from './overtaken.ts';
import { eTag, parseS3Event, requested, unicode } from './s3-event.ts';
import { orUnknownEvent, UnknownEvent, validate } from './unknown-event.ts';

/** One invocation of the function, by the answer that its source expects. */
export type Invocation =
  /** S3, SNS, EventBridge or a person: the invocation succeeds or throws. */
  | ({ readonly from: 'event' } & EventContent)
  /** A queue, directly or through EventBridge Pipes: the response names the messages that failed. */
  | { readonly from: 'sqs'; readonly messages: readonly Message[] }
  /** An S3 Batch Operations job: a result for each task. */
  | ({ readonly from: 'batch-operations' } & Job);

/**
 * Reads any event that the function understands.
 *
 * @param event an S3 notification, directly or by SNS; S3's events on EventBridge; SQS messages or an array of EventBridge
 * Pipes with either; a Lambda dead letter with any of them; a task of S3 Batch Operations, schema 1.0 or 2.0; or
 * `{ bucket, key, versionId?, eTag? }`.
 * @throws UnknownEvent for any other. A message or task that cannot be read has the error in place of its images.
 */
export function parseEvent(event: unknown): Invocation {
  const content = withoutDeadLetter(event);
  const records = sqsRecords(content);
  if (records) return { from: 'sqs', messages: dropOvertaken(parseMessages(records)) };
  if (v.is(v.object({ invocationSchemaVersion: v.unknown() }), content)) {
    return { from: 'batch-operations', ...parseJob(content) };
  }
  return { from: 'event', ...parseContent(content) };
}

function sqsRecords(event: unknown): unknown {
  const looksLikeSqs = v.tuple([v.object({ eventSource: v.literal('aws:sqs') })]);
  if (v.is(looksLikeSqs, event)) return event;
  return v.is(v.object({ Records: looksLikeSqs }), event) ? event.Records : undefined;
}

const messagesSchema = v.array(v.object({ messageId: v.string(), body: v.string() }));

function parseMessages(records: unknown): Message[] {
  return validate(messagesSchema, records, 'a batch of SQS messages').map(({ messageId, body }) => {
    const content = orUnknownEvent(() => parseContent(parseBody(body)));
    return content instanceof UnknownEvent
      ? { messageId, images: content, ignored: [] }
      : { messageId, ...content };
  });
}

function parseBody(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new UnknownEvent('the body of the message is not JSON');
  }
}

function parseContent(event: unknown): EventContent {
  const contents = unwrap(event).map((content) =>
    v.is(v.object({ bucket: v.unknown(), key: v.unknown() }), content)
      ? parseRequest(content)
      : parseS3Event(content),
  );
  return {
    images: contents.flatMap(({ images }) => images),
    ignored: contents.flatMap(({ ignored }) => ignored),
  };
}

const requestSchema = v.strictObject({
  bucket: v.pipe(unicode, v.nonEmpty()),
  key: v.pipe(unicode, v.nonEmpty()),
  versionId: v.nullish(unicode),
  eTag: v.nullish(eTag),
});

function parseRequest(event: unknown): EventContent {
  const { bucket, key, versionId, eTag } = validate(
    requestSchema,
    event,
    'a request { bucket, key, versionId?, eTag? }',
  );
  return requested({
    bucket,
    key,
    ...(versionId && { versionId }),
    // Quoted as in headers and in the AWS CLI's output, or not.
    ...(eTag && { eTag: eTag.replaceAll('"', '') }),
  });
}
