import { Duration } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, it } from 'vitest';
import type { ImageClassifier } from '../../../../cdk/constructs/image-classifier.ts';
import type { AlarmOptions } from '../../../../cdk/constructs/monitoring/alarms.ts';
import { functionId, only, synthesize } from '../../../support/synthesis.ts';

type Options = (classifier: ImageClassifier) => AlarmOptions;

function withAlarms(options: Options = () => ({}), timeout?: Duration) {
  const { classifier, template } = synthesize(
    () => (timeout ? { timeout } : {}),
    (made) => made.addAlarms(options(made)),
  );
  const alarms = Object.entries(template.findResources('AWS::CloudWatch::Alarm'));
  const alarm = (name: string) => alarms.find(([id]) => id.startsWith(`Labels${name}`))![1].Properties;
  return { classifier, template, alarm, alarms: alarms.map(([, { Properties }]) => Properties) };
}

describe('the alarms', () => {
  const { template, alarm, alarms } = withAlarms();

  it('go off at the first dead letter', () => {
    expect(alarm('DeadLettersAlarm')).toMatchObject({
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [
        {
          Name: 'QueueName',
          Value: { 'Fn::GetAtt': [only(template, 'AWS::SQS::Queue').id, 'QueueName'] },
        },
      ],
      Statistic: 'Maximum',
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 1,
    });
  });

  it('go off when more than 5 % of the images fail, in batches too', () => {
    const { Metrics, ...failures } = alarm('FailuresAlarm');

    expect(failures).toMatchObject({
      Threshold: 5,
      ComparisonOperator: 'GreaterThanThreshold',
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
    });
    const [{ Expression, Id }] = Metrics.filter(({ ReturnData = true }) => ReturnData);
    expect(Id).toBe('expr_1');
    const rate = (counts: Record<string, number>) => evaluate(Expression, counts);
    expect(rate({ errors: 0, failures: 1, classified: 9, rejected: 0 })).toBe(10);
    expect(rate({ errors: 3, failures: 0, classified: 1, rejected: 0 })).toBe(75);
    expect(rate({ errors: 1, failures: 1, classified: 0, rejected: 1 })).toBe(50);
    expect(rate({ errors: 0, failures: 0, classified: 5, rejected: 5 })).toBe(0);
    const names = Metrics.flatMap(({ MetricStat }: { MetricStat?: { Metric: { MetricName: string } } }) =>
      MetricStat ? [MetricStat.Metric.MetricName] : [],
    );
    expect(names.sort()).toEqual(['Errors', 'Failures', 'ImagesClassified', 'ImagesRejected']);
  });

  it('go off when uploads are throttled for a quarter of an hour', () => {
    expect(alarm('ThrottlesAlarm')).toMatchObject({
      Namespace: 'AWS/Lambda',
      MetricName: 'Throttles',
      Dimensions: [{ Name: 'FunctionName', Value: { Ref: functionId(template) } }],
      Statistic: 'Sum',
      Period: 300,
      EvaluationPeriods: 3,
      Threshold: 1,
    });
  });

  it.each([
    ['one minute, as it comes', undefined, 48_000],
    ['5 minutes', Duration.minutes(5), 240_000],
  ])('go off when the slowest invocations take 80 % of the timeout (%s)', (_, timeout, threshold) => {
    expect(withAlarms(undefined, timeout).alarm('DurationAlarm')).toMatchObject({
      MetricName: 'Duration',
      ExtendedStatistic: 'p99',
      Threshold: threshold,
      ComparisonOperator: 'GreaterThanThreshold',
    });
  });

  it('stay silent without uploads', () => {
    expect(alarms.map(({ TreatMissingData }) => TreatMissingData)).toEqual(Array(4).fill('notBreaching'));
  });

  it('say what to do and notify nobody by default', () => {
    for (const { AlarmDescription, AlarmActions } of alarms) {
      expect(JSON.stringify(AlarmDescription)).toMatch(/fix the cause|has the error|Raise/);
      expect(AlarmActions).toBeUndefined();
    }
    expect(template.findResources('AWS::SNS::Topic')).toEqual({});
  });

  it('are returned, for further actions', () => {
    let made: object = {};
    synthesize(
      () => ({}),
      (classifier) => {
        made = classifier.addAlarms();
      },
    );

    expect(Object.keys(made)).toEqual(['deadLetters', 'failures', 'throttles', 'duration']);
  });
});

describe('the recipients of alarms', () => {
  it('can be a given topic, which alarms of this account may publish to', () => {
    const { template, alarms } = withAlarms((scope) => ({ topic: new Topic(scope, 'Ops') }));

    const topic = { Ref: only(template, 'AWS::SNS::Topic').id };
    for (const { AlarmActions, OKActions } of alarms) {
      expect(AlarmActions).toEqual([topic]);
      expect(OKActions).toEqual([topic]);
    }
    expect(only(template, 'AWS::SNS::TopicPolicy').properties.PolicyDocument.Statement).toEqual([
      expect.objectContaining({
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: 'sns:Publish',
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      }),
    ]);
  });

  it('can be an e-mail address, through an encrypted topic with TLS only', () => {
    const { template, alarms } = withAlarms(() => ({ email: 'ops@example.com' }));

    const topic = only(template, 'AWS::SNS::Topic');
    const key = only(template, 'AWS::KMS::Key');
    expect(only(template, 'AWS::SNS::Subscription').properties).toEqual({
      Endpoint: 'ops@example.com',
      Protocol: 'email',
      TopicArn: { Ref: topic.id },
    });
    expect(topic.properties.KmsMasterKeyId).toEqual({ 'Fn::GetAtt': [key.id, 'Arn'] });
    expect(only(template, 'AWS::SNS::TopicPolicy').properties.PolicyDocument.Statement[0]).toMatchObject({
      Effect: 'Deny',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    });
    expect(key.properties.KeyPolicy.Statement.at(-1)).toEqual({
      Effect: 'Allow',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      Resource: '*',
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    });
    for (const { AlarmActions } of alarms) expect(AlarmActions).toEqual([{ Ref: topic.id }]);
  });

  it('share one key with the e-mails about predictions', () => {
    const { template } = withAlarms((classifier) => {
      classifier.notifyEmail('me@example.com');
      return { email: 'ops@example.com' };
    });

    expect(Object.keys(template.findResources('AWS::SNS::Topic'))).toHaveLength(2);
    expect(Object.keys(template.findResources('AWS::KMS::Key'))).toHaveLength(1);
  });

  it('rejects an invalid e-mail address', () => {
    expect(() => withAlarms(() => ({ email: 'ops' }))).toThrow("'ops' is not an e-mail address");
  });
});

/** Evaluates an expression like CloudWatch, with one data point per metric. */
function evaluate(expression: string, counts: Record<string, number>): number {
  const script = expression
    .replace(/FILL\((\w+), 0\)/g, (_, name) => String(counts[name]))
    .replace(/MAX\(\[/g, 'Math.max(...[');
  return Function(`return ${script}`)();
}
