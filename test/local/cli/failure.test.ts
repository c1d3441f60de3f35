import { S3ServiceException } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { describeFailure } from '../../../local/cli/failure.ts';

function ofS3(name: string, status: number) {
  return new S3ServiceException({
    name,
    message: 'No.',
    $fault: 'client',
    $metadata: { httpStatusCode: status },
  });
}

function named(name: string, message: string) {
  return Object.assign(new Error(message), { name });
}

describe('describeFailure', () => {
  it.each([
    [new Error('there is no file x'), 'error: there is no file x'],
    [named('UnusableModel', 'x is no model'), 'error: x is no model'],
    [named('UnusableModel', 'layer \u001b[2J:\nit is odd'), 'error: layer \\u001b[2J:\nit is odd'],
    [new Error('Region is missing'), 'error: no AWS region: set AWS_REGION, or a region in your AWS profile'],
    [
      named('CredentialsProviderError', 'Could not load credentials'),
      'error: no AWS credentials: sign in (aws sso login, aws configure), or set AWS_PROFILE',
    ],
    [
      ofS3('ExpiredToken', 400),
      'error: the AWS credentials are no longer valid: sign in again (ExpiredToken: No.)',
    ],
    [ofS3('AccessDenied', 403), 'error: AWS denies access to these credentials (AccessDenied: No.)'],
    [ofS3('NoSuchBucket', 404), 'error: NoSuchBucket: No.'],
    ['a text', 'error: a text'],
  ])('turns %s into a sentence', (error, sentence) => {
    expect(describeFailure(error, { withStack: false })).toBe(sentence);
  });

  it('asks for a bug report on a programming error', () => {
    expect(describeFailure(new TypeError('x is not a function'), { withStack: false })).toMatch(
      /^error: x is not a function\n.*report.*--debug$/,
    );
  });

  it('appends the stack on request', () => {
    expect(describeFailure(new TypeError('x is not a function'), { withStack: true })).toMatch(
      /^error: x is not a function\nTypeError: x is not a function\n +at .*failure\.test\.ts/,
    );
  });
});
