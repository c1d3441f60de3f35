/** What the AWS SDK throws -> a sentence that says what to do. */

/** Says in a sentence why a call failed; what AWS itself says of it is kept. */
export const describeAwsFailure = (error: unknown): string => {
  const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
  if (message === 'Region is missing')
    return 'no AWS region: set AWS_REGION, or a region in your AWS profile';
  if (name === 'CredentialsProviderError')
    return 'no AWS credentials: sign in (aws sso login, aws configure), or set AWS_PROFILE';
  if (/^(ExpiredToken|RequestExpired|InvalidClientTokenId|UnrecognizedClient)/.test(name))
    return `the AWS credentials are not valid any more: sign in again (${name}: ${message})`;
  // The answer to a HEAD request has no body: its status is all that S3 says.
  if ($metadata?.httpStatusCode === 403) return `AWS denies it to these credentials (${name}: ${message})`;
  return name === 'Error' ? message : `${name}: ${message}`;
};
