/** The construct: a bucket whose uploads are labelled by a Lambda function. Use it in a stack of your own. */
import { Duration } from 'aws-cdk-lib';
import { Metric, type MetricOptions, Unit } from 'aws-cdk-lib/aws-cloudwatch';
import { EventBus, type IEventBus, type OnEventOptions, Rule } from 'aws-cdk-lib/aws-events';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { WriteBackMode } from '../functions/classify/writeback/mode.ts';
import { grantAccess } from './access.ts';
import { acknowledgeDeadLetterQueueFindings, acknowledgeRightsForObjects } from './acknowledgements.ts';
import { type Artefacts, buildArtefacts } from './artefacts.ts';
import { type Backfill, createBackfill } from './backfill.ts';
import { createUploadsBucket } from './bucket.ts';
import { createFunction, metricsNamespace } from './function.ts';
import { assertValidSettings } from './settings.ts';
import { addTrigger } from './trigger.ts';

/** How messages go from the queue to the function. */
export interface QueueOptions {
  /** Messages in one invocation, 1 to 10,000; more than 10 need a `maxBatchingWindow`. Default: 10. */
  readonly batchSize?: number;
  /** How long a batch waits to be full, up to 5 minutes. Default: not at all. */
  readonly maxBatchingWindow?: Duration;
  /** How many invocations there may be at once, 2 to 1000. Default: as many as the account has. */
  readonly maxConcurrency?: number;
}

/** docs/buckets.md says what each costs. */
export interface ImageClassifierProps {
  /** The bucket whose images are labelled. Default: a new one, encrypted, private, TLS only, kept when the stack goes. */
  readonly bucket?: IBucket;
  /** The bucket's KMS key. Default: the one that `bucket` knows of; a new bucket is encrypted by S3. */
  readonly encryptionKey?: IKey;
  /** Whether the new bucket keeps versions; each labelled image then has two. Default: false. */
  readonly versioned?: boolean;
  /**
   * The name of a model (`efficientnet-lite0`, or what `npm run model` has built), or the path of a model folder.
   * Default: the embedded efficientnet-lite0; for the stack that is deployed, cdk.json says resnet50.
   */
  readonly model?: string;
  /** Default: arm64, which Lambda charges less for. */
  readonly architecture?: Architecture;
  /** MB, 512 to 10,240. Default: 2048; function.ts says why. */
  readonly memorySize?: number;
  /** How long one invocation may take, 10 seconds to 15 minutes. Default: one minute. */
  readonly timeout?: Duration;
  /** Only objects whose key starts so, and rights for no others. Default: all. */
  readonly prefix?: string;
  /** Only objects whose key ends in one of these, with regard to case. Default: all; the format is told by the content. */
  readonly suffixes?: readonly string[];
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
  readonly limits?: { readonly megabytes?: number; readonly megapixels?: number };
  /** Default: one month. */
  readonly logRetention?: RetentionDays;
}

/**
 * Labels the images that are uploaded to a bucket and publishes a prediction event for each.
 *
 * @example
 * const labels = new ImageClassifier(this, 'Labels', { bucket: uploads, prefix: 'photos/' });
 * labels.onImageClassified('ToIndex', { target: new targets.SqsQueue(index) });
 */
export class ImageClassifier extends Construct {
  readonly bucket: IBucket;
  readonly function: LambdaFunction;
  readonly eventBus: IEventBus;
  /** Keeps, for 14 days, the events of images that failed three times (with the trigger `sqs`: five times). */
  readonly deadLetterQueue: Queue;
  readonly backfill: Backfill;
  /** What was built, and how large it is. */
  readonly artefacts: Artefacts;

  /** @throws InvalidSetting, InvalidModel, TooLargeForLambda */
  constructor(scope: Construct, id: string, props: ImageClassifierProps = {}) {
    super(scope, id);
    assertValidSettings(props);
    const { model = 'efficientnet-lite0', architecture = Architecture.ARM_64 } = props;
    const artefacts = buildArtefacts({ arch: architecture.name === 'arm64' ? 'arm64' : 'x64', model });
    this.artefacts = artefacts;

    this.bucket = props.bucket ?? createUploadsBucket(this, props);
    this.eventBus = props.eventBus ?? EventBus.fromEventBusName(this, 'EventBus', 'default');
    this.deadLetterQueue = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.function = createFunction(this, {
      props,
      architecture,
      artefacts,
      deadLetterQueue: this.deadLetterQueue,
    });
    grantAccess(this, props);
    acknowledgeRightsForObjects(this.function.role!, this.bucket, props.prefix);
    addTrigger(this, props);
    if (props.trigger !== 'sqs') acknowledgeDeadLetterQueueFindings(this.deadLetterQueue);
    this.backfill = createBackfill(this);
  }

  /** A rule for the events `Image Classified` of this bucket. */
  onImageClassified(id: string, options?: OnEventOptions): Rule {
    return this.onEvent(id, 'Image Classified', options);
  }

  /** A rule for the events `Image Rejected` of this bucket. */
  onImageRejected(id: string, options?: OnEventOptions): Rule {
    return this.onEvent(id, 'Image Rejected', options);
  }

  /** A rule for the events `Image Skipped` of this bucket: their owners want these images left alone. */
  onImageSkipped(id: string, options?: OnEventOptions): Rule {
    return this.onEvent(id, 'Image Skipped', options);
  }

  /** How many images were classified; by default the sum over 5 minutes. */
  metricImagesClassified(options?: MetricOptions): Metric {
    return this.metric('ImagesClassified', options);
  }

  /** How many uploads were rejected, as no image or too large; by default the sum over 5 minutes. */
  metricImagesRejected(options?: MetricOptions): Metric {
    return this.metric('ImagesRejected', options);
  }

  /** How often an image failed and went back for a retry; by default the sum over 5 minutes. */
  metricFailures(options?: MetricOptions): Metric {
    return this.metric('Failures', options);
  }

  private onEvent(id: string, detailType: string, options: OnEventOptions = {}): Rule {
    const rule = new Rule(this, id, { eventBus: this.eventBus, ...options });
    rule.addEventPattern({
      source: ['bucketlens'],
      detailType: [detailType],
      detail: { bucket: [this.bucket.bucketName] },
    });
    rule.addTarget(options.target);
    return rule;
  }

  private metric(metricName: string, options?: MetricOptions): Metric {
    return new Metric({
      namespace: metricsNamespace,
      metricName,
      dimensionsMap: { service: this.node.path },
      statistic: 'Sum',
      unit: Unit.COUNT,
      ...options,
    });
  }
}
