/** Turns an error into the sentence that the user reads. */
import { printable } from '../../functions/classify/image/printable.ts';

/** @param withStack Appends the stack trace. */
export function describeFailure(error: unknown, { withStack }: { readonly withStack: boolean }): string {
  if (!(error instanceof Error)) return `error: ${error}`;
  // Messages quote names from foreign files; their line breaks are ours.
  const sentence = `error: ${explain(error)}`.replaceAll(/[^\n]+/g, printable);
  if (withStack) return `${sentence}\n${error.stack}`;
  return isOwnFault(error)
    ? `${sentence}\nThis is a bug in Bucketlens: please report the output of the same command with --debug`
    : sentence;
}

/** The sentence without the prefix `error:`. */
export function explain(error: Error): string {
  return isAwsFailure(error) ? describeAwsFailure(error) : error.message;
}

type AwsError = Error & { readonly $metadata?: { readonly httpStatusCode?: number } };

function isAwsFailure(error: Error): error is AwsError {
  return (
    '$metadata' in error || error.name === 'CredentialsProviderError' || error.message === 'Region is missing'
  );
}

function describeAwsFailure({ name, message, $metadata }: AwsError): string {
  if (message === 'Region is missing')
    return 'no AWS region: set AWS_REGION, or a region in your AWS profile';
  if (name === 'CredentialsProviderError')
    return 'no AWS credentials: sign in (aws sso login, aws configure), or set AWS_PROFILE';
  if (/^(ExpiredToken|RequestExpired|InvalidClientTokenId|UnrecognizedClient)/.test(name))
    return `the AWS credentials are no longer valid: sign in again (${name}: ${message})`;
  // The response to a HEAD request has no body, only a status.
  if ($metadata?.httpStatusCode === 403)
    return `AWS denies access to these credentials (${name}: ${message})`;
  return name === 'Error' ? message : `${name}: ${message}`;
}

/** Errors of JavaScript's own classes are bugs; errors meant for users have names of their own. */
function isOwnFault(error: Error): boolean {
  return (
    ['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError'].includes(error.name) && !('code' in error)
  );
}
