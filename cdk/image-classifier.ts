/** The construct: a bucket whose uploads are labelled by a Lambda function. Use it in a stack of your own. */
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Metric, type MetricOptions, Unit } from 'aws-cdk-lib/aws-cloudwatch';
import { EventBus, type IEventBus, type OnEventOptions, Rule } from 'aws-cdk-lib/aws-events';
import { Architecture, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  EventType,
  type IBucket,
  type NotificationKeyFilter,
} from 'aws-cdk-lib/aws-s3';
import { LambdaDestination } from 'aws-cdk-lib/aws-s3-notifications';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { grantAccess } from './access.ts';
import { acknowledgeBucketFindings, acknowledgeFindings } from './acknowledgements.ts';
import { type Artefacts, buildArtefacts } from './artefacts.ts';
import { createFunction, metricsNamespace } from './function.ts';
import { assertValidSettings } from './settings.ts';

export interface ImageClassifierProps {
  /** The bucket whose images are labelled. Default: a new one, encrypted, private, TLS only, kept when the stack goes. */
  readonly bucket?: IBucket;
  /** Whether the new bucket keeps versions; each labelled image then has two. Default: false. */
  readonly versioned?: boolean;
  /** The name of a model (`efficientnet-lite0`, or what `npm run model` has built), or the path of a model folder. */
  readonly model?: string;
  /** Default: arm64, which costs a fifth less. */
  readonly architecture?: Architecture;
  /** MB, 512 to 10,240. Default: 2048; function.ts says why. */
  readonly memorySize?: number;
  /** Only objects whose key starts so, and rights for no others. Default: all. */
  readonly prefix?: string;
  /** Only objects whose key ends in one of these, with regard to case. Default: all; the format is told by the content. */
  readonly suffixes?: readonly string[];
  /** Where labels go besides the prediction event. Default: `metadata`, the object's user metadata. */
  readonly writeBack?: 'metadata' | 'none';
  /** What the metadata keys start with. Default: `labels` (`x-amz-meta-labels`, `x-amz-meta-labels-model`, …). */
  readonly metadataPrefix?: string;
  /** How many labels an image gets at most, 1 to 1000. Default: the model's own. */
  readonly topK?: number;
  /** The least probability of a label, 0 to 1. Default: the model's own. */
  readonly minScore?: number;
  /** Where prediction events go. Default: the account's default bus. */
  readonly eventBus?: IEventBus;
  /** Larger images are rejected unread. Default: 50 MB, and the megapixels that fit in the memory, 100 at most. */
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
  /** Keeps, for 14 days, the events of images that failed three times. */
  readonly deadLetterQueue: Queue;
  /** What was built, and how large it is. */
  readonly artefacts: Artefacts;

  /** @throws InvalidSetting, InvalidModel, TooLargeForLambda */
  constructor(scope: Construct, id: string, props: ImageClassifierProps = {}) {
    super(scope, id);
    assertValidSettings(props);
    const { model = 'efficientnet-lite0', architecture = Architecture.ARM_64, prefix, suffixes = [] } = props;
    const artefacts = buildArtefacts({ arch: architecture.name === 'arm64' ? 'arm64' : 'x64', model });
    this.artefacts = artefacts;

    this.bucket = props.bucket ?? this.createBucket(props.versioned ?? false);
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

    for (const filter of keyFilters(prefix, suffixes)) {
      this.bucket.addEventNotification(
        EventType.OBJECT_CREATED,
        new LambdaDestination(this.function),
        ...filter,
      );
    }
    acknowledgeFindings(this, prefix);
  }

  /** A rule for the events `Image Classified` of this bucket. */
  onImageClassified(id: string, options?: OnEventOptions): Rule {
    return this.onEvent(id, 'Image Classified', options);
  }

  /** A rule for the events `Image Rejected` of this bucket. */
  onImageRejected(id: string, options?: OnEventOptions): Rule {
    return this.onEvent(id, 'Image Rejected', options);
  }

  /** How many images were classified; by default the sum over 5 minutes. */
  metricImagesClassified(options?: MetricOptions): Metric {
    return this.metric('ImagesClassified', options);
  }

  /** How many uploads were rejected, as no image or too large; by default the sum over 5 minutes. */
  metricImagesRejected(options?: MetricOptions): Metric {
    return this.metric('ImagesRejected', options);
  }

  private createBucket(versioned: boolean): IBucket {
    const bucket = new Bucket(this, 'Bucket', {
      versioned,
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    acknowledgeBucketFindings(bucket);
    // CDK's own types do not agree under exactOptionalPropertyTypes.
    return bucket as IBucket;
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

/** The filter of each notification: S3 takes a single suffix in each, and no empty filter. */
const keyFilters = (prefix: string | undefined, suffixes: readonly string[]): NotificationKeyFilter[][] => {
  const start = prefix === undefined ? {} : { prefix };
  if (suffixes.length > 0) return suffixes.map((suffix) => [{ ...start, suffix }]);
  return prefix === undefined ? [[]] : [[start]];
};
