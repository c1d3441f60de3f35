/** Validation of what invokes the function: an event of another shape is refused without showing what it says. */
import * as v from 'valibot';
import { describeIssue, plainMessages } from '../describe-issue.ts';

/** An event of a shape that is not known; the message shows the shape without the values. */
export class UnknownEvent extends Error {
  override readonly name = 'UnknownEvent';
}

/**
 * Validates an event, or a part of one.
 *
 * @param what What it should be, for the message.
 * @throws UnknownEvent
 */
export function validate<Schema extends v.GenericSchema>(
  schema: Schema,
  event: unknown,
  what: string,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, event, plainMessages);
  if (result.success) return result.output;
  const message = `not ${what}: ${describeIssue(result.issues[0], 'the event')}; the shape is ${describeShape(event)}`;
  throw new UnknownEvent(
    message.length > maxMessageLength ? `${message.slice(0, maxMessageLength)}…` : message,
  );
}

// An event has up to 6 MB, and its fields may have names as long as that.
const maxMessageLength = 1000;

/** The error in place of what was to be parsed: for parts of a batch that must not fail the others. */
export function orUnknownEvent<Parsed>(parse: () => Parsed): Parsed | UnknownEvent {
  try {
    return parse();
  } catch (error) {
    if (error instanceof UnknownEvent) return error;
    throw error;
  }
}

/** Names and types of a value, a few levels deep: enough to see what was sent, and nothing of what it says. */
function describeShape(value: unknown, depth = 4): string {
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  if (Array.isArray(value) && value.length === 0) return '[]';
  if (depth === 0) return Array.isArray(value) ? '[…]' : '{…}';
  if (Array.isArray(value)) return `[${describeShape(value[0], depth - 1)}]`;
  const fields = Object.entries(value).slice(0, 20);
  return `{${fields.map(([name, field]) => `${name}: ${describeShape(field, depth - 1)}`).join(', ')}}`;
}
