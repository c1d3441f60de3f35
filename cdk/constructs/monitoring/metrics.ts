/** CloudWatch metrics that the function publishes (functions/classify/report.ts). */
import { Metric, type MetricOptions, Unit } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { Classifier } from '../classifier.ts';

export const metricsNamespace = 'Bucketlens';

/** The service name in the function's metrics and log. */
export function serviceName({ node }: Construct): string {
  return node.path;
}

/** A count. Default: the sum over 5 minutes. */
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
