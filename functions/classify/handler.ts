/** The Lambda entry: configuration and session once, when it starts; then an event in, an outcome for each of its images out. */
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import type { Context } from 'aws-lambda';
import { createClassifier } from './classify.ts';
import { readConfig } from './config.ts';
import { type ImageRef, parseEvent } from './events.ts';
import { labelImage, type Outcome } from './label-image.ts';
import { publish } from './publish.ts';

const config = readConfig(process.env);
const logger = new Logger();
const metrics = new Metrics();
const s3 = new S3Client({});
const eventBridge = new EventBridgeClient({});
const classifier = createClassifier(config.modelDir, config.classifier);
// A model that cannot be loaded is reported by the invocations, which await it, not by the end of the process.
classifier.catch(() => {});

/**
 * Labels the images that an event is about and publishes what became of each.
 *
 * @param event An S3 notification.
 * @returns What became of each image, in the order of the event.
 * @throws whatever may pass on a retry, after every image has been tried and the others' events are published.
 */
export const handler = async (
  event: unknown,
  { awsRequestId }: Pick<Context, 'awsRequestId'>,
): Promise<Outcome['status'][]> => {
  metrics.captureColdStartMetric(config.functionName);
  const outcomes: Outcome[] = [];
  const errors: unknown[] = [];
  try {
    for (const ref of parseEvent(event)) {
      try {
        const outcome = await labelImage(ref, { s3, classifier, config, requestId: awsRequestId });
        outcomes.push(outcome);
        if (outcome.status === 'classified' && outcome.writeBackError) errors.push(outcome.writeBackError);
        report(ref, outcome, awsRequestId);
      } catch (error) {
        errors.push(error);
      }
    }
    await publish(
      eventBridge,
      config.eventBus,
      outcomes.flatMap((outcome) => ('event' in outcome ? [outcome.event] : [])),
    );
    if (errors.length > 0)
      throw errors.length === 1 ? errors[0] : new AggregateError(errors, `${errors.length} images failed`);
    return outcomes.map(({ status }) => status);
  } catch (error) {
    logger.error('This invocation failed and will be retried', {
      requestId: awsRequestId,
      error: error as Error,
    });
    throw error;
  } finally {
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  }
};

/** One log line an image, and the counts that the stack's metrics are made of. */
const report = ({ bucket, key }: ImageRef, outcome: Outcome, requestId: string): void => {
  const about = { requestId, bucket, objectKey: key };
  if (outcome.status === 'classified') metrics.addMetric('ImagesClassified', MetricUnit.Count, 1);
  if (outcome.status === 'rejected') metrics.addMetric('ImagesRejected', MetricUnit.Count, 1);
  logger.info(outcome.status, { ...about, ...('event' in outcome && outcome.event.detail) });
};
