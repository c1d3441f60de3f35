/** Validates events. Errors show the shape of an event, never its values. */
import * as v from 'valibot';
import { describeIssue, plainMessages } from '../describe-issue.ts';

/** An event of an unknown shape; the message shows the shape without the values. */
export class UnknownEvent extends Error {
  override readonly name = 'UnknownEvent';
}

/**
 * Validates an event, or a part of one.
 *
 * @param expected names the event in the error: 'an S3 notification'.
 * @throws UnknownEvent
 */
export function validate<Schema extends v.GenericSchema>(
  schema: Schema,
  event: unknown,
  expected: string,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, event, plainMessages);
  if (result.success) return result.output;
  const message = `not ${expected}: ${describeIssue(result.issues[0], 'the event')}; the shape is ${describeShape(event)}`;
  throw new UnknownEvent(
    message.length > maxMessageLength ? `${message.slice(0, maxMessageLength)}…` : message,
  );
}

// An event has up to 6 MB, and the names of its fields may be as long.
const maxMessageLength = 1000;

/** Returns an UnknownEvent instead of throwing it, so that one part of a batch does not fail the others. */
export function orUnknownEvent<Parsed>(parse: () => Parsed): Parsed | UnknownEvent {
  try {
    return parse();
  } catch (error) {
    if (error instanceof UnknownEvent) return error;
    throw error;
  }
}

/** Names and types of a value, a few levels deep. */
function describeShape(value: unknown, depth = 4): string {
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  if (Array.isArray(value) && value.length === 0) return '[]';
  if (depth === 0) return Array.isArray(value) ? '[…]' : '{…}';
  if (Array.isArray(value)) return `[${describeShape(value[0], depth - 1)}]`;
  const fields = Object.entries(value).slice(0, 20);
  return `{${fields.map(([name, field]) => `${name}: ${describeShape(field, depth - 1)}`).join(', ')}}`;
}
