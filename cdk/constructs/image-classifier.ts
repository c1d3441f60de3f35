/** The construct: labels the images in one or more buckets with a Lambda function. */
import { Annotations, Duration, Stack } from 'aws-cdk-lib';
import type { Dashboard, Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { EventBus, type IEventBus, type OnEventOptions, type Rule } from 'aws-cdk-lib/aws-events';
import { type Alias, Architecture, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { defaultMegabytes } from '../../functions/classify/memory.ts';
import type { GivenLabelRules } from '../../functions/classify/network/label-rules.ts';
import { parseLabelRules, readLabelRules } from '../../functions/classify/network/read-label-rules.ts';
import type { WriteBackMode } from '../../functions/classify/write-back/mode.ts';
import { findHeicDecoder, heicNotice } from '../../functions/heic-decoder.ts';
import { grantAccess } from './access.ts';
import {
  acknowledgeDeadLetterQueueFindings,
  acknowledgeNotificationsHandlerFindings,
  acknowledgeRightsForAll,
  acknowledgeRightsForObjects,
} from './acknowledgements.ts';
import { type Artefacts, buildArtefacts } from './artefacts.ts';
import { allowBackfill, type Backfill, createBackfill } from './backfill.ts';
import { createUploadsBucket } from './bucket.ts';
import type { LabelledBucket } from './classifier.ts';
import { createAlias } from './deployment.ts';
import { createFunction } from './function.ts';
import type { BucketOptions, ImageClassifierProps } from './image-classifier-props.ts';
import { registerLabelled } from './labelled-bucket.ts';
import { type AlarmOptions, type Alarms, createAlarms } from './monitoring/alarms.ts';
import { createDashboard } from './monitoring/dashboard.ts';
import { createPredictionTopic, subscribe } from './monitoring/emails.ts';
import { countOf } from './monitoring/metrics.ts';
import { addPredictionRule, type PredictionTarget, toRuleTarget } from './predictions.ts';
import { assertSettingsFit } from './settings/assert-settings.ts';
import { readAlarmOptions, readBucket, readBucketOptions, readProps } from './settings/read-props.ts';
import { createTrigger } from './trigger.ts';

export type { ImageClassifierProps } from './image-classifier-props.ts';

/**
 * Labels the images that are uploaded to a bucket and publishes a prediction event for each.
 *
 * @example
 * const labels = new ImageClassifier(this, 'Labels', { bucket: uploads, prefix: 'photos/' });
 * labels.onPrediction('ToIndex', index);
 */
export class ImageClassifier extends Construct {
  /** The bucket that was given, or the new one. */
  readonly bucket: IBucket;
  /** The Lambda function that labels images. */
  readonly function: LambdaFunction;
  /** The alias that the triggers invoke, with a `deploymentConfig`. */
  readonly alias: Alias | undefined;
  /** The bus that receives prediction events. */
  readonly eventBus: IEventBus;
  /** Keeps the events of images that failed three times (with the trigger `sqs`: five times) for 14 days. */
  readonly deadLetterQueue: Queue;
  /** The resources for labelling the images that a bucket already holds. */
  readonly backfill: Backfill;
  /** The deployed artefacts and their sizes. */
  readonly artefacts: Artefacts;
  readonly #props: ImageClassifierProps;
  readonly #buckets: LabelledBucket[] = [];
  readonly #connect: (labelled: LabelledBucket) => void;
  #predictionTopic: Topic | undefined;

  /** @throws InvalidSetting, InvalidModel, InvalidLabelRules, HeicDecoderMissing, TooLargeForLambda */
  constructor(scope: Construct, id: string, givenProps: ImageClassifierProps = {}) {
    super(scope, id);
    const props = readProps(this, givenProps);
    assertSettingsFit(props);
    this.#props = props;
    const { model = 'efficientnet-lite0' } = props;
    const architecture = this.#architecture;
    const heic = props.heic ? findHeicDecoder() : undefined;
    if (heic) Annotations.of(this).addInfo(heicNotice(heic));
    this.artefacts = buildArtefacts({
      arch: architecture.name === 'arm64' ? 'arm64' : 'x64',
      model,
      labelRules: givenLabelRules(props),
      ...(heic && { heic }),
    });

    this.eventBus = props.eventBus ?? EventBus.fromEventBusName(this, 'EventBus', 'default');
    this.deadLetterQueue = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    if (props.trigger !== 'sqs') acknowledgeDeadLetterQueueFindings(this.deadLetterQueue);
    this.function = createFunction(this, {
      props,
      architecture,
      artefacts: this.artefacts,
      deadLetterQueue: this.deadLetterQueue,
    });
    if (props.tracing || props.vpc) acknowledgeRightsForAll(this.function.role!);
    this.eventBus.grantPutEventsTo(this.function);
    this.alias = props.deploymentConfig && createAlias(this, props.deploymentConfig);
    this.backfill = createBackfill(this, props);
    this.#connect = createTrigger(this, props);

    this.bucket = props.bucket ?? createUploadsBucket(this, props);
    this.#addBucket(this.bucket, props);
  }

  /** The labelled buckets, in the order in which they were added. */
  get buckets(): readonly LabelledBucket[] {
    return this.#buckets;
  }

  /**
   * Labels the images of one more bucket, or of another prefix, with the same function.
   *
   * @throws InvalidSetting
   */
  addBucket(bucket: IBucket, options: BucketOptions = {}): void {
    const number = this.#buckets.length + 1;
    this.#addBucket(
      readBucket(this, `Bucket${number}`, bucket),
      readBucketOptions(this, `Key${number}`, options),
    );
  }

  #addBucket(bucket: IBucket, { prefix, suffixes, encryptionKey }: BucketOptions): void {
    const labelled = {
      bucket,
      ...(prefix !== undefined && { prefix }),
      ...(suffixes !== undefined && { suffixes }),
      ...(encryptionKey !== undefined && { encryptionKey }),
    };
    registerLabelled(this, labelled, this.#props);
    this.#buckets.push(labelled);
    grantAccess(this, labelled, this.#writeBackModes);
    acknowledgeRightsForObjects(this.function.role!, bucket, prefix);
    allowBackfill(this.backfill, bucket);
    this.#connect(labelled);
    acknowledgeNotificationsHandlerFindings(Stack.of(bucket));
  }

  /**
   * Sends the events `Image Classified` to a queue, a function, a topic or any other rule target. Images that are rejected
   * or skipped have no predictions; see `onImageRejected` and `onImageSkipped`.
   */
  onPrediction(id: string, target: PredictionTarget): Rule {
    return this.onImageClassified(id, { target: toRuleTarget(target) });
  }

  /**
   * Sends an e-mail for each image that is classified or rejected, once the address has confirmed the subscription.
   *
   * @throws InvalidSetting
   */
  notifyEmail(address: string): void {
    this.#predictionTopic ??= createPredictionTopic(this);
    subscribe(this.#predictionTopic, address);
  }

  /** Adds a rule for the events `Image Classified` of this classifier. */
  onImageClassified(id: string, options?: OnEventOptions): Rule {
    return addPredictionRule(this, id, 'Image Classified', options);
  }

  /** Adds a rule for the events `Image Rejected` of this classifier. */
  onImageRejected(id: string, options?: OnEventOptions): Rule {
    return addPredictionRule(this, id, 'Image Rejected', options);
  }

  /** Adds a rule for the events `Image Skipped` of this classifier: images tagged `labels=skip`. */
  onImageSkipped(id: string, options?: OnEventOptions): Rule {
    return addPredictionRule(this, id, 'Image Skipped', options);
  }

  /**
   * Adds alarms for dead letters, failures, throttles and invocations near their timeout; see docs/operations.md.
   *
   * @throws InvalidSetting
   */
  addAlarms(options: AlarmOptions = {}): Alarms {
    return createAlarms(this, readAlarmOptions(this, options));
  }

  /** Adds a dashboard of uploads, labels, durations, failures and cost. */
  addDashboard(): Dashboard {
    const { memorySize = defaultMegabytes } = this.#props;
    return createDashboard(this, {
      architecture: this.#architecture,
      memorySize,
      writeBackModes: this.#writeBackModes,
    });
  }

  /** The number of classified images. Default: the sum over 5 minutes. */
  metricImagesClassified(options?: MetricOptions): Metric {
    return countOf(this, 'ImagesClassified', options);
  }

  /** The number of rejected uploads (not an image, or too large). Default: the sum over 5 minutes. */
  metricImagesRejected(options?: MetricOptions): Metric {
    return countOf(this, 'ImagesRejected', options);
  }

  /** The number of images skipped at their owners' request. Default: the sum over 5 minutes. */
  metricImagesSkipped(options?: MetricOptions): Metric {
    return countOf(this, 'ImagesSkipped', options);
  }

  /** The number of failures that are retried. Default: the sum over 5 minutes. */
  metricFailures(options?: MetricOptions): Metric {
    return countOf(this, 'Failures', options);
  }

  get #architecture(): Architecture {
    return this.#props.architecture ?? Architecture.ARM_64;
  }

  get #writeBackModes(): readonly WriteBackMode[] {
    const { writeBack = ['metadata'] } = this.#props;
    return writeBack === 'none' ? [] : writeBack;
  }
}

/** @throws InvalidLabelRules */
function givenLabelRules({ labelRules }: ImageClassifierProps): GivenLabelRules | undefined {
  if (labelRules === undefined) return undefined;
  return typeof labelRules === 'string'
    ? readLabelRules(labelRules)
    : parseLabelRules(labelRules, 'labelRules');
}
