/** The metrics that the function publishes (functions/classify/report.ts), as CloudWatch knows them. */
import { Metric, type MetricOptions, Unit } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { Classifier } from '../classifier.ts';

export const metricsNamespace = 'Bucketlens';

/** What the function calls itself in its metrics and in its log. */
export const serviceName = ({ node }: Construct): string => node.path;

/** A count; by default its sum over 5 minutes. */
export const countOf = (classifier: Classifier, metricName: string, options?: MetricOptions): Metric =>
  new Metric({
    namespace: metricsNamespace,
    metricName,
    dimensionsMap: { service: serviceName(classifier) },
    statistic: 'Sum',
    unit: Unit.COUNT,
    ...options,
  });
