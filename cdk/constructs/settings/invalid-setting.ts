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

/** @throws InvalidSetting */
export function assertEmailAddress(address: string): void {
  if (Token.isUnresolved(address) || /^[^\s@]+@[^\s@]+$/.test(address)) return;
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
