/** The rights of the function in a bucket: its objects, their key, and nothing else. */
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type WriteBackMode, writeBackTraits } from '../../functions/classify/write-back/mode.ts';
import type { Classifier, LabelledBucket } from './classifier.ts';

export function grantAccess(
  { function: grantee }: Classifier,
  { bucket, prefix = '', encryptionKey = bucket.encryptionKey }: LabelledBucket,
  modes: readonly WriteBackMode[],
): void {
  const grant = (resource: string, actions: string[]) =>
    grantee.addToRolePolicy(new PolicyStatement({ actions, resources: [resource] }));

  // Any key below the prefix.
  grant(bucket.arnForObjects(`${prefix}*`), [
    ...readActions,
    ...modes.flatMap((mode) => writeBackTraits[mode].actions),
  ]);
  // Without it S3 answers 403 for an object that has been deleted meanwhile, as if access were denied, and not 404.
  grant(bucket.bucketArn, ['s3:ListBucket']);
  const encrypts = modes.some((mode) => writeBackTraits[mode].encrypts);
  encryptionKey?.grant(grantee, 'kms:Decrypt', ...(encrypts ? ['kms:GenerateDataKey'] : []));
}

// Tags are read for an uploader's `labels=skip`.
const readActions = [
  's3:GetObject',
  's3:GetObjectVersion',
  's3:GetObjectTagging',
  's3:GetObjectVersionTagging',
];
