/** Checks that a bucket's images can be labelled, alone and next to every other labelled bucket of the app. */
import { Resource, Stack, Token, TokenComparison } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import {
  type WriteBackMode,
  writeBackModes,
  writeBackTraits,
} from '../../functions/classify/write-back/mode.ts';
import type { Classifier, LabelledBucket } from './classifier.ts';
import type { BucketOptions, ImageClassifierProps } from './image-classifier-props.ts';
import { bucketNameFault } from './settings/aws-values.ts';
import { InvalidSetting } from './settings/invalid-setting.ts';

/** The settings of a classifier that decide whether it can share keys with another one. */
export type SharingSettings = Pick<ImageClassifierProps, 'trigger' | 'writeBack' | 'metadataPrefix'>;

/**
 * Checks a bucket and remembers it for the checks of those that follow.
 *
 * @throws InvalidSetting
 */
export function registerLabelled(
  classifier: Classifier,
  labelled: LabelledBucket,
  settings: SharingSettings,
): void {
  const { bucket, suffixes = [] } = labelled;
  const fault = bucketNameFault(bucket.bucketName);
  if (fault) throw new InvalidSetting(`${bucket.node.path} is '${bucket.bucketName}'; it ${fault}`);
  assertNoOverlap(suffixes);
  assertInReach(classifier, bucket, settings.trigger);

  const registered = registrations.get(classifier.node.root) ?? [];
  const entry = { classifier, labelled, settings };
  for (const other of registered) assertApart(other, entry);
  registrations.set(classifier.node.root, [...registered, entry]);
}

interface Registration {
  readonly classifier: Classifier;
  readonly labelled: LabelledBucket;
  readonly settings: SharingSettings;
}

/** The labelled buckets of each app. */
const registrations = new WeakMap<IConstruct, readonly Registration[]>();

// S3 refuses two notifications that one key could raise.
function assertNoOverlap(suffixes: readonly string[]): void {
  suffixes.forEach((suffix, index) => {
    const other = suffixes.find((candidate, at) => at !== index && candidate.endsWith(suffix));
    if (other === undefined) return;
    throw new InvalidSetting(
      `suffixes has '${suffix}' and '${other}'; a key can end in both: keep one of them`,
    );
  });
}

function assertInReach(classifier: Classifier, bucket: IBucket, trigger = 's3'): void {
  const here = Stack.of(classifier);
  const { path } = bucket.node;
  if (areDifferent(bucket.env.region, here.region)) {
    throw new InvalidSetting(
      `${path} is in ${bucket.env.region} and ${classifier.node.path} in ${here.region}; a bucket reaches only functions of its own region: deploy a classifier there`,
    );
  }
  if (trigger === 'eventbridge' || trigger === 'sns') return;
  if (areDifferent(bucket.env.account, here.account)) {
    throw new InvalidSetting(
      `${path} is in the account ${bucket.env.account} and ${classifier.node.path} in ${here.account}; the trigger ${trigger} is set up from the bucket's own account: deploy a classifier there, or use the trigger eventbridge and have that account send its events to this one`,
    );
  }
  const home = Stack.of(bucket);
  if (home !== here && Resource.isOwnedResource(bucket)) {
    throw new InvalidSetting(
      `${path} is made in the stack ${home.stackName}; with the trigger ${trigger}, it and ${here.stackName} would each have to be deployed before the other: use the trigger eventbridge, or put the classifier into ${home.stackName}`,
    );
  }
}

function areDifferent(one: string, other: string): boolean {
  return Token.compareStrings(one, other) === TokenComparison.DIFFERENT;
}

function assertApart(other: Registration, added: Registration): void {
  if (!overlap(other.labelled, added.labelled)) return;
  const { path } = added.labelled.bucket.node;
  const keys = `a key can be in ${describe(other.labelled)} and in ${describe(added.labelled)}`;
  if (other.classifier === added.classifier) {
    throw new InvalidSetting(
      `${path} is labelled already, and ${keys}: give each a prefix or suffixes of its own`,
    );
  }
  const labelledBy = `${path} is labelled by ${other.classifier.node.path} too, and ${keys}`;
  if (isNotified(other) && isNotified(added)) {
    throw new InvalidSetting(
      `${labelledBy}; S3 refuses notifications that overlap: give each a prefix or suffixes of its own, or use the trigger eventbridge`,
    );
  }
  const shared = sharedModes(other.settings, added.settings);
  if (
    shared.some((mode) => writeBackTraits[mode].usesPrefix) &&
    (other.settings.metadataPrefix ?? 'labels') === (added.settings.metadataPrefix ?? 'labels')
  ) {
    throw new InvalidSetting(
      `${labelledBy}; each would overwrite the labels of the other: give each a metadataPrefix of its own`,
    );
  }
  const inseparable = shared.find((mode) => !writeBackTraits[mode].usesPrefix);
  if (inseparable !== undefined) {
    throw new InvalidSetting(
      `${labelledBy}; each would overwrite the ${inseparable} of the other: remove ${inseparable} from the writeBack of one of them`,
    );
  }
}

/** True if one key could be in both. */
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

/** True if the bucket's own notifications start the function. */
function isNotified({ settings: { trigger = 's3' } }: Registration): boolean {
  return trigger === 's3' || trigger === 'sqs';
}

/** The modes in which both write labels. */
function sharedModes(one: SharingSettings, other: SharingSettings): readonly WriteBackMode[] {
  return writeBackModes.filter((mode) =>
    [one, other].every(({ writeBack = ['metadata'] }) => writeBack.includes(mode)),
  );
}

function describe({ prefix = '', suffixes = [] }: BucketOptions): string {
  return `'${prefix}*${suffixes.length > 0 ? `(${suffixes.join('|')})` : ''}'`;
}
