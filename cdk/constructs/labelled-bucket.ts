/** A bucket of which images are labelled, and whether it can be. */
import { Resource, Stack, Token, TokenComparison } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Classifier, LabelledBucket } from './classifier.ts';
import type { BucketOptions, ImageClassifierProps } from './image-classifier-props.ts';
import { InvalidSetting, isMatch } from './setting-checks.ts';

/** @throws InvalidSetting */
export function assertLabelled(
  classifier: Classifier,
  labelled: LabelledBucket,
  trigger: ImageClassifierProps['trigger'] = 's3',
): void {
  assertKeyFilters(labelled);
  assertInReach(classifier, labelled.bucket, trigger);
  const other = classifier.buckets.find((candidate) => overlap(candidate, labelled));
  if (!other) return;
  throw new InvalidSetting(
    `${labelled.bucket.node.path} is labelled already, and a key can be in ${describe(other)} and in ${describe(labelled)}: give each a prefix or suffixes of its own`,
  );
}

function assertKeyFilters({ prefix, suffixes = [] }: BucketOptions): void {
  if (prefix !== undefined) assertKeyPart(`prefix is '${prefix}'`, prefix);
  if (Token.isUnresolved(suffixes)) {
    throw new InvalidSetting(
      'suffixes is a list that only the deployment knows; each takes a notification of its own: write them out',
    );
  }
  for (const suffix of suffixes) assertKeyPart(`suffixes has '${suffix}'`, suffix);
  assertNoOverlap(suffixes);
}

// Other characters would have to be encoded, in the notification and in the policy each in its own way, and `*` in neither.
function assertKeyPart(found: string, value: string): void {
  if (isMatch(value, /^[\w/.-]{1,512}$/)) return;
  throw new InvalidSetting(`${found}; it takes 1 to 512 of a-z A-Z 0-9 / . _ -; for every key leave it out`);
}

// S3 refuses two notifications that one key could raise.
function assertNoOverlap(suffixes: readonly string[]): void {
  suffixes.forEach((suffix, index) => {
    const other = suffixes.find((candidate, at) => at !== index && candidate.endsWith(suffix));
    if (other === undefined) return;
    throw new InvalidSetting(
      `suffixes has '${suffix}' and '${other}', which a key can both end in: keep one of them`,
    );
  });
}

function assertInReach(classifier: Classifier, bucket: IBucket, trigger: string): void {
  const here = Stack.of(classifier);
  const { path } = bucket.node;
  if (areDifferent(bucket.env.region, here.region)) {
    throw new InvalidSetting(
      `${path} is in ${bucket.env.region} and ${classifier.node.path} in ${here.region}; a bucket reaches a function of its own region only: deploy a classifier there`,
    );
  }
  if (trigger === 'eventbridge') return;
  if (areDifferent(bucket.env.account, here.account)) {
    throw new InvalidSetting(
      `${path} is in the account ${bucket.env.account} and ${classifier.node.path} in ${here.account}; the trigger ${trigger} is set up from the bucket's own account: deploy a classifier there, or take the trigger eventbridge and have that account send its events to this one`,
    );
  }
  const home = Stack.of(bucket);
  if (home !== here && Resource.isOwnedResource(bucket)) {
    throw new InvalidSetting(
      `${path} is made in the stack ${home.stackName}; with the trigger ${trigger} it and ${here.stackName} would each have to be deployed before the other: take the trigger eventbridge, or put the classifier into ${home.stackName}`,
    );
  }
}

function areDifferent(one: string, other: string): boolean {
  return Token.compareStrings(one, other) === TokenComparison.DIFFERENT;
}

/** Whether one key could be in both: S3 refuses such notifications, and an image would be labelled twice. */
function overlap(one: LabelledBucket, other: LabelledBucket): boolean {
  return (
    one.bucket.bucketName === other.bucket.bucketName &&
    oneBegins(one.prefix ?? '', other.prefix ?? '') &&
    suffixesOf(one).some((suffix) => suffixesOf(other).some((candidate) => oneEnds(suffix, candidate)))
  );
}

function oneBegins(one: string, other: string): boolean {
  return one.startsWith(other) || other.startsWith(one);
}
function oneEnds(one: string, other: string): boolean {
  return one.endsWith(other) || other.endsWith(one);
}
function suffixesOf({ suffixes = [] }: BucketOptions): readonly string[] {
  return suffixes.length > 0 ? suffixes : [''];
}

function describe({ prefix = '', suffixes = [] }: BucketOptions): string {
  return `'${prefix}*${suffixes.length > 0 ? `(${suffixes.join('|')})` : ''}'`;
}
