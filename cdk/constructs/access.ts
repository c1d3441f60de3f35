/** The function's permissions on a labelled bucket: its objects and their KMS key. */
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

  grant(bucket.arnForObjects(`${prefix}*`), [
    ...readActions,
    ...modes.flatMap((mode) => writeBackTraits[mode].actions),
  ]);
  // Without s3:ListBucket, S3 answers 403 instead of 404 for a deleted object.
  grant(bucket.bucketArn, ['s3:ListBucket']);
  const encrypts = modes.some((mode) => writeBackTraits[mode].encrypts);
  encryptionKey?.grant(grantee, 'kms:Decrypt', ...(encrypts ? ['kms:GenerateDataKey'] : []));
}

// The tags are read to honour an uploader's `labels=skip`.
const readActions = [
  's3:GetObject',
  's3:GetObjectVersion',
  's3:GetObjectTagging',
  's3:GetObjectVersionTagging',
];
