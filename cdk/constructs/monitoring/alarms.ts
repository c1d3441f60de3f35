/** Alarms that say what to do: for what is lost, what fails, what is held up, and what is about to be cut off. */
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

/** Who is told; by default nobody, and the alarms are to be seen in CloudWatch. */
export interface AlarmOptions {
  /** Told when an alarm goes off, and when all is well again. */
  readonly topic?: ITopic;
  /** The same, to an address; SNS asks it for consent first. */
  readonly email?: string;
}

/** docs/operations.md says what to do when they go off. */
export interface Alarms {
  /** An image has failed to the end and is not labelled. */
  readonly deadLetters: Alarm;
  /** More than a few images fail, and are tried again. */
  readonly failures: Alarm;
  /** Uploads are held up, as no more invocations may run at once. */
  readonly throttles: Alarm;
  /** The slowest invocations come near the timeout. */
  readonly duration: Alarm;
}

/** @throws InvalidSetting */
export function createAlarms(classifier: Classifier, { topic, email }: AlarmOptions): Alarms {
  const { function: labeller, deadLetterQueue } = classifier;
  const timeoutMs = labeller.timeout!.toMilliseconds();
  const create = (id: string, metric: IMetric, props: Omit<AlarmProps, 'metric'>) =>
    new Alarm(classifier, id, {
      metric,
      // Where nothing is uploaded there is nothing to count, and all is well.
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...props,
    });

  const alarms = {
    deadLetters: create('DeadLettersAlarm', deadLetterQueue.metricApproximateNumberOfMessagesVisible(), {
      alarmDescription: `Images have failed to the end and are not labelled. Read their errors in the log, mend the cause, and redrive ${deadLetterQueue.queueName}: docs/failures.md.`,
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    }),
    failures: create('FailuresAlarm', failureRate(classifier), {
      alarmDescription: `More than ${failurePercent} % of the images fail and are tried again. The error is in the log line "This failed and will be retried"; where there is none, memory or time ran out.`,
      threshold: failurePercent,
      // One that fails and passes on its retry wakes nobody up.
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    }),
    throttles: create('ThrottlesAlarm', labeller.metricThrottles({ statistic: Stats.SUM }), {
      alarmDescription:
        'Uploads wait because no more invocations may run at once; they are tried again for 6 hours. Raise reservedConcurrency or the quota of the account, or take the trigger sqs.',
      threshold: 1,
      // A burst is throttled for a moment, and catches up by itself.
      evaluationPeriods: 3,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    }),
    duration: create('DurationAlarm', labeller.metricDuration({ statistic: Stats.p(99) }), {
      alarmDescription: `The slowest invocations take over ${durationPercent} % of the timeout of ${timeoutMs / 1000} seconds, and soon will be cut off. Raise memorySize or timeout, or lower queue.batchSize.`,
      threshold: (timeoutMs * durationPercent) / 100,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    }),
  };
  if (topic) tell(topic, alarms);
  if (email !== undefined) {
    const emails = createTopic(classifier, 'Alarms');
    subscribe(emails, email);
    tell(emails, alarms);
  }
  return alarms;
}

const failurePercent = 5;
const durationPercent = 80;

/**
 * Of a hundred images, how many fail. In a batch Lambda counts no error, and an invocation that dies of memory or time counts
 * no failure: whichever is more.
 */
function failureRate(classifier: Classifier): MathExpression {
  return new MathExpression({
    label: 'images that fail, %',
    expression:
      '100 * MAX([FILL(errors, 0), FILL(failures, 0)]) / (MAX([FILL(errors, 0), FILL(failures, 0)]) + FILL(classified, 0) + FILL(rejected, 0))',
    period: Duration.minutes(5),
    usingMetrics: {
      errors: classifier.function.metricErrors({ statistic: Stats.SUM }),
      failures: countOf(classifier, 'Failures'),
      classified: countOf(classifier, 'ImagesClassified'),
      rejected: countOf(classifier, 'ImagesRejected'),
    },
  });
}

function tell(topic: ITopic, alarms: Alarms): void {
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
