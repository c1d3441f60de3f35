/** Triggers of the function: S3 notifications, direct, through a queue or through a topic, or an EventBridge rule. */
import { Annotations, Duration, Resource, Stack, Token } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import {
  BucketNotificationDestinationType,
  EventType,
  type IBucket,
  type IBucketNotificationDestination,
  type NotificationKeyFilter,
} from 'aws-cdk-lib/aws-s3';
import { LambdaDestination } from 'aws-cdk-lib/aws-s3-notifications';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { type Classifier, invokedBy, type LabelledBucket } from './classifier.ts';
import type { BucketOptions, ImageClassifierProps } from './image-classifier-props.ts';
import { encodeKeyPart } from './key-encoding.ts';
import { subscribeTo } from './topic-trigger.ts';

/** Creates the trigger. The function it returns connects one bucket to it. */
export function createTrigger(
  classifier: Classifier,
  props: ImageClassifierProps,
): (labelled: LabelledBucket) => void {
  const { trigger = 's3', copies = true } = props;
  if (trigger === 'eventbridge') return (labelled) => addRule(classifier, labelled, copies);
  if (trigger === 'sns') return subscribeTo(props.topic!, classifier, copies);
  if (trigger === 'sqs') {
    const queue = createQueue(classifier, props);
    return (labelled) => notify(queueDestination(queue, labelled.bucket), labelled, copies);
  }
  const destination = new LambdaDestination(invokedBy(classifier));
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

/** The filters of the notifications: S3 accepts one suffix in each, and no empty filter. */
function keyFilters({ prefix, suffixes = [] }: BucketOptions): NotificationKeyFilter[][] {
  const start = prefix === undefined ? {} : { prefix: encodeKeyPart(prefix) };
  if (suffixes.length > 0) return suffixes.map((suffix) => [{ ...start, suffix: encodeKeyPart(suffix) }]);
  return prefix === undefined ? [[]] : [[start]];
}

/** Creates a queue whose messages the function receives. */
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
    // A dead letter keeps its age: a message that fails on the last day still has a week in the dead-letter queue.
    retentionPeriod: Duration.days(7),
    // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html: six timeouts and the window.
    visibilityTimeout: Duration.seconds(6 * timeoutSeconds + maxBatchingWindow.toSeconds()),
    deadLetterQueue: { queue: classifier.deadLetterQueue, maxReceiveCount: 5 },
  });
  invokedBy(classifier).addEventSource(
    new SqsEventSource(queue, {
      batchSize,
      maxBatchingWindow,
      ...(maxConcurrency !== undefined && { maxConcurrency }),
      reportBatchItemFailures: true,
    }),
  );
  return queue;
}

/** Beyond the reserved concurrency, messages would be throttled five times and end in the dead-letter queue. */
function withinReserved(reservedConcurrency: number | undefined): number | undefined {
  return reservedConcurrency === undefined || Token.isUnresolved(reservedConcurrency)
    ? reservedConcurrency
    : Math.min(reservedConcurrency, 1000);
}

/** Unlike the CDK's SqsDestination, checks the account: a deleted bucket's name can be taken over by a stranger. */
function queueDestination(queue: Queue, { bucketArn }: IBucket): IBucketNotificationDestination {
  return {
    bind: () => {
      queue.grantSendMessages(
        new ServicePrincipal('s3.amazonaws.com', {
          conditions: {
            ArnLike: { 'aws:SourceArn': bucketArn },
            StringEquals: { 'aws:SourceAccount': Stack.of(queue).account },
          },
        }),
      );
      return { type: BucketNotificationDestinationType.QUEUE, arn: queue.queueArn, dependencies: [queue] };
    },
  };
}

/** S3 sends its events to the default bus of the bucket's account and region, once the bucket enables that. */
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
      new LambdaFunction(invokedBy(classifier), {
        deadLetterQueue: classifier.deadLetterQueue,
        // The maximum of EventBridge.
        maxEventAge: Duration.hours(24),
        retryAttempts: 185,
      }),
    ],
  });

  if (Resource.isOwnedResource(bucket)) bucket.enableEventBridgeNotification();
  else Annotations.of(bucket).addInfo(eventBridgeNotice);
}

const eventBridgeNotice =
  'The bucket has to send its events to EventBridge (eventBridgeEnabled: true where it is defined); nothing is labelled until it does';

/** Patterns of which one must match a key. Neither part contains `*` or `\`, which have a meaning in wildcards. */
function keyPatterns({ prefix, suffixes = [] }: BucketOptions): object[] {
  if (suffixes.length === 0) return prefix === undefined ? [] : [{ prefix }];
  return suffixes.map((suffix) => (prefix === undefined ? { suffix } : { wildcard: `${prefix}*${suffix}` }));
}
