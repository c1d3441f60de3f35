/** The log, one line for each image or ignored record, and the metrics for the stack's alarms and dashboard. */
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { IgnoredRecord } from './event/event-content.ts';
import type { ImageRef } from './event/image-ref.ts';
import { printable } from './image/printable.ts';
import type { Outcome } from './label-image.ts';
import type { LogMessage } from './log-messages.ts';
import type { ImageClassified } from './publish/prediction-event.ts';

const logger = new Logger({
  // Logs are read in terminals, too. Characters below the space are escaped by JSON itself.
  jsonReplacerFn: (_, value) =>
    typeof value === 'string' ? value.replaceAll(/[ -\uffff]+/g, printable) : value,
});
// The service is the only dimension: each label or key as a dimension would be one more metric to pay for. The log is
// queried for counts by label and by reason.
const metrics = new Metrics();

/** Fields that tell which request, message or task a log line belongs to. */
type Context = Readonly<Record<string, string>>;

export function reportStart(functionName: string): void {
  metrics.captureColdStartMetric(functionName);
}

export function reportOutcome({ bucket, key }: ImageRef, outcome: Outcome, context: Context): void {
  if (outcome.status === 'classified') {
    metrics.addMetric('ImagesClassified', MetricUnit.Count, 1);
    reportTimings(outcome.event.detail.timings);
  }
  if (outcome.status === 'rejected') metrics.addMetric('ImagesRejected', MetricUnit.Count, 1);
  if (outcome.status === 'skipped') metrics.addMetric('ImagesSkipped', MetricUnit.Count, 1);
  log(outcome.status, {
    ...context,
    bucket,
    objectKey: key,
    ...('event' in outcome && outcome.event.detail),
  });
}

/** Logs why a record of an event yields no image. */
export function reportIgnored({ reason, bucket, key }: IgnoredRecord, context: Context): void {
  log('ignored', { ...context, reason, ...(bucket !== undefined && { bucket, objectKey: key }) });
}

/** Logs and counts an image, a message or an event that failed and is retried. Lambda counts no error in a batch. */
export function reportFailure(error: unknown, context: Context): void {
  metrics.addMetric('Failures', MetricUnit.Count, 1);
  const message: LogMessage = 'This failed and will be retried';
  logger.error(message, { ...context, error: error as Error });
}

export function flushMetrics(): void {
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
}

function log(message: LogMessage, fields: Readonly<Record<string, unknown>>): void {
  logger.info(message, { ...fields });
}

function reportTimings(timings: ImageClassified['timings']): void {
  metrics.addMetric('FetchTime', MetricUnit.Milliseconds, timings.fetchMs);
  metrics.addMetric('DecodeTime', MetricUnit.Milliseconds, timings.decodeMs);
  metrics.addMetric('PreprocessTime', MetricUnit.Milliseconds, timings.preprocessMs);
  metrics.addMetric('InferTime', MetricUnit.Milliseconds, timings.inferMs);
  metrics.addMetric('WriteTime', MetricUnit.Milliseconds, timings.writeMs);
}
