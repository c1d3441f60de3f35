/** The metrics that the function publishes (functions/classify/report.ts), as CloudWatch knows them. */
import { Metric, type MetricOptions, Unit } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { Classifier } from '../classifier.ts';

export const metricsNamespace = 'Bucketlens';

/** What the function calls itself in its metrics and in its log. */
export function serviceName({ node }: Construct): string {
  return node.path;
}

/** A count; by default its sum over 5 minutes. */
export function countOf(classifier: Classifier, metricName: string, options?: MetricOptions): Metric {
  return new Metric({
    namespace: metricsNamespace,
    metricName,
    dimensionsMap: { service: serviceName(classifier) },
    statistic: 'Sum',
    unit: Unit.COUNT,
    ...options,
  });
}
