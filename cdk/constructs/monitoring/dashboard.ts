/** The dashboard: uploads, labels, durations, failures and cost. */
import { Duration, Tokenization } from 'aws-cdk-lib';
import {
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  MathExpression,
  SingleValueWidget,
  Stats,
  Unit,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Architecture } from 'aws-cdk-lib/aws-lambda';
import type { WriteBackMode } from '../../../functions/classify/write-back/mode.ts';
import { prices } from '../../../layers/prices.ts';
import type { Classifier } from '../classifier.ts';
import { countOf, serviceName } from './metrics.ts';

/** The settings that determine the cost. */
export interface CostFactors {
  readonly architecture: Architecture;
  readonly memorySize: number;
  readonly writeBackModes: readonly WriteBackMode[];
}

export function createDashboard(classifier: Classifier, factors: CostFactors): Dashboard {
  return new Dashboard(classifier, 'Dashboard', {
    defaultInterval: Duration.days(1),
    widgets: [
      [uploads(classifier), predictionsByLabel(classifier), rejectionsByReason(classifier)],
      [50, 95, 99].map((percentile) => steps(classifier, percentile)),
      [durations(classifier), memory(classifier), coldStarts(classifier)],
      [failures(classifier), deadLetters(classifier), cost(classifier, factors)],
    ],
  });
}

const size = { width: 8, height: 6 };
function graph(title: string, left: IMetric[]): IWidget {
  return new GraphWidget({ ...size, title, left });
}

function uploads(classifier: Classifier): IWidget {
  return graph('Uploads', [
    countOf(classifier, 'ImagesClassified', { label: 'classified' }),
    countOf(classifier, 'ImagesRejected', { label: 'rejected' }),
    countOf(classifier, 'ImagesSkipped', { label: 'skipped' }),
  ]);
}

// Labels and reasons are counted by log queries, which are charged when the dashboard is opened. As metric dimensions, each
// value would be a metric of its own, charged by the month.
function predictionsByLabel(classifier: Classifier): IWidget {
  return query(classifier, 'Predictions by label', [
    'filter message = "classified"',
    'fields predictions.0.label as label, predictions.0.score as score',
    'stats count(*) as images, avg(score) as meanScore by label',
    'sort images desc',
    'limit 20',
  ]);
}

function rejectionsByReason(classifier: Classifier): IWidget {
  return query(classifier, 'Rejected by reason', [
    'filter message = "rejected"',
    'fields error.name as reason',
    'stats count(*) as uploads by reason',
    'sort uploads desc',
  ]);
}

function steps(classifier: Classifier, percentile: number): IWidget {
  return graph(
    `Steps of an image, p${percentile}`,
    ['Fetch', 'Decode', 'Preprocess', 'Infer', 'Write'].map((step) =>
      countOf(classifier, `${step}Time`, {
        label: step.toLowerCase(),
        statistic: Stats.p(percentile),
        unit: Unit.MILLISECONDS,
      }),
    ),
  );
}

function durations({ function: labeller }: Classifier): IWidget {
  return graph(
    "Invocations, including the function's own copies",
    [50, 95, 99].map((percentile) =>
      labeller.metricDuration({ statistic: Stats.p(percentile), label: `p${percentile}` }),
    ),
  );
}

// Without an extension, Lambda reports memory only in the log, at the end of each invocation.
function memory(classifier: Classifier): IWidget {
  return query(
    classifier,
    'Memory, MB',
    [
      'filter @type = "REPORT"',
      'stats max(@maxMemoryUsed) / 1000000 as used, max(@memorySize) / 1000000 as configured by bin(5m)',
    ],
    LogQueryVisualizationType.LINE,
  );
}

function coldStarts(classifier: Classifier): IWidget {
  const { functionName } = classifier.function;
  return graph('Cold starts', [
    countOf(classifier, 'ColdStart', {
      label: 'cold starts',
      dimensionsMap: { service: serviceName(classifier), function_name: functionName },
    }),
    classifier.function.metricInvocations({ label: 'invocations' }),
  ]);
}

function failures(classifier: Classifier): IWidget {
  return graph('Failures, all retried', [
    countOf(classifier, 'Failures', { label: 'images' }),
    classifier.function.metricErrors({ label: 'invocations' }),
    classifier.function.metricThrottles({ label: 'throttled' }),
  ]);
}

function deadLetters({ deadLetterQueue }: Classifier): IWidget {
  return graph('Dead letters', [
    deadLetterQueue.metricApproximateNumberOfMessagesVisible({ label: 'waiting to be sent again' }),
  ]);
}

/** The cost of the uploads, excluding storage, logs, alarms and this dashboard. */
function cost(classifier: Classifier, { architecture, memorySize, writeBackModes }: CostFactors): IWidget {
  const { lambda, s3, eventBridge } = prices;
  const requests = (s3.perThousandGets + writeBackModes.length * s3.perThousandPuts) * 1000;
  // Prices per million: CloudWatch parses the `e` of smaller numbers as a metric id.
  const perInvocation = inDigits(lambda.perMillionRequests);
  const perImage = inDigits(requests + eventBridge.perMillionEvents);
  const perGbSecond = inDigits(lambda.perGbSecond[architecture.name === 'arm64' ? 'arm64' : 'x86_64'] * 1e6);
  // The CDK parses the digits of a numeric token as a metric id too.
  const gigabytes = `${Tokenization.stringifyNumber(memorySize)} / 1024`;
  return new SingleValueWidget({
    ...size,
    title: `Lambda, S3 requests and events, US$ at the prices of ${prices.region}, ${prices.date}`,
    setPeriodToTimeRange: true,
    metrics: [
      new MathExpression({
        label: 'estimate',
        expression: `(FILL(invocations, 0) * ${perInvocation} + FILL(durationMs, 0) / 1000 * ${gigabytes} * ${perGbSecond} + FILL(classified, 0) * ${perImage}) / 1000000`,
        usingMetrics: {
          invocations: classifier.function.metricInvocations(),
          durationMs: classifier.function.metricDuration({ statistic: Stats.SUM }),
          classified: countOf(classifier, 'ImagesClassified'),
        },
      }),
    ],
  });
}

/** Rounds away the noise of binary fractions. */
function inDigits(value: number): number {
  return Number(value.toPrecision(9));
}

function query(
  { function: labeller }: Classifier,
  title: string,
  queryLines: string[],
  view = LogQueryVisualizationType.TABLE,
): IWidget {
  return new LogQueryWidget({
    ...size,
    title,
    view,
    queryLines,
    logGroupNames: [labeller.logGroup.logGroupName],
  });
}
