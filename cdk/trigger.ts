/** What sets the function to work: S3's notifications, straight or through a queue, or an EventBridge rule. */
import { Annotations, Duration } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import {
  EventType,
  type IBucketNotificationDestination,
  type NotificationKeyFilter,
} from 'aws-cdk-lib/aws-s3';
import { LambdaDestination, SqsDestination } from 'aws-cdk-lib/aws-s3-notifications';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { ImageClassifier, ImageClassifierProps } from './image-classifier.ts';

export const addTrigger = (classifier: ImageClassifier, props: ImageClassifierProps): void => {
  const { trigger = 's3' } = props;
  if (trigger === 's3') notify(classifier, new LambdaDestination(classifier.function), props);
  if (trigger === 'sqs') notify(classifier, new SqsDestination(createQueue(classifier, props)), props);
  if (trigger === 'eventbridge') addRule(classifier, props);
};

const notify = (
  { bucket }: ImageClassifier,
  destination: IBucketNotificationDestination,
  { prefix, suffixes = [], copies = true }: ImageClassifierProps,
): void => {
  for (const event of copies ? [EventType.OBJECT_CREATED] : uploadEvents) {
    for (const filter of keyFilters(prefix, suffixes)) {
      bucket.addEventNotification(event, destination, ...filter);
    }
  }
};

const uploadEvents = [
  EventType.OBJECT_CREATED_PUT,
  EventType.OBJECT_CREATED_POST,
  EventType.OBJECT_CREATED_COMPLETE_MULTIPART_UPLOAD,
];

/** The filter of each notification: S3 takes a single suffix in each, and no empty filter. */
const keyFilters = (prefix: string | undefined, suffixes: readonly string[]): NotificationKeyFilter[][] => {
  const start = prefix === undefined ? {} : { prefix };
  if (suffixes.length > 0) return suffixes.map((suffix) => [{ ...start, suffix }]);
  return prefix === undefined ? [[]] : [[start]];
};

/** A queue that hands its messages to the function. */
const createQueue = (classifier: ImageClassifier, { queue: options = {} }: ImageClassifierProps): Queue => {
  const { batchSize = 10, maxBatchingWindow = Duration.seconds(0), maxConcurrency } = options;
  const timeoutSeconds = classifier.function.timeout!.toSeconds();
  const queue = new Queue(classifier, 'UploadsQueue', {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    // A dead letter keeps its age: what fails on the last day still has a week in the dead-letter queue.
    retentionPeriod: Duration.days(7),
    // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html: six timeouts and the window.
    visibilityTimeout: Duration.seconds(6 * timeoutSeconds + maxBatchingWindow.toSeconds()),
    deadLetterQueue: { queue: classifier.deadLetterQueue, maxReceiveCount: 5 },
  });
  classifier.function.addEventSource(
    new SqsEventSource(queue, {
      batchSize,
      maxBatchingWindow,
      ...(maxConcurrency !== undefined && { maxConcurrency }),
      reportBatchItemFailures: true,
    }),
  );
  return queue;
};

/** Events of S3 are on the default bus of the bucket's account and region, as soon as the bucket sends them there. */
const addRule = (classifier: ImageClassifier, props: ImageClassifierProps): void => {
  const { bucket, deadLetterQueue } = classifier;
  const { prefix, suffixes = [], copies = true } = props;
  const keys = keyPatterns(prefix, suffixes);
  new Rule(classifier, 'UploadsRule', {
    eventPattern: {
      source: ['aws.s3'],
      detailType: ['Object Created'],
      detail: {
        bucket: { name: [bucket.bucketName] },
        ...(keys.length > 0 && { object: { key: keys } }),
        ...(!copies && { reason: ['PutObject', 'POST Object', 'CompleteMultipartUpload'] }),
      },
    },
    targets: [
      new LambdaFunction(classifier.function, {
        deadLetterQueue,
        // For as long and as often as EventBridge ever tries to reach a function.
        maxEventAge: Duration.hours(24),
        retryAttempts: 185,
      }),
    ],
  });

  if (props.bucket) Annotations.of(classifier).addInfoV2('bucketlens:eventBridge', eventBridgeNotice);
  else bucket.enableEventBridgeNotification();
};

const eventBridgeNotice =
  'The bucket has to send its events to EventBridge (eventBridgeEnabled: true where it is made); nothing is labelled until it does';

/** One of these must match a key; settings.ts lets no `*` through that would be a wildcard here. */
const keyPatterns = (prefix: string | undefined, suffixes: readonly string[]): object[] => {
  if (suffixes.length === 0) return prefix === undefined ? [] : [{ prefix }];
  return suffixes.map((suffix) => (prefix === undefined ? { suffix } : { wildcard: `${prefix}*${suffix}` }));
};
