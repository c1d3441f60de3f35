/** Removes from a report what identifies an account: it is made to be attached to a bug report. */
import type { Deployment } from '../aws/deployment.ts';

/**
 * Returns a function that replaces names of the stack's resources, ARNs, account ids and access keys in every text of a value.
 *
 * @param names Further names to replace.
 */
export function createRedaction(
  deployment: Deployment,
  { prefix, stack }: { readonly prefix: string; readonly stack: string },
): <Value>(value: Value) => Value {
  const { BucketName, BackfillReportsBucketName, KeyPrefix, FunctionArn, LogGroupName, DeadLetterQueueUrl } =
    deployment;
  const names: readonly (readonly [string | undefined, string])[] = [
    [prefix, ''],
    [KeyPrefix && `${KeyPrefix}bucketlens-verify-`, 'bucketlens-verify-'],
    [DeadLetterQueueUrl, 'QUEUE'],
    [LogGroupName, 'LOG'],
    [BackfillReportsBucketName, 'REPORTS'],
    [FunctionArn.split(':')[6], 'FUNCTION'],
    [BucketName, 'BUCKET'],
    [stack === 'Bucketlens' ? undefined : stack, 'STACK'],
  ];
  const redactText = (text: string) =>
    names
      .reduce(
        (redacted, [name, word]) => (name ? redacted.replaceAll(wholeWord(name), word) : redacted),
        text,
      )
      .replaceAll(/\barn:aws[\w-]*:(\w*):[^\s"',)]*/g, 'ARN:$1')
      .replaceAll(/\b(AKIA|ASIA|AROA|AIDA)[A-Z0-9]{8,}/g, 'KEY')
      .replaceAll(/(?<!\d)\d{12}(?!\d)/g, 'ACCOUNT');
  const redact = (value: unknown): unknown => {
    if (typeof value === 'string') return redactText(value);
    if (Array.isArray(value)) return value.map(redact);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, redact(inner)]));
  };
  return <Value>(value: Value) => redact(value) as Value;
}

/** The name, unless it is part of a longer word: a bucket may be named `cat`. */
function wholeWord(name: string): RegExp {
  const escaped = name.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const [before, after] = [/^\w/.test(name) ? '(?<!\\w)' : '', /\w$/.test(name) ? '(?!\\w)' : ''];
  return new RegExp(`${before}${escaped}${after}`, 'g');
}
