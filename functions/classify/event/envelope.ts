/** Envelopes around S3's events: SNS, dead letters of Lambda, arrays of EventBridge Pipes, JSON in strings. */
import * as v from 'valibot';
import { UnknownEvent, validate } from './unknown-event.ts';

/**
 * Takes an event out of its envelopes.
 *
 * @returns The events inside: one for everything but arrays and batches from SNS.
 * @throws UnknownEvent if an envelope cannot be opened, or there are more of them than any service wraps.
 */
export function unwrap(event: unknown, depth = 0): unknown[] {
  const contents = contentsOf(event);
  if (!contents) return [event];
  if (depth === maxDepth) throw new UnknownEvent(`an event in more than ${maxDepth} envelopes`);
  return contents.flatMap((content) => unwrap(content, depth + 1));
}

/** Unwraps a record of Lambda's failure destination, whose event may be a batch; returns any other event unchanged. */
export function withoutDeadLetter(event: unknown): unknown {
  return v.is(deadLetterSchema, event) ? event.requestPayload : event;
}

// The deepest: a dead letter of a Pipe's message from SNS: an array, a text, a record, a text, SNS, a text.
const maxDepth = 8;

function contentsOf(event: unknown): unknown[] | undefined {
  if (Array.isArray(event) && event.length > 0) return event;
  if (typeof event === 'string' && /^\s*[[{]/.test(event)) return [parseJson(event)];
  if (v.is(deadLetterSchema, event)) return [event.requestPayload];
  if (v.is(v.object({ Type: v.literal('Notification'), TopicArn: v.unknown() }), event)) {
    return [validate(snsMessageSchema, event, 'an SNS notification').Message];
  }
  if (v.is(v.object({ Records: v.tuple([v.object({ EventSource: v.literal('aws:sns') })]) }), event)) {
    const { Records } = validate(snsRecordsSchema, event, 'an event of SNS');
    return Records.map(({ Sns }) => Sns.Message);
  }
  return undefined;
}

// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
const deadLetterSchema = v.object({ requestContext: v.unknown(), requestPayload: v.unknown() });

const snsMessageSchema = v.object({ Message: v.string() });
const snsRecordsSchema = v.object({ Records: v.array(v.object({ Sns: snsMessageSchema })) });

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UnknownEvent('the text in the event is not JSON');
  }
}
