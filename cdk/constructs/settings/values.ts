/**
 * The kinds of value that settings take, as valibot schemas. Each accepts the property's own type and any text or number that
 * clearly means the same, as the command line and JavaScript pass them. Values known only at deployment (tokens) pass where
 * they can be handed on unchanged. Every message completes the sentence 'NAME is VALUE; it …'.
 */
import { Duration, Token, Tokenization } from 'aws-cdk-lib';
import * as v from 'valibot';

export interface Range {
  readonly min: number;
  readonly max: number;
  readonly unit?: string;
  readonly whole?: boolean;
}

/** A text of a given form. */
export function text(takes: string, form: RegExp = /./s) {
  return v.pipe(
    v.unknown(),
    v.transform(toText),
    v.string(takes),
    v.check((value) => matches(value, form), takes),
  );
}

/** A number in a range; numeric text is converted. */
export function number(range: Range) {
  const takes = `takes a ${describeRange(range)}`;
  return v.pipe(
    v.unknown(),
    v.transform(toNumber),
    v.number(takes),
    v.check((value) => Token.isUnresolved(value) || isWithin(value, range), takes),
  );
}

/** true or false, also as text. */
export function yesOrNo() {
  const takes = 'takes true or false';
  return v.pipe(
    v.unknown(),
    v.transform((value) => (value === 'true' ? true : value === 'false' ? false : value)),
    v.boolean(takes),
  );
}

/** A Duration of whole seconds; a plain number counts seconds. */
export function seconds(range: Range) {
  const takes = `takes a ${describeRange({ ...range, unit: 'seconds', whole: true })}`;
  return v.pipe(
    v.unknown(),
    v.transform(toDuration),
    v.custom<Duration>(isDuration, takes),
    v.check(
      (value) => !value.isUnresolved(),
      `${takes}: other settings are computed from it, so write it out`,
    ),
    v.check((value) => value.isUnresolved() || isWithin(toSeconds(value), { ...range, whole: true }), takes),
  );
}

/** One of several names, in any case. */
export function choice<const Names extends readonly [string, ...string[]]>(names: Names) {
  const takes = `takes ${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
  return v.pipe(
    v.unknown(),
    v.transform((value) => (typeof value === 'string' ? value.toLowerCase() : value)),
    v.picklist(names, takes),
  );
}

/** An array; a text is split at its commas. */
export function list<const Item extends v.GenericSchema<unknown, unknown>>(item: Item, takes: string) {
  return v.pipe(v.unknown(), v.transform(splitAtCommas), v.array(item, takes));
}

/** A CDK object, recognised by a member: instances of another copy of the CDK pass too. */
export function resource<T>(member: string, takes: string) {
  return v.custom<T>((value) => typeof value === 'object' && value !== null && member in value, takes);
}

/** Refuses the values for which a function returns what the setting takes instead. */
export function refusedWith<T>(fault: (value: T) => string | undefined) {
  return v.check<T, (issue: v.CheckIssue<T>) => string>(
    (value) => fault(value) === undefined,
    ({ input }) => fault(input) ?? '',
  );
}

/** True if a text matches; a value known only at deployment matches anything. */
export function matches(value: string, form: RegExp): boolean {
  return Token.isUnresolved(value) || form.test(value);
}

export function splitAtCommas(value: unknown): unknown {
  if (typeof value !== 'string' || Token.isUnresolved(value)) return value;
  return value.split(',').map((part) => part.trim());
}

/** Intrinsics such as `Fn.conditionIf(…)` are objects; as text they stand for their value. */
function toText(value: unknown): unknown {
  return typeof value === 'object' && !Array.isArray(value) && Token.isUnresolved(value)
    ? Token.asString(value)
    : value;
}

function toNumber(value: unknown): unknown {
  if (typeof value === 'number') return value;
  if (Token.isUnresolved(value)) {
    const token = typeof value === 'string' ? Tokenization.reverseCompleteString(value) : value;
    return token === undefined ? value : Token.asNumber(token);
  }
  if (typeof value !== 'string' || value.trim() === '') return value;
  const converted = Number(value);
  return Number.isNaN(converted) ? value : converted;
}

function toDuration(value: unknown): unknown {
  const count = toNumber(value);
  return typeof count === 'number' && count >= 0 ? Duration.seconds(count) : count;
}

function isDuration(value: unknown): value is Duration {
  return typeof value === 'object' && value !== null && 'toSeconds' in value;
}

function toSeconds(duration: Duration): number {
  return duration.toSeconds({ integral: false });
}

function isWithin(value: number, { min, max, whole = false }: Range): boolean {
  return value >= min && value <= max && (!whole || Number.isInteger(value));
}

function describeRange({ min, max, unit, whole }: Range): string {
  return `${whole ? 'whole ' : ''}number${unit === 'seconds' ? ' of seconds' : ''} from ${min} to ${max}${unit && unit !== 'seconds' ? ` ${unit}` : ''}`;
}
