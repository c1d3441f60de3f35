/** The buckets that a classifier creates: encrypted, private, TLS only, and retained by default. */
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  type CfnBucket,
  type IBucket,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { acknowledgeBucketFindings, acknowledgeRightsForObjects } from './acknowledgements.ts';
import type { ImageClassifierProps } from './image-classifier-props.ts';

/** Creates the bucket whose images are labelled. */
export function createUploadsBucket(
  scope: Construct,
  { versioned = false, queryable = false, encryptionKey, ...removal }: ImageClassifierProps,
): IBucket {
  const bucket = createBucket(scope, 'Bucket', removal, {
    versioned,
    ...(encryptionKey && { encryption: BucketEncryption.KMS, encryptionKey, bucketKeyEnabled: true }),
  });
  if (queryable) addAnnotationTable(bucket);
  return bucket;
}

/** Creates the bucket for backfill reports. */
export function createReportsBucket(scope: Construct, removal: Removal): IBucket {
  return createBucket(scope, 'BackfillReports', removal, {
    lifecycleRules: [{ expiration: Duration.days(30) }],
  });
}

type Removal = Pick<ImageClassifierProps, 'removalPolicy' | 'autoDeleteObjects'>;

function createBucket(
  scope: Construct,
  id: string,
  { removalPolicy = RemovalPolicy.RETAIN, autoDeleteObjects = false }: Removal,
  props: BucketProps,
): IBucket {
  const bucket = new Bucket(scope, id, {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    removalPolicy,
    autoDeleteObjects,
    ...props,
  });
  acknowledgeBucketFindings(bucket);
  // Bucket does not satisfy IBucket under exactOptionalPropertyTypes.
  return bucket as IBucket;
}

/** The role follows https://docs.aws.amazon.com/AmazonS3/latest/API/API_UpdateBucketMetadataAnnotationTableConfiguration.html. */
function addAnnotationTable(bucket: IBucket): void {
  const role = new Role(bucket, 'AnnotationTableRole', {
    assumedBy: new ServicePrincipal('metadata.s3.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(bucket).account } },
    }),
  });
  const grant = (resource: string, ...actions: string[]) =>
    role.addToPolicy(new PolicyStatement({ actions, resources: [resource] }));
  grant(bucket.arnForObjects('*'), 's3:GetObjectAnnotation', 's3:GetObjectVersionAnnotation');
  grant(bucket.bucketArn, 's3:ListBucket', 's3:ListBucketVersions');
  bucket.encryptionKey?.grant(role, 'kms:Decrypt');
  acknowledgeRightsForObjects(role, bucket);

  (bucket.node.defaultChild as CfnBucket).metadataConfiguration = {
    annotationTableConfiguration: { configurationState: 'ENABLED', role: role.roleArn },
    // S3 Metadata requires a journal table. Nothing here reads it, so it keeps the minimum of 7 days.
    journalTableConfiguration: { recordExpiration: { expiration: 'ENABLED', days: 7 } },
  };
}
