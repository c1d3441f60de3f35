/** What the operator sees: one log line an image, and the counts that the stack's metrics are made of. */
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { ImageRef } from './events.ts';
import type { Outcome } from './label-image.ts';

const logger = new Logger();
const metrics = new Metrics();

export const reportStart = (functionName: string): void => metrics.captureColdStartMetric(functionName);

export const reportOutcome = ({ bucket, key }: ImageRef, outcome: Outcome, requestId: string): void => {
  if (outcome.status === 'classified') metrics.addMetric('ImagesClassified', MetricUnit.Count, 1);
  if (outcome.status === 'rejected') metrics.addMetric('ImagesRejected', MetricUnit.Count, 1);
  logger.info(outcome.status, {
    requestId,
    bucket,
    objectKey: key,
    ...('event' in outcome && outcome.event.detail),
  });
};

/** What failed and is tried again: an event, a message or a task. In a batch Lambda itself counts no error. */
export const reportFailure = (error: unknown, about: Readonly<Record<string, string>>): void => {
  metrics.addMetric('Failures', MetricUnit.Count, 1);
  logger.error('This failed and will be retried', { ...about, error: error as Error });
};

export const flushMetrics = (): void => {
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
};
