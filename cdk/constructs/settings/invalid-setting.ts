/** The error for settings that cannot work, and how its messages show values. */
import { Token } from 'aws-cdk-lib';

/** A setting that cannot work. The message says what was found, what is allowed and what to do. */
export class InvalidSetting extends Error {
  override readonly name = 'InvalidSetting';

  constructor(message: string) {
    super(message.replaceAll(/\$\{Token\[[^\]]*\]\}/g, '(known at deployment)'));
  }
}

/** A value as a message shows it. */
export function show(value: unknown): string {
  if (Token.isUnresolved(value)) return 'a value known only at deployment';
  if (typeof value === 'string') return `'${value}'`;
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  if (isDuration(value))
    return value.isUnresolved() ? 'a time known only at deployment' : value.toHumanString();
  if (typeof value === 'object' && value !== null)
    return `an object (${value.constructor?.name ?? 'Object'})`;
  return String(value);
}

/**
 * Checks the options of a construct or method, for which JavaScript may pass a name, a list or a construct.
 *
 * @param example What it takes, such as `{ prefix: 'photos/' }`.
 * @throws InvalidSetting
 */
export function assertOptions(given: unknown, taker: string, example: string): void {
  const isObject = typeof given === 'object' && given !== null && !Array.isArray(given);
  if (isObject && !('node' in given)) return;
  throw new InvalidSetting(`${taker} is given ${show(given)}; it takes options such as ${example}`);
}

/** @throws InvalidSetting */
export function assertEmailAddress(address: string): void {
  const isAddress = typeof address === 'string' && /^[^\s@]+@[^\s@]+$/.test(address);
  if (isAddress || Token.isUnresolved(address)) return;
  throw new InvalidSetting(
    `${show(address)} is not an e-mail address; expected something like you@example.com`,
  );
}

interface DurationLike {
  isUnresolved(): boolean;
  toHumanString(): string;
}

function isDuration(value: unknown): value is DurationLike {
  return typeof value === 'object' && value !== null && 'toHumanString' in value;
}
