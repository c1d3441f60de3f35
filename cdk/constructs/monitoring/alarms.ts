/** Alarms for lost images, failures, throttling and invocations near their timeout. Each description says what to do. */
import { Duration, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Classifier } from '../classifier.ts';
import { createTopic, subscribe } from './emails.ts';
import { countOf } from './metrics.ts';

/** The recipients of alarms. Default: none; the alarms are still visible in CloudWatch. */
export interface AlarmOptions {
  /** Notified when an alarm goes off and when it recovers. */
  readonly topic?: ITopic;
  /** Notified in the same way by e-mail, once the address has confirmed the subscription. */
  readonly email?: string;
}

/** The alarms; docs/operations.md says what to do about each. */
export interface Alarms {
  /** An image failed on every attempt and is not labelled. */
  readonly deadLetters: Alarm;
  /** More than 5 % of the images fail and are retried. */
  readonly failures: Alarm;
  /** Uploads wait because the concurrency limit is reached. */
  readonly throttles: Alarm;
  /** The slowest invocations approach the timeout. */
  readonly duration: Alarm;
}

/** @throws InvalidSetting */
export function createAlarms(classifier: Classifier, { topic, email }: AlarmOptions): Alarms {
  const { function: labeller, deadLetterQueue } = classifier;
  const timeoutMs = labeller.timeout!.toMilliseconds();
  const create = (id: string, metric: IMetric, props: Omit<AlarmProps, 'metric'>) =>
    new Alarm(classifier, id, {
      metric,
      // No data means no uploads.
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...props,
    });

  const alarms = {
    deadLetters: create('DeadLettersAlarm', deadLetterQueue.metricApproximateNumberOfMessagesVisible(), {
      alarmDescription: `Images failed on every attempt and are not labelled. Read their errors in the log, fix the cause and send the events in ${deadLetterQueue.queueName} again: docs/failures.md#dead-letters.`,
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    }),
    failures: create('FailuresAlarm', failureRate(classifier), {
      alarmDescription: `More than ${failurePercent} % of the images fail and are retried. The log line "This failed and will be retried" has the error; if there is none, the function ran out of memory or time.`,
      threshold: failurePercent,
      // A single failure that succeeds on retry does not raise the alarm.
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    }),
    throttles: create('ThrottlesAlarm', labeller.metricThrottles({ statistic: Stats.SUM }), {
      alarmDescription:
        'Uploads wait because the concurrency limit is reached; Lambda retries them for 6 hours. Raise reservedConcurrency or the quota of the account, or use the trigger sqs.',
      threshold: 1,
      // Short bursts are throttled and catch up without help.
      evaluationPeriods: 3,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    }),
    duration: create('DurationAlarm', labeller.metricDuration({ statistic: Stats.p(99) }), {
      alarmDescription: `The slowest invocations take over ${durationPercent} % of the timeout of ${timeoutMs / 1000} seconds. Raise memorySize or timeout, or lower queue.batchSize.`,
      threshold: (timeoutMs * durationPercent) / 100,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    }),
  };
  if (topic) notifyTopic(topic, alarms);
  if (email !== undefined) {
    const emails = createTopic(classifier, 'Alarms');
    subscribe(emails, email);
    notifyTopic(emails, alarms);
  }
  return alarms;
}

/** Creates the alarm that returns a deployment to the old version: it goes off within a minute. */
export function createRollbackAlarm(classifier: Classifier): Alarm {
  return new Alarm(classifier, 'RollbackAlarm', {
    metric: failureRate(classifier, Duration.minutes(1)),
    alarmDescription: `More than ${failurePercent} % of the images fail. During a deployment, CodeDeploy returns to the old version.`,
    threshold: failurePercent,
    evaluationPeriods: 1,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
}

const failurePercent = 5;
const durationPercent = 80;

/**
 * The percentage of images that fail. Takes the larger of two counts: Lambda reports no error for a failed message in a
 * batch, and an invocation that runs out of memory or time publishes no failure.
 */
function failureRate(classifier: Classifier, period = Duration.minutes(5)): MathExpression {
  return new MathExpression({
    label: 'images that fail, %',
    expression:
      '100 * MAX([FILL(errors, 0), FILL(failures, 0)]) / (MAX([FILL(errors, 0), FILL(failures, 0)]) + FILL(classified, 0) + FILL(rejected, 0))',
    period,
    usingMetrics: {
      errors: classifier.function.metricErrors({ statistic: Stats.SUM }),
      failures: countOf(classifier, 'Failures'),
      classified: countOf(classifier, 'ImagesClassified'),
      rejected: countOf(classifier, 'ImagesRejected'),
    },
  });
}

function notifyTopic(topic: ITopic, alarms: Alarms): void {
  topic.grantPublish(
    new ServicePrincipal('cloudwatch.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(alarms.failures).account } },
    }),
  );
  const action = new SnsAction(topic);
  for (const alarm of Object.values(alarms)) {
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  }
}
