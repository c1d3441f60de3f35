/** The rights of the function: its objects, their key, its bus, and nothing else. */
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ImageClassifier, ImageClassifierProps } from './image-classifier.ts';

export const grantAccess = (
  { function: grantee, bucket, eventBus }: ImageClassifier,
  { prefix = '', writeBack = 'metadata' }: ImageClassifierProps,
): void => {
  const writes = writeBack !== 'none';
  const grant = (resource: string, actions: string[]) =>
    grantee.addToRolePolicy(new PolicyStatement({ actions, resources: [resource] }));

  grant(bucket.arnForObjects(`${prefix}*`), writes ? [...readActions, ...writeBackActions] : readActions);
  // Without it S3 answers 403 for an object that has been deleted meanwhile, as if access were denied, and not 404.
  grant(bucket.bucketArn, ['s3:ListBucket']);
  bucket.encryptionKey?.grant(grantee, 'kms:Decrypt', ...(writes ? ['kms:GenerateDataKey'] : []));
  eventBus.grantPutEventsTo(grantee);
};

const readActions = ['s3:GetObject', 's3:GetObjectVersion'];

// A copy of the object onto itself that keeps all it has: tags, annotations and object lock take rights of their own,
// and S3 says nothing of a lock to those who may not read it.
const writeBackActions = [
  's3:PutObject',
  's3:GetObjectTagging',
  's3:GetObjectVersionTagging',
  's3:PutObjectTagging',
  's3:GetObjectAnnotation',
  's3:PutObjectAnnotation',
  's3:GetObjectRetention',
  's3:PutObjectRetention',
  's3:GetObjectLegalHold',
  's3:PutObjectLegalHold',
];
