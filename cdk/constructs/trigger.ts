/** What sets the function to work: S3's notifications, straight or through a queue, or an EventBridge rule. */
import { Annotations, Duration, Resource, Stack, Token } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import {
  BucketNotificationDestinationType,
  EventType,
  type IBucketNotificationDestination,
  type NotificationKeyFilter,
} from 'aws-cdk-lib/aws-s3';
import { LambdaDestination } from 'aws-cdk-lib/aws-s3-notifications';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Classifier, LabelledBucket } from './classifier.ts';
import type { BucketOptions, ImageClassifierProps } from './image-classifier-props.ts';

/** What is to be called for each bucket. */
export function createTrigger(
  classifier: Classifier,
  props: ImageClassifierProps,
): (labelled: LabelledBucket) => void {
  const { trigger = 's3', copies = true } = props;
  if (trigger === 'eventbridge') return (labelled) => addRule(classifier, labelled, copies);
  const destination =
    trigger === 's3'
      ? new LambdaDestination(classifier.function)
      : queueDestination(createQueue(classifier, props));
  return (labelled) => notify(destination, labelled, copies);
}

function notify(
  destination: IBucketNotificationDestination,
  { bucket, ...options }: LabelledBucket,
  copies: boolean,
): void {
  for (const event of copies ? [EventType.OBJECT_CREATED] : uploadEvents) {
    for (const filter of keyFilters(options)) bucket.addEventNotification(event, destination, ...filter);
  }
}

const uploadEvents = [
  EventType.OBJECT_CREATED_PUT,
  EventType.OBJECT_CREATED_POST,
  EventType.OBJECT_CREATED_COMPLETE_MULTIPART_UPLOAD,
];

/** The filter of each notification: S3 takes a single suffix in each, and no empty filter. */
function keyFilters({ prefix, suffixes = [] }: BucketOptions): NotificationKeyFilter[][] {
  const start = prefix === undefined ? {} : { prefix };
  if (suffixes.length > 0) return suffixes.map((suffix) => [{ ...start, suffix }]);
  return prefix === undefined ? [[]] : [[start]];
}

/** A queue that hands its messages to the function. */
function createQueue(
  classifier: Classifier,
  { queue: options = {}, reservedConcurrency }: ImageClassifierProps,
): Queue {
  const {
    batchSize = 10,
    maxBatchingWindow = Duration.seconds(0),
    maxConcurrency = withinReserved(reservedConcurrency),
  } = options;
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
}

/** What the function may not take at once would be received in vain, five times, and given up. */
function withinReserved(reservedConcurrency: number | undefined): number | undefined {
  return reservedConcurrency === undefined || Token.isUnresolved(reservedConcurrency)
    ? reservedConcurrency
    : Math.min(reservedConcurrency, 1000);
}

/** CDK's own asks for no account: whoever gets the name of a deleted bucket could send here. */
function queueDestination(queue: Queue): IBucketNotificationDestination {
  return {
    bind: (_scope, bucket) => {
      queue.grantSendMessages(
        new ServicePrincipal('s3.amazonaws.com', {
          conditions: {
            ArnLike: { 'aws:SourceArn': bucket.bucketRef.bucketArn },
            StringEquals: { 'aws:SourceAccount': Stack.of(queue).account },
          },
        }),
      );
      return { type: BucketNotificationDestinationType.QUEUE, arn: queue.queueArn, dependencies: [queue] };
    },
  };
}

/** Events of S3 are on the default bus of the bucket's account and region, as soon as the bucket sends them there. */
function addRule(classifier: Classifier, { bucket, ...options }: LabelledBucket, copies: boolean): void {
  const keys = keyPatterns(options);
  const number = classifier.buckets.length;
  new Rule(classifier, number > 1 ? `UploadsRule${number}` : 'UploadsRule', {
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
        deadLetterQueue: classifier.deadLetterQueue,
        // For as long and as often as EventBridge ever tries to reach a function.
        maxEventAge: Duration.hours(24),
        retryAttempts: 185,
      }),
    ],
  });

  if (Resource.isOwnedResource(bucket)) bucket.enableEventBridgeNotification();
  else Annotations.of(bucket).addInfoV2('bucketlens:eventBridge', eventBridgeNotice);
}

const eventBridgeNotice =
  'The bucket has to send its events to EventBridge (eventBridgeEnabled: true where it is made); nothing is labelled until it does';

/** One of these must match a key; labelled-bucket.ts lets no `*` through that would be a wildcard here. */
function keyPatterns({ prefix, suffixes = [] }: BucketOptions): object[] {
  if (suffixes.length === 0) return prefix === undefined ? [] : [{ prefix }];
  return suffixes.map((suffix) => (prefix === undefined ? { suffix } : { wildcard: `${prefix}*${suffix}` }));
}
