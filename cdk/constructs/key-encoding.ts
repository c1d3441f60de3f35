/** Object keys in S3's notifications. */
import { Token } from 'aws-cdk-lib';

/**
 * Encodes the beginning or end of a key as S3's notifications encode keys: `+` for a space, percent-encoding for other
 * special characters. A value known only at deployment is left as it is.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html
 */
export function encodeKeyPart(value: string): string {
  if (Token.isUnresolved(value)) return value;
  return encodeURIComponent(value).replaceAll('%20', '+').replaceAll('%2F', '/');
}
