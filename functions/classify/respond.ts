/** An event in, and out the answer that its sender understands: what failed is named, so that it comes again. */
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse } from 'aws-lambda';
import type { Classifier } from './classify.ts';
import type { Clients } from './clients.ts';
import type { Config } from './config.ts';
import { createDeadline } from './deadline.ts';
import { type Job, type JobAnswer, type TaskResult, toFailure, toResult } from './events/batch-operations.ts';
import { type ImageRef, type Message, parseEvent } from './events.ts';
import { type LabelImageContext, labelImage, type Outcome } from './label-image.ts';
import { publish } from './publish.ts';
import { flushMetrics, reportFailure, reportOutcome, reportStart } from './report.ts';

export interface Services extends Clients {
  readonly config: Config;
  readonly classifier: Promise<Classifier>;
}

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
export const respond = async (
  event: unknown,
  lambda: Pick<Context, 'awsRequestId' | 'getRemainingTimeInMillis'>,
  services: Services,
): Promise<Answer> => {
  reportStart(services.config.functionName);
  const requestId = lambda.awsRequestId;
  const context = {
    ...services,
    requestId,
    deadline: createDeadline(() => lambda.getRemainingTimeInMillis()),
    skipLabelled: false,
  };
  try {
    const invocation = parseEvent(event);
    switch (invocation.from) {
      case 'event':
        return (await labelAll(invocation.images, context)).map(({ status }) => status);
      case 'sqs':
        return await answerQueue(invocation.messages, context);
      case 'batch-operations':
        return await answerJob(invocation, { ...context, skipLabelled: !invocation.force });
    }
  } catch (error) {
    reportFailure(error, { requestId });
    throw error;
  } finally {
    flushMetrics();
  }
};

type RespondContext = Services & LabelImageContext;

/** One message after the other: the memory is for one image at a time. */
const answerQueue = (messages: readonly Message[], context: RespondContext): Promise<SQSBatchResponse> =>
  processPartialResponse(
    { Records: [...messages] },
    async ({ messageId, images }: Message) => {
      try {
        await labelAll(orThrow(images), context);
      } catch (error) {
        reportFailure(error, { requestId: context.requestId, messageId });
        throw error;
      }
    },
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
      const [outcome] = await labelAll(orThrow(images), context);
      results.push(toResult(taskId, outcome));
    } catch (error) {
      reportFailure(error, { requestId: context.requestId, taskId });
      results.push(toFailure(taskId, error));
    }
  }
  return { invocationSchemaVersion, invocationId, treatMissingKeysAs: 'TemporaryFailure', results };
};

const orThrow = (images: readonly ImageRef[] | Error): readonly ImageRef[] => {
  if (images instanceof Error) throw images;
  return images;
};

/** Tries every image and publishes what there is to say, before it throws whatever failed. */
const labelAll = async (images: readonly ImageRef[], context: RespondContext): Promise<Outcome[]> => {
  const outcomes: Outcome[] = [];
  const errors: unknown[] = [];
  for (const ref of images) {
    try {
      const outcome = await labelImage(ref, context);
      outcomes.push(outcome);
      if (outcome.status === 'classified' && outcome.writeBackError) errors.push(outcome.writeBackError);
      reportOutcome(ref, outcome, context.requestId);
    } catch (error) {
      errors.push(error);
    }
  }
  const events = outcomes.flatMap((outcome) => ('event' in outcome ? [outcome.event] : []));
  await publish(context.eventBridge, context.config.eventBus, events, context.deadline.publishSignal).catch(
    (error) => errors.push(error),
  );
  if (errors.length > 1) throw new AggregateError(errors, errors.map(String).join('; '));
  if (errors.length === 1) throw errors[0];
  return outcomes;
};
