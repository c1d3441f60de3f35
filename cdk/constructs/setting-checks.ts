/** What a setting may be. Values that only the deployment knows (tokens) pass, where they can be handed on as they are. */
import { type Duration, Token } from 'aws-cdk-lib';

/** A property that cannot be; the message says what was found, what is allowed and what to do. */
export class InvalidSetting extends Error {
  override readonly name = 'InvalidSetting';
}

interface Range {
  readonly min: number;
  readonly max: number;
  readonly unit?: string;
  readonly whole?: boolean;
}

/** @throws InvalidSetting */
export function assertNumber(
  name: string,
  value: number | undefined,
  { min, max, unit, whole = false }: Range,
): void {
  if (value === undefined || Token.isUnresolved(value)) return;
  if (value >= min && value <= max && (!whole || Number.isInteger(value))) return;
  throw new InvalidSetting(
    `${name} is ${value}; it takes a ${whole ? 'whole ' : ''}number from ${min} to ${max}${unit ? ` ${unit}` : ''}`,
  );
}

/**
 * Other times are computed from it, so that it cannot wait for the deployment.
 *
 * @throws InvalidSetting
 */
export function assertSeconds(
  name: string,
  duration: Duration | undefined,
  range: Pick<Range, 'min' | 'max'>,
): void {
  if (duration?.isUnresolved()) {
    throw new InvalidSetting(
      `${name} is a time that only the deployment knows; it takes ${range.min} to ${range.max} seconds: write it out`,
    );
  }
  assertNumber(name, duration?.toSeconds(), { ...range, unit: 'seconds', whole: true });
}

/** @throws InvalidSetting */
export function assertEmailAddress(address: string): void {
  if (isMatch(address, /^[^\s@]+@[^\s@]+$/)) return;
  throw new InvalidSetting(`'${address}' is no e-mail address: it takes one such as you@example.com`);
}

/** What only the deployment knows matches anything. */
export function isMatch(value: string, pattern: RegExp): boolean {
  return Token.isUnresolved(value) || pattern.test(value);
}
