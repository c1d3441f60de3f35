/** What the operator sees: one log line an image, and the metrics of the stack's alarms and dashboard. */
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { ImageRef } from './event/image-ref.ts';
import type { Outcome } from './label-image.ts';
import { printable } from './printable.ts';
import type { ImageClassified } from './publish/prediction-event.ts';

const logger = new Logger({
  // A log is read in terminals, too. Below the space JSON itself escapes, and reads back.
  jsonReplacerFn: (_, value) =>
    typeof value === 'string' ? value.replaceAll(/[ -\uffff]+/g, printable) : value,
});
// Their only dimension is the service. A label or a key as a dimension would be a metric of its own each, and paid for each:
// by label and by reason it is the log that counts.
const metrics = new Metrics();

export function reportStart(functionName: string): void {
  metrics.captureColdStartMetric(functionName);
}

export function reportOutcome({ bucket, key }: ImageRef, outcome: Outcome, requestId: string): void {
  if (outcome.status === 'classified') {
    metrics.addMetric('ImagesClassified', MetricUnit.Count, 1);
    reportTimings(outcome.event.detail.timings);
  }
  if (outcome.status === 'rejected') metrics.addMetric('ImagesRejected', MetricUnit.Count, 1);
  if (outcome.status === 'skipped') metrics.addMetric('ImagesSkipped', MetricUnit.Count, 1);
  logger.info(outcome.status, {
    requestId,
    bucket,
    objectKey: key,
    ...('event' in outcome && outcome.event.detail),
  });
}

function reportTimings(timings: ImageClassified['timings']): void {
  metrics.addMetric('FetchTime', MetricUnit.Milliseconds, timings.fetchMs);
  metrics.addMetric('DecodeTime', MetricUnit.Milliseconds, timings.decodeMs);
  metrics.addMetric('PreprocessTime', MetricUnit.Milliseconds, timings.preprocessMs);
  metrics.addMetric('InferTime', MetricUnit.Milliseconds, timings.inferMs);
  metrics.addMetric('WriteTime', MetricUnit.Milliseconds, timings.writeMs);
}

/** What failed and is tried again: an image, a message or an event. In a batch Lambda itself counts no error. */
export function reportFailure(error: unknown, about: Readonly<Record<string, string>>): void {
  metrics.addMetric('Failures', MetricUnit.Count, 1);
  logger.error('This failed and will be retried', { ...about, error: error as Error });
}

export function flushMetrics(): void {
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
}
