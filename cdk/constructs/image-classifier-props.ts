/** The properties of ImageClassifier. docs/deploy.md says what each costs. */
import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { ILambdaDeploymentConfig } from 'aws-cdk-lib/aws-codedeploy';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Architecture, ILayerVersion } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { LabelRules } from '../../functions/classify/network/label-rules.ts';
import type { WriteBackMode } from '../../functions/classify/write-back/mode.ts';

/** A filter on the images of a bucket, and its key. */
export interface BucketOptions {
  /** Label only objects whose key begins with this; the function has no permissions on others. Default: all objects. */
  readonly prefix?: string;
  /** Label only objects whose key ends with one of these, case-sensitive. Default: all objects; the content decides the format. */
  readonly suffixes?: readonly string[];
  /** The bucket's KMS key. Default: the bucket's own, if known; a new bucket is encrypted by S3. */
  readonly encryptionKey?: IKey;
}

/** Options of the queue between S3 and the function. */
export interface QueueOptions {
  /** Messages in one invocation, 1 to 10,000; more than 10 need a `maxBatchingWindow`. Default: 10. */
  readonly batchSize?: number;
  /** How long to wait for a full batch, up to 5 minutes. Default: not at all. */
  readonly maxBatchingWindow?: Duration;
  /** The most invocations at a time, 2 to 1000. Default: `reservedConcurrency`, or unlimited. */
  readonly maxConcurrency?: number;
}

/** Options of the Lambda function, with the names and meanings of the CDK's own `FunctionProps`. */
export interface FunctionOptions {
  /** Default: arm64, which costs less per second. */
  readonly architecture?: Architecture;
  /** MB, 512 to 10,240. Default: room for a photo of 50 MP; docs/deploy.md has the figure. */
  readonly memorySize?: number;
  /** The timeout of one invocation, 10 seconds to 15 minutes. Default: one minute. */
  readonly timeout?: Duration;
  /** The most invocations at a time, reserved for this function; 0 stops it. Default: unreserved. */
  readonly reservedConcurrency?: number;
  /** The VPC of the function. Without a NAT it needs endpoints for S3 and EventBridge. Default: no VPC. */
  readonly vpc?: IVpc;
  /** Default: the private subnets of `vpc`. */
  readonly vpcSubnets?: SubnetSelection;
  /** Default: a new one for the function that allows all outbound traffic. */
  readonly securityGroups?: readonly ISecurityGroup[];
  /** A role that Lambda may assume; it receives the permissions that the function needs. Default: a new one. */
  readonly role?: IRole;
  /** Additional environment variables, for example `POWERTOOLS_LOG_LEVEL`. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Additional layers, at most 3. */
  readonly layers?: readonly ILayerVersion[];
  /** The log group, for example one with an encryption key. Default: a new one that is deleted with the stack. */
  readonly logGroup?: ILogGroup;
  /** The retention of the new log group. Default: one month. */
  readonly logRetention?: RetentionDays;
  /** Trace invocations with X-Ray. Default: false. */
  readonly tracing?: boolean;
  /**
   * How traffic moves to a new version of the function, for example `LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES`. The
   * triggers then invoke an alias, and CodeDeploy returns it to the old version if images fail. Default: all at once, without
   * an alias.
   */
  readonly deploymentConfig?: ILambdaDeploymentConfig;
}

/** The properties of ImageClassifier; all are optional. */
export interface ImageClassifierProps extends BucketOptions, FunctionOptions {
  /** The bucket whose images are labelled. Default: a new one, encrypted, private, TLS only and retained. */
  readonly bucket?: IBucket;
  /** Enable versions on the new bucket; each labelled image then has two. Default: false. */
  readonly versioned?: boolean;
  /** The removal policy of the new buckets. Default: RETAIN; `DESTROY` deletes them if they are empty. */
  readonly removalPolicy?: RemovalPolicy;
  /** Empty the new buckets, so that `DESTROY` deletes them with all their images. Default: false. */
  readonly autoDeleteObjects?: boolean;
  /**
   * The name of a model (`efficientnet-lite0`, or one built with `npm run model`), or the path of a model folder.
   * Default: the embedded efficientnet-lite0; cdk.json sets resnet50 for the deployed stack.
   */
  readonly model?: string;
  /** Rules that merge, rename and drop the model's labels, or the path of a file with them. Default: the model's own, if any. */
  readonly labelRules?: LabelRules | string;
  /**
   * Decode HEIC, in which iPhones take photos. Its decoder is not part of Bucketlens: install it with `npm install
   * libheif-js@1.23`; docs/images.md names its licence and patents. Default: false, and HEIC is rejected.
   */
  readonly heic?: boolean;
  /**
   * How uploads reach the function. `s3` (the default): one invocation each, at once. `sqs`: through a queue, in batches and
   * with a concurrency limit. `eventbridge`: by a rule, also from buckets of other stacks. `sns`: through `topic`.
   */
  readonly trigger?: 's3' | 'eventbridge' | 'sqs' | 'sns';
  /** Only with the trigger `sqs`. */
  readonly queue?: QueueOptions;
  /** The topic that receives the bucket's notifications; only with the trigger `sns`. */
  readonly topic?: ITopic;
  /** Label objects that are copied into the bucket. Default: true; `false` halves the invocations. */
  readonly copies?: boolean;
  /** Places for labels besides the prediction event: the object's metadata (the default), an annotation, tags. */
  readonly writeBack?: readonly WriteBackMode[] | 'none';
  /** Give the new bucket a table of its annotations that Athena can query. Default: false. */
  readonly queryable?: boolean;
  /** The beginning of the metadata keys. Default: `labels` (`x-amz-meta-labels`, `x-amz-meta-labels-model`, …). */
  readonly metadataPrefix?: string;
  /** The most labels of an image, 1 to 1000. Default: the model's own. */
  readonly topK?: number;
  /** The least score of a label, 0 to 1. Default: the model's own. */
  readonly minScore?: number;
  /** The score that a general label has to reach, 0.5 to 1. Default: 0.9. */
  readonly generalScore?: number;
  /** The bus that receives prediction events. Default: the account's default bus. */
  readonly eventBus?: IEventBus;
  /** Larger images are rejected before they are decoded. Default: 50 MB and 100 megapixels, or less if the memory requires it. */
  readonly limits?: {
    /** The size of the file; at most half of the memory above 300 MB. Default: 50. */
    readonly megabytes?: number;
    /** Width times height. Default: 100. */
    readonly megapixels?: number;
  };
}
