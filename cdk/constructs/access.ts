/** The rights of the function in a bucket: its objects, their key, and nothing else. */
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { WriteBackMode } from '../../functions/classify/write-back/mode.ts';
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
    ...modes.flatMap((mode) => writeBackActions[mode]),
  ]);
  // Without it S3 answers 403 for an object that has been deleted meanwhile, as if access were denied, and not 404.
  grant(bucket.bucketArn, ['s3:ListBucket']);
  // Tags are not encrypted with the object's key; copies and annotations are.
  const encrypts = modes.some((mode) => mode !== 'tags');
  encryptionKey?.grant(grantee, 'kms:Decrypt', ...(encrypts ? ['kms:GenerateDataKey'] : []));
}

// Tags are read for an uploader's `labels=skip`.
const readActions = [
  's3:GetObject',
  's3:GetObjectVersion',
  's3:GetObjectTagging',
  's3:GetObjectVersionTagging',
];

const writeBackActions: Readonly<Record<WriteBackMode, readonly string[]>> = {
  // A copy of the object onto itself that keeps all it has: tags, annotations and object lock take rights of their own,
  // and S3 says nothing of a lock to those who may not read it.
  metadata: [
    's3:PutObject',
    's3:PutObjectTagging',
    's3:GetObjectAnnotation',
    's3:GetObjectVersionAnnotation',
    's3:PutObjectAnnotation',
    's3:GetObjectRetention',
    's3:PutObjectRetention',
    's3:GetObjectLegalHold',
    's3:PutObjectLegalHold',
  ],
  // Where a request names a version, the action that is asked for has `Version` in it.
  annotation: ['s3:PutObjectAnnotation', 's3:PutObjectVersionAnnotation'],
  tags: ['s3:PutObjectTagging', 's3:PutObjectVersionTagging'],
};
