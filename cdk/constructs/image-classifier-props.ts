/** What an ImageClassifier can be told. */
import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Architecture } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { WriteBackMode } from '../../functions/classify/write-back/mode.ts';

/** Which images of a bucket are labelled. */
export interface BucketOptions {
  /** Only objects whose key starts so, and rights for no others. Default: all. */
  readonly prefix?: string;
  /** Only objects whose key ends in one of these, with regard to case. Default: all; the format is told by the content. */
  readonly suffixes?: readonly string[];
  /** The bucket's KMS key. Default: the one that the bucket knows of; a new bucket is encrypted by S3. */
  readonly encryptionKey?: IKey;
}

/** How messages go from the queue to the function. */
export interface QueueOptions {
  /** Messages in one invocation, 1 to 10,000; more than 10 need a `maxBatchingWindow`. Default: 10. */
  readonly batchSize?: number;
  /** How long a batch waits to be full, up to 5 minutes. Default: not at all. */
  readonly maxBatchingWindow?: Duration;
  /** How many invocations there may be at once, 2 to 1000. Default: `reservedConcurrency`, or as many as the account has. */
  readonly maxConcurrency?: number;
}

/** docs/deploy.md says what each costs. */
export interface ImageClassifierProps extends BucketOptions {
  /** The bucket whose images are labelled. Default: a new one, encrypted, private, TLS only, kept when the stack goes. */
  readonly bucket?: IBucket;
  /** Whether the new bucket keeps versions; each labelled image then has two. Default: false. */
  readonly versioned?: boolean;
  /** What becomes of the new buckets when they leave the stack. Default: they stay; `DESTROY` deletes them if they are empty. */
  readonly removalPolicy?: RemovalPolicy;
  /** Whether the new buckets are emptied, so that `DESTROY` deletes them with all their images. Default: false. */
  readonly autoDeleteObjects?: boolean;
  /**
   * The name of a model (`efficientnet-lite0`, or what `npm run model` has built), or the path of a model folder.
   * Default: the embedded efficientnet-lite0; for the stack that is deployed, cdk.json says resnet50.
   */
  readonly model?: string;
  /** Default: arm64, which Lambda charges less for. */
  readonly architecture?: Architecture;
  /** MB, 512 to 10,240. Default: room for a photo of 50 MP; docs/deploy.md has the figure. */
  readonly memorySize?: number;
  /** How long one invocation may take, 10 seconds to 15 minutes. Default: one minute. */
  readonly timeout?: Duration;
  /** How many invocations there may be at once, kept free for this function; 0 stops it. Default: as many as the account has. */
  readonly reservedConcurrency?: number;
  /**
   * How uploads reach the function. `s3` (the default): one invocation each, at once. `sqs`: through a queue, in batches
   * and with a limit on how many run at a time. `eventbridge`: by a rule, and so from a bucket of another stack too.
   */
  readonly trigger?: 's3' | 'eventbridge' | 'sqs';
  /** Only with the trigger `sqs`. */
  readonly queue?: QueueOptions;
  /** Whether objects that are copied into the bucket are labelled. Default: true; `false` halves the invocations. */
  readonly copies?: boolean;
  /** Where labels go besides the prediction event: the object's user metadata (the default), an annotation, tags. */
  readonly writeBack?: readonly WriteBackMode[] | 'none';
  /** Whether the new bucket has a table of its annotations that Athena can query. Default: false. */
  readonly queryable?: boolean;
  /** What the metadata keys start with. Default: `labels` (`x-amz-meta-labels`, `x-amz-meta-labels-model`, …). */
  readonly metadataPrefix?: string;
  /** How many labels an image gets at most, 1 to 1000. Default: the model's own. */
  readonly topK?: number;
  /** The least probability of a label, 0 to 1. Default: the model's own. */
  readonly minScore?: number;
  /** The probability that a general label has to reach, 0.5 to 1. Default: 0.9. */
  readonly generalScore?: number;
  /** Where prediction events go. Default: the account's default bus. */
  readonly eventBus?: IEventBus;
  /** Larger images are rejected unread. Default: 50 MB and 100 megapixels, or what of their format fits in the memory. */
  readonly limits?: {
    /** Of the file; up to half of what is above 300 MB of the memory. Default: 50. */
    readonly megabytes?: number;
    /** Width times height. Default: 100. */
    readonly megapixels?: number;
  };
  /** Default: one month. */
  readonly logRetention?: RetentionDays;
  /** Whether X-Ray follows the invocations, which it charges for. Default: false. */
  readonly tracing?: boolean;
}
