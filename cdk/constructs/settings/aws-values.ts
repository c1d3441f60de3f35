/** Names and ARNs in AWS, and the beginnings and ends of object keys. */
import { Token } from 'aws-cdk-lib';
import * as v from 'valibot';
import { refusedWith, text } from './values.ts';

/** The name of a general purpose bucket. */
export function bucketName() {
  return v.pipe(text('takes the name of a bucket'), refusedWith(bucketNameFault));
}

/** @returns The reason why S3 cannot announce uploads to a bucket of that name, or undefined. */
export function bucketNameFault(name: string): string | undefined {
  if (Token.isUnresolved(name)) return undefined;
  const [, ownName] = name.match(/^(?:arn:[\w-]+:s3:::|s3:\/\/)([^/]+)\/?$/) ?? [];
  if (ownName) return `takes the name alone: '${ownName}'`;
  if (/--(x|table)-s3$/.test(name)) {
    return 'takes a general purpose bucket; S3 sends no object events for directory and table buckets';
  }
  if (/(-s3alias|--ol-s3|\.mrap)$/.test(name)) {
    return 'takes a bucket, not an access point: S3 sends object events for the bucket only, so use the name of the bucket behind it';
  }
  if (/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) return undefined;
  return 'takes the name of a bucket: 3 to 63 of a-z 0-9 . -, with a letter or digit at both ends';
}

/** The ARN of a KMS key. */
export function keyArn() {
  return text(
    'takes the ARN of a key, not of an alias: arn:aws:kms:REGION:ACCOUNT:key/ID',
    /^arn:aws[\w-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/,
  );
}

/** The ARN of an SNS topic. */
export function topicArn() {
  return text(
    'takes the ARN of a topic: arn:aws:sns:REGION:ACCOUNT:NAME',
    /^arn:aws[\w-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+$/,
  );
}

/** The beginning of the names of user metadata, in front of which S3 writes `x-amz-meta-`. */
export function metadataName() {
  return v.pipe(
    text('becomes part of a metadata key and takes 1 to 32 of a-z 0-9 -', /^[a-z0-9][a-z0-9-]{0,31}$/),
    refusedWith(headerFault),
  );
}

function headerFault(value: string): string | undefined {
  const [, name] = /^x-amz-meta-(.*)$/.exec(value) ?? [];
  return name === undefined
    ? undefined
    : `takes the name alone, which S3 returns as x-amz-meta-NAME: '${name || 'labels'}'`;
}

/** The beginning or the end of object keys. */
export function keyPart() {
  return v.pipe(text(keyPartTakes, /^[^*?$\\\p{C}\P{ASCII}]{1,512}$/u), refusedWith(leadingSlashFault));
}

// `*`, `?` and `$` have a meaning in IAM policies, `*` and `\` in EventBridge patterns, and IAM takes no other alphabets.
const keyPartTakes =
  'takes 1 to 512 printable ASCII characters other than * ? $ \\; for every key leave it out';

function leadingSlashFault(value: string): string | undefined {
  if (Token.isUnresolved(value) || !value.startsWith('/')) return undefined;
  const without = value.replace(/^\/+/, '');
  return `takes no leading slash: the key of s3://BUCKET/${without} is '${without}', so use that`;
}
