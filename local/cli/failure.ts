/** What a command throws -> the sentence that its user reads. */

/** A sentence that says what went wrong and, where that is known, what to do; with the stack for those who ask for it. */
export function describeFailure(error: unknown, { withStack }: { readonly withStack: boolean }): string {
  if (!(error instanceof Error)) return `error: ${error}`;
  const sentence = `error: ${explain(error)}`;
  if (withStack) return `${sentence}\n${error.stack}`;
  return isOwnFault(error)
    ? `${sentence}\nThis is a fault of Bucketlens' own: please report what the same command shows with --debug`
    : sentence;
}

/** The same without a word in front. */
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
    return `the AWS credentials are not valid any more: sign in again (${name}: ${message})`;
  // The answer to a HEAD request has no body: its status is all that S3 says.
  if ($metadata?.httpStatusCode === 403) return `AWS denies it to these credentials (${name}: ${message})`;
  return name === 'Error' ? message : `${name}: ${message}`;
}

/** JavaScript's own kinds of errors come from a mistake in a program; all that we throw have names of their own. */
function isOwnFault(error: Error): boolean {
  return (
    ['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError'].includes(error.name) && !('code' in error)
  );
}
