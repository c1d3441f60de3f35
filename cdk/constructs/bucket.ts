/** The buckets that a classifier makes: encrypted, private, TLS only, and by default kept when the stack goes. */
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

/** The bucket whose images are labelled. */
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

/** The bucket for the reports of back-filling. */
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
  // CDK's own types do not agree under exactOptionalPropertyTypes.
  return bucket as IBucket;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_UpdateBucketMetadataAnnotationTableConfiguration.html has the role. */
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
    // S3 Metadata does not go without a journal, which nobody here reads: it keeps the least that it may, in days.
    journalTableConfiguration: { recordExpiration: { expiration: 'ENABLED', days: 7 } },
  };
}
