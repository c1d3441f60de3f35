import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedaction } from '../../../../local/cli/verify/redact.ts';
import { deployment } from './fake-target.ts';

const run = { prefix: 'in/bucketlens-verify-1a2b/', stack: 'Holidays' };
const redact = createRedaction(deployment, run);

describe('the report of bucketlens verify', () => {
  it.each([
    ['an account id', 'the account 123456789012 has no', 'the account ACCOUNT has no'],
    [
      'the ARN of a user',
      'User: arn:aws:iam::123456789012:user/jane is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::photos/in/cat.png"',
      'User: ARN:iam is not authorized to perform: s3:PutObject on resource: "ARN:s3"',
    ],
    ['the bucket', 'photos.s3.eu-central-1.amazonaws.com', 'BUCKET.s3.eu-central-1.amazonaws.com'],
    ['the function and its log', 'Labels logs to /aws/labels', 'FUNCTION logs to LOG'],
    ['the dead-letter queue', `no queue ${deployment.DeadLetterQueueUrl}`, 'no queue QUEUE'],
    ['the stack', 'the stack Holidays', 'the stack STACK'],
    ['an access key', 'the key AKIAIOSFODNN7EXAMPLE is expired', 'the key KEY is expired'],
    ["the run's prefix", 'no in/bucketlens-verify-1a2b/cat', 'no cat'],
    ["the stack's prefix in other runs", 'in/bucketlens-verify-99/cat', 'bucketlens-verify-99/cat'],
  ])('names no %s', (_, text, redacted) => {
    expect(redact({ checks: [{ answered: text, seconds: 1 }] })).toEqual({
      checks: [{ answered: redacted, seconds: 1 }],
    });
  });

  it('keeps words that only contain the name of the bucket', () => {
    expect(redact('3 photosets, myphotos')).toBe('3 photosets, myphotos');
  });

  it('keeps numbers that are no account, and values that are no text', () => {
    const value = { bytes: '1234567890123', isEmulated: true, none: null, of: [1, 2.5] };

    expect(redact(value)).toEqual(value);
  });

  it('names none of them, whatever stands around them', () => {
    const secrets = ['123456789012', 'arn:aws:s3:::photos/in/cat.png', deployment.DeadLetterQueueUrl!];
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...secrets), fc.string()), { maxLength: 6 }), (words) => {
        const text = redact(words.join(' '));
        return secrets.every((secret) => !text.split(/[\s"',)]+/).includes(secret));
      }),
    );
  });
});
