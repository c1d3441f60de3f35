/** An event in, and out the answer that its sender understands: what failed is named, so that it comes again. */
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse } from 'aws-lambda';
import { type JobAnswer, type TaskResult, toFailure, toResult } from './batch-answer.ts';
import type { Clients } from './clients.ts';
import type { Config } from './config.ts';
import type { Job } from './event/batch-job.ts';
import type { ImageRef } from './event/image-ref.ts';
import { type Invocation, parseEvent } from './event/invocation.ts';
import type { Message } from './event/message.ts';
import { type LabelImageContext, labelImage, type Outcome } from './label-image.ts';
import type { Classifier } from './network/classifier.ts';
import { publish } from './publish/publish.ts';
import { flushMetrics, reportFailure, reportOutcome, reportStart } from './report.ts';
import { createDeadline } from './time/deadline.ts';

export interface Services extends Clients {
  readonly config: Config;
  readonly classifier: Promise<Classifier>;
}

/** What Lambda says of an invocation; off Lambda, a function has no ARN. */
export type LambdaContext = Pick<Context, 'awsRequestId' | 'getRemainingTimeInMillis'> &
  Partial<Pick<Context, 'invokedFunctionArn'>>;

export type Answer = Outcome['status'][] | SQSBatchResponse | JobAnswer;

/**
 * Labels the images that an event is about and publishes what became of each.
 *
 * @param event Any that `parseEvent` knows.
 * @returns For S3, EventBridge and direct requests what became of each image, in their order; for SQS the messages that
 * failed; for S3 Batch Operations the result of each task.
 * @throws For S3, EventBridge and direct requests: whatever may pass on a retry, after every image has been tried and the
 * others' events are published.
 */
export const respond = async (event: unknown, lambda: LambdaContext, services: Services): Promise<Answer> => {
  reportStart(services.config.functionName);
  const context = {
    ...services,
    requestId: lambda.awsRequestId,
    // Without the alias or version that may follow it: a rule knows the function by its own ARN.
    functionArn: lambda.invokedFunctionArn?.split(':').slice(0, 7).join(':'),
    deadline: createDeadline(() => lambda.getRemainingTimeInMillis()),
    skipLabelled: false,
  };
  try {
    const invocation = parseOrReport(event, context.requestId);
    switch (invocation.from) {
      case 'event':
        return (await labelAll(invocation.images, context)).map(({ status }) => status);
      case 'sqs':
        return await answerQueue(invocation.messages, context);
      case 'batch-operations':
        return await answerJob(invocation, { ...context, skipLabelled: !invocation.force });
    }
  } finally {
    flushMetrics();
  }
};

type RespondContext = Services & LabelImageContext & { readonly functionArn: string | undefined };

const parseOrReport = (event: unknown, requestId: string): Invocation => {
  try {
    return parseEvent(event);
  } catch (error) {
    reportFailure(error, { requestId });
    throw error;
  }
};

/** One message after the other: the memory is for one image at a time. */
const answerQueue = (messages: readonly Message[], context: RespondContext): Promise<SQSBatchResponse> =>
  processPartialResponse(
    { Records: [...messages] },
    ({ messageId, images }: Message) => labelAll(images, context, { messageId }),
    new BatchProcessor(EventType.SQS),
    { processInParallel: false, throwOnFullBatchFailure: false },
  );

const answerJob = async (
  { invocationSchemaVersion, invocationId, tasks }: Job,
  context: RespondContext,
): Promise<JobAnswer> => {
  const results: TaskResult[] = [];
  for (const { taskId, images } of tasks) {
    try {
      const [outcome] = await labelAll(images, context, { taskId });
      results.push(toResult(taskId, outcome));
    } catch (error) {
      results.push(toFailure(taskId, error));
    }
  }
  return { invocationSchemaVersion, invocationId, treatMissingKeysAs: 'TemporaryFailure', results };
};

/**
 * Tries every image and publishes what there is to say, before it throws whatever failed.
 *
 * @param images What was wrong with them where they cannot be read.
 * @param carrier The message or task that they came in, for the log.
 */
const labelAll = async (
  images: readonly ImageRef[] | Error,
  context: RespondContext,
  carrier: Readonly<Record<string, string>> = {},
): Promise<Outcome[]> => {
  const { requestId, eventBridge, config, deadline, functionArn } = context;
  const outcomes: Outcome[] = [];
  const errors: unknown[] = [];
  const fail = (error: unknown, { bucket, key }: Partial<ImageRef> = {}) => {
    errors.push(error);
    reportFailure(error, { requestId, ...carrier, ...(bucket && key && { bucket, objectKey: key }) });
  };
  if (images instanceof Error) fail(images);
  for (const ref of images instanceof Error ? [] : images) {
    try {
      const outcome = await labelImage(ref, context);
      outcomes.push(outcome);
      reportOutcome(ref, outcome, requestId);
      if (outcome.status === 'classified' && outcome.writeBackError) fail(outcome.writeBackError, ref);
    } catch (error) {
      fail(error, ref);
    }
  }
  const events = outcomes.flatMap((outcome) => ('event' in outcome ? [outcome.event] : []));
  await publish(eventBridge, config.eventBus, events, deadline.publishSignal, functionArn).catch(fail);
  if (errors.length > 1) throw new AggregateError(errors, errors.map(String).join('; '));
  if (errors.length === 1) throw errors[0];
  return outcomes;
};
