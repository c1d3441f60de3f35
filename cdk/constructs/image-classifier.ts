/** The construct: buckets whose uploads are labelled by a Lambda function. Use it in a stack of your own. */

import { Duration } from 'aws-cdk-lib';
import type { Dashboard, Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { EventBus, type IEventBus, type OnEventOptions, type Rule } from 'aws-cdk-lib/aws-events';
import { Architecture, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { defaultMegabytes } from '../../functions/classify/memory.ts';
import type { WriteBackMode } from '../../functions/classify/write-back/mode.ts';
import { grantAccess } from './access.ts';
import {
  acknowledgeDeadLetterQueueFindings,
  acknowledgeRightsForObjects,
  acknowledgeTracingFindings,
} from './acknowledgements.ts';
import { type Artefacts, buildArtefacts } from './artefacts.ts';
import { allowBackfill, type Backfill, createBackfill } from './backfill.ts';
import { createUploadsBucket } from './bucket.ts';
import type { LabelledBucket } from './classifier.ts';
import { createFunction } from './function.ts';
import type { BucketOptions, ImageClassifierProps } from './image-classifier-props.ts';
import { assertLabelled } from './labelled-bucket.ts';
import { type AlarmOptions, type Alarms, createAlarms } from './monitoring/alarms.ts';
import { createDashboard } from './monitoring/dashboard.ts';
import { createPredictionTopic, subscribe } from './monitoring/emails.ts';
import { countOf } from './monitoring/metrics.ts';
import { addPredictionRule, type PredictionTarget, toRuleTarget } from './predictions.ts';
import { assertValidSettings } from './settings.ts';
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
  /** The one that labels. */
  readonly function: LambdaFunction;
  /** Where prediction events go. */
  readonly eventBus: IEventBus;
  /** Keeps, for 14 days, the events of images that failed three times (with the trigger `sqs`: five times). */
  readonly deadLetterQueue: Queue;
  /** For the images that are in a bucket already. */
  readonly backfill: Backfill;
  /** What was built, and how large it is. */
  readonly artefacts: Artefacts;
  readonly #props: ImageClassifierProps;
  readonly #buckets: LabelledBucket[] = [];
  readonly #connect: (labelled: LabelledBucket) => void;
  #predictionTopic: Topic | undefined;

  /** @throws InvalidSetting, InvalidModel, TooLargeForLambda */
  constructor(scope: Construct, id: string, props: ImageClassifierProps = {}) {
    super(scope, id);
    assertValidSettings(props);
    this.#props = props;
    const { model = 'efficientnet-lite0' } = props;
    const architecture = this.#architecture;
    this.artefacts = buildArtefacts({ arch: architecture.name === 'arm64' ? 'arm64' : 'x64', model });

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
    if (props.tracing) acknowledgeTracingFindings(this.function.role!);
    this.eventBus.grantPutEventsTo(this.function);
    this.backfill = createBackfill(this, props);
    this.#connect = createTrigger(this, props);

    this.bucket = props.bucket ?? createUploadsBucket(this, props);
    this.addBucket(this.bucket, props);
  }

  /** All that are labelled, the first one first. */
  get buckets(): readonly LabelledBucket[] {
    return this.#buckets;
  }

  /**
   * Labels the images of one more bucket, or of another prefix, by the same function.
   *
   * @throws InvalidSetting
   */
  addBucket(bucket: IBucket, options: BucketOptions = {}): void {
    const labelled = { ...options, bucket };
    assertLabelled(this, labelled, this.#props.trigger);
    this.#buckets.push(labelled);
    grantAccess(this, labelled, this.#writeBackModes);
    acknowledgeRightsForObjects(this.function.role!, bucket, options.prefix);
    allowBackfill(this.backfill, bucket);
    this.#connect(labelled);
  }

  /**
   * Sends the events `Image Classified` to a queue, a function, a topic or any other rule target. Images that are rejected
   * or skipped have no predictions: `onImageRejected` and `onImageSkipped` tell of them.
   */
  onPrediction(id: string, target: PredictionTarget): Rule {
    return this.onImageClassified(id, { target: toRuleTarget(target) });
  }

  /**
   * Sends an e-mail for each image that is classified or rejected, once the address has consented.
   *
   * @throws InvalidSetting
   */
  notifyEmail(address: string): void {
    this.#predictionTopic ??= createPredictionTopic(this);
    subscribe(this.#predictionTopic, address);
  }

  /** A rule for the events `Image Classified` of this classifier. */
  onImageClassified(id: string, options?: OnEventOptions): Rule {
    return addPredictionRule(this, id, 'Image Classified', options);
  }

  /** A rule for the events `Image Rejected` of this classifier. */
  onImageRejected(id: string, options?: OnEventOptions): Rule {
    return addPredictionRule(this, id, 'Image Rejected', options);
  }

  /** A rule for the events `Image Skipped` of this classifier: their owners want these images left alone. */
  onImageSkipped(id: string, options?: OnEventOptions): Rule {
    return addPredictionRule(this, id, 'Image Skipped', options);
  }

  /**
   * Alarms for dead letters, failures, throttles and invocations near their timeout; docs/operations.md has what to do.
   *
   * @throws InvalidSetting
   */
  addAlarms(options: AlarmOptions = {}): Alarms {
    return createAlarms(this, options);
  }

  /** What came in, what was seen, how long each step took, what failed and what it cost. */
  addDashboard(): Dashboard {
    const { memorySize = defaultMegabytes } = this.#props;
    return createDashboard(this, {
      architecture: this.#architecture,
      memorySize,
      writeBackModes: this.#writeBackModes,
    });
  }

  /** How many images were classified; by default the sum over 5 minutes. */
  metricImagesClassified(options?: MetricOptions): Metric {
    return countOf(this, 'ImagesClassified', options);
  }

  /** How many uploads were rejected, as no image or too large; by default the sum over 5 minutes. */
  metricImagesRejected(options?: MetricOptions): Metric {
    return countOf(this, 'ImagesRejected', options);
  }

  /** How many images were left alone, as their owners want it; by default the sum over 5 minutes. */
  metricImagesSkipped(options?: MetricOptions): Metric {
    return countOf(this, 'ImagesSkipped', options);
  }

  /** How often an image failed and went back for a retry; by default the sum over 5 minutes. */
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
