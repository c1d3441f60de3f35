/**
 * Handles one invocation: labels every image in the event and returns the response its source expects, naming failures so
 * that they are retried.
 */
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse } from 'aws-lambda';
import { EventNotPublished, type JobAnswer, type TaskResult, toFailure, toResult } from './batch-answer.ts';
import type { Clients } from './clients.ts';
import type { Config } from './config.ts';
import type { Job } from './event/batch-job.ts';
import type { IgnoredRecord } from './event/event-content.ts';
import type { ImageRef } from './event/image-ref.ts';
import { type Invocation, parseEvent } from './event/invocation.ts';
import type { Message } from './event/message.ts';
import { isFolder } from './event/s3-event.ts';
import { type LabelImageContext, labelImage, type Outcome } from './label-image.ts';
import type { Classifier } from './network/classifier.ts';
import { publish } from './publish/publish.ts';
import { flushMetrics, reportFailure, reportIgnored, reportOutcome, reportStart } from './report.ts';
import { createDeadline } from './time/deadline.ts';

export interface Services extends Clients {
  readonly config: Config;
  readonly classifier: Promise<Classifier>;
}

/** The parts of Lambda's context that are used; outside Lambda, a function has no ARN. */
export type LambdaContext = Pick<Context, 'awsRequestId' | 'getRemainingTimeInMillis'> &
  Partial<Pick<Context, 'invokedFunctionArn'>>;

export type InvocationResponse = Outcome['status'][] | SQSBatchResponse | JobAnswer;

/**
 * Labels the images of an event and publishes an event for each outcome.
 *
 * @param event any that `parseEvent` reads.
 * @returns For S3, SNS, EventBridge and direct requests the outcome of each image, in order; for SQS the messages that
 * failed; for S3 Batch Operations the result of each task.
 * @throws For S3, SNS, EventBridge and direct requests: errors that a retry may resolve, after every image has been tried
 * and the events of the others are published.
 */
export async function respond(
  event: unknown,
  lambda: LambdaContext,
  services: Services,
): Promise<InvocationResponse> {
  reportStart(services.config.functionName);
  const context = {
    ...services,
    requestId: lambda.awsRequestId,
    // Without an alias or version at the end: EventBridge rules match the function by its unqualified ARN.
    functionArn: lambda.invokedFunctionArn?.split(':').slice(0, 7).join(':'),
    deadline: createDeadline(() => lambda.getRemainingTimeInMillis()),
    skipLabelled: false,
  };
  try {
    const invocation = parseOrReport(event, context.requestId);
    switch (invocation.from) {
      case 'event':
        return (await labelAll(invocation, context)).map(({ status }) => status);
      case 'sqs':
        return await answerQueue(invocation.messages, context);
      case 'batch-operations':
        return await answerJob(invocation, { ...context, skipLabelled: !invocation.force });
    }
  } finally {
    flushMetrics();
  }
}

type RespondContext = Services & LabelImageContext & { readonly functionArn: string | undefined };

function parseOrReport(event: unknown, requestId: string): Invocation {
  try {
    return parseEvent(event);
  } catch (error) {
    reportFailure(error, { requestId });
    throw error;
  }
}

/** Labels one message after another: the memory is sized for one image at a time. */
function answerQueue(messages: readonly Message[], context: RespondContext): Promise<SQSBatchResponse> {
  return processPartialResponse(
    { Records: [...messages] },
    (message: Message) => labelAll(message, context, { messageId: message.messageId }),
    new BatchProcessor(EventType.SQS),
    { processInParallel: false, throwOnFullBatchFailure: false },
  );
}

async function answerJob(
  { invocationSchemaVersion, invocationId, tasks }: Job,
  context: RespondContext,
): Promise<JobAnswer> {
  const results: TaskResult[] = [];
  for (const task of tasks) {
    try {
      const [outcome] = await labelAll(task, context, { taskId: task.taskId });
      results.push(toResult(task.taskId, outcome));
    } catch (error) {
      results.push(toFailure(task.taskId, error));
    }
  }
  return { invocationSchemaVersion, invocationId, treatMissingKeysAs: 'TemporaryFailure', results };
}

interface ReadContent {
  /** The error, if they cannot be read. */
  readonly images: readonly ImageRef[] | Error;
  readonly ignored: readonly IgnoredRecord[];
}

/**
 * Tries every image and publishes all outcomes before it throws any error.
 *
 * @param carrier identifies the message or task in the log.
 */
async function labelAll(
  { images, ignored }: ReadContent,
  context: RespondContext,
  carrier: Readonly<Record<string, string>> = {},
): Promise<Outcome[]> {
  const { requestId, eventBridge, config, deadline, functionArn, skipLabelled } = context;
  const logged = { requestId, ...carrier };
  const outcomes: Outcome[] = [];
  const errors: unknown[] = [];
  const fail = (error: unknown, { bucket, key }: Partial<ImageRef> = {}) => {
    errors.push(error);
    reportFailure(error, { ...logged, ...(bucket && key && { bucket, objectKey: key }) });
  };
  for (const record of ignored) reportIgnored(record, logged);
  if (images instanceof Error) fail(images);
  for (const ref of images instanceof Error ? [] : images) {
    try {
      const outcome = await labelImage(ref, context);
      if (isFolder(ref.key, sizeOf(outcome))) {
        reportIgnored({ reason: 'folder', bucket: ref.bucket, key: ref.key }, logged);
        continue;
      }
      outcomes.push(outcome);
      reportOutcome(ref, outcome, logged);
      if (outcome.status === 'classified' && outcome.writeBackError) fail(outcome.writeBackError, ref);
    } catch (error) {
      fail(error, ref);
    }
  }
  const events = outcomes.flatMap((outcome) => ('event' in outcome ? [outcome.event] : []));
  await publish(eventBridge, config.eventBus, events, deadline.publishSignal, functionArn).catch((error) => {
    const isLost = skipLabelled && outcomes.some((outcome) => mayHaveMark(outcome, config));
    fail(isLost ? new EventNotPublished(error) : error);
  });
  if (errors.length > 1) throw new AggregateError(errors, errors.map(String).join('; '));
  if (errors.length === 1) throw errors[0];
  return outcomes;
}

/** Bytes of the object, unless it was not read. */
function sizeOf(outcome: Outcome): number | undefined {
  return 'event' in outcome ? outcome.event.detail.size : undefined;
}

/** True if a later run can find the mark in the metadata: `too-large` may be about tags or an annotation. */
function mayHaveMark(outcome: Outcome, { writeBack }: Config): boolean {
  return (
    outcome.status === 'classified' &&
    writeBack.includes('metadata') &&
    ['written', 'too-large'].includes(outcome.event.detail.writeBack)
  );
}
