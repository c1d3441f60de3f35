import { Duration } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, it } from 'vitest';
import type { ImageClassifierProps } from '../../../cdk/constructs/image-classifier.ts';
import { only, statementWith, synthesize } from '../../support/synthesis.ts';

function notificationsOf(props: ImageClassifierProps) {
  return only(synthesize(() => props).template, 'Custom::S3BucketNotifications').properties
    .NotificationConfiguration;
}

function queueOf({ template }: ReturnType<typeof synthesize>, name: string) {
  const [id, { Properties: properties }] = Object.entries(template.findResources('AWS::SQS::Queue')).find(
    ([candidate]) => candidate.startsWith(`Labels${name}`),
  )!;
  return { arn: { 'Fn::GetAtt': [id, 'Arn'] }, id, properties };
}

describe('S3, straight to the function', () => {
  it('labels every object that comes into the bucket, and no other bucket may invoke the function', () => {
    const { template } = synthesize();

    expect(only(template, 'Custom::S3BucketNotifications').properties.NotificationConfiguration).toEqual({
      LambdaFunctionConfigurations: [
        {
          Events: ['s3:ObjectCreated:*'],
          LambdaFunctionArn: { 'Fn::GetAtt': [only(template, 'AWS::Lambda::Function').id, 'Arn'] },
        },
      ],
    });
    expect(only(template, 'AWS::Lambda::Permission').properties).toMatchObject({
      Principal: 's3.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': [only(template, 'AWS::S3::Bucket').id, 'Arn'] },
      SourceAccount: { Ref: 'AWS::AccountId' },
    });
  });

  it('looks only at keys with the prefix and one of the suffixes', () => {
    const { LambdaFunctionConfigurations } = notificationsOf({
      prefix: 'photos/',
      suffixes: ['.jpg', '.JPG'],
    });

    expect(
      LambdaFunctionConfigurations.map((configuration: { Filter: unknown }) => configuration.Filter),
    ).toEqual(
      ['.jpg', '.JPG'].map((suffix) => ({
        Key: {
          FilterRules: [
            { Name: 'suffix', Value: suffix },
            { Name: 'prefix', Value: 'photos/' },
          ],
        },
      })),
    );
  });

  it('looks at keys with the prefix, whatever they end in', () => {
    const { LambdaFunctionConfigurations } = notificationsOf({ prefix: 'photos/' });

    expect(LambdaFunctionConfigurations).toHaveLength(1);
    expect(LambdaFunctionConfigurations[0].Filter.Key.FilterRules).toEqual([
      { Name: 'prefix', Value: 'photos/' },
    ]);
  });

  it('hears nothing of copies where they are left out', () => {
    const { LambdaFunctionConfigurations } = notificationsOf({ copies: false });

    expect(
      LambdaFunctionConfigurations.flatMap((configuration: { Events: string[] }) => configuration.Events),
    ).toEqual(['s3:ObjectCreated:Put', 's3:ObjectCreated:Post', 's3:ObjectCreated:CompleteMultipartUpload']);
  });
});

describe('S3, through a queue', () => {
  const synthesis = synthesize(() => ({ trigger: 'sqs' }));
  const { template } = synthesis;
  const queue = queueOf(synthesis, 'UploadsQueue');
  const deadLetters = queueOf(synthesis, 'DeadLetters');

  it('sends the notifications to the queue, and none to the function', () => {
    expect(only(template, 'Custom::S3BucketNotifications').properties.NotificationConfiguration).toEqual({
      QueueConfigurations: [{ Events: ['s3:ObjectCreated:*'], QueueArn: queue.arn }],
    });
    expect(() => only(template, 'AWS::Lambda::Permission')).toThrow(/^0 resources/);
  });

  it('hides a message for six timeouts of the function, and gives it up to the dead-letter queue after five', () => {
    expect(queue.properties).toEqual({
      SqsManagedSseEnabled: true,
      VisibilityTimeout: 6 * 60,
      MessageRetentionPeriod: 7 * 24 * 3600,
      RedrivePolicy: { deadLetterTargetArn: deadLetters.arn, maxReceiveCount: 5 },
    });
  });

  it('takes messages from this bucket of this account only, and by TLS only', () => {
    const policies = Object.values(template.findResources('AWS::SQS::QueuePolicy'));
    const { PolicyDocument } = policies.find(
      ({ Properties }) => Properties.Queues[0].Ref === queue.id,
    )!.Properties;

    expect(PolicyDocument.Statement).toEqual([
      expect.objectContaining({
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
      {
        Effect: 'Allow',
        Principal: { Service: 's3.amazonaws.com' },
        Action: ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'],
        Resource: queue.arn,
        Condition: {
          ArnLike: { 'aws:SourceArn': { 'Fn::GetAtt': [only(template, 'AWS::S3::Bucket').id, 'Arn'] } },
          StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
        },
      },
    ]);
  });

  it('hands the function ten messages at a time, of which it gives back those that failed', () => {
    expect(only(template, 'AWS::Lambda::EventSourceMapping').properties).toEqual({
      EventSourceArn: queue.arn,
      FunctionName: { Ref: only(template, 'AWS::Lambda::Function').id },
      BatchSize: 10,
      MaximumBatchingWindowInSeconds: 0,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    expect(statementWith(template, 'sqs:ReceiveMessage')).toEqual({
      Effect: 'Allow',
      Action: [
        'sqs:ChangeMessageVisibility',
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
        'sqs:GetQueueUrl',
        'sqs:ReceiveMessage',
      ],
      Resource: queue.arn,
    });
  });

  it('batches and limits as it is told', () => {
    const told = synthesize(() => ({
      trigger: 'sqs',
      queue: { batchSize: 50, maxBatchingWindow: Duration.seconds(20), maxConcurrency: 5 },
    }));

    expect(only(told.template, 'AWS::Lambda::EventSourceMapping').properties).toMatchObject({
      BatchSize: 50,
      MaximumBatchingWindowInSeconds: 20,
      ScalingConfig: { MaximumConcurrency: 5 },
    });
    expect(queueOf(told, 'UploadsQueue').properties.VisibilityTimeout).toBe(6 * 60 + 20);
  });

  it.each([
    [20, 20],
    [5000, 1000],
  ])('asks for no more invocations than are reserved (%i)', (reservedConcurrency, MaximumConcurrency) => {
    const told = synthesize(() => ({ trigger: 'sqs', reservedConcurrency }));

    expect(only(told.template, 'AWS::Lambda::EventSourceMapping').properties.ScalingConfig).toEqual({
      MaximumConcurrency,
    });
  });

  it('filters and leaves out copies as without a queue', () => {
    const { QueueConfigurations } = notificationsOf({
      trigger: 'sqs',
      copies: false,
      suffixes: ['.jpg', '.png'],
    });

    expect(QueueConfigurations).toHaveLength(3 * 2);
  });
});

describe('EventBridge', () => {
  const patternOf = (props: ImageClassifierProps) =>
    only(synthesize(() => ({ ...props, trigger: 'eventbridge' })).template, 'AWS::Events::Rule').properties
      .EventPattern;

  it('takes what is created in this bucket, tries for a day and then gives it to the dead-letter queue', () => {
    const { template } = synthesize(() => ({ trigger: 'eventbridge' }));
    const rule = only(template, 'AWS::Events::Rule');

    expect(rule.properties).toMatchObject({
      State: 'ENABLED',
      EventPattern: {
        source: ['aws.s3'],
        'detail-type': ['Object Created'],
        detail: { bucket: { name: [{ Ref: only(template, 'AWS::S3::Bucket').id }] } },
      },
      Targets: [
        {
          Arn: { 'Fn::GetAtt': [only(template, 'AWS::Lambda::Function').id, 'Arn'] },
          DeadLetterConfig: { Arn: { 'Fn::GetAtt': [only(template, 'AWS::SQS::Queue').id, 'Arn'] } },
          RetryPolicy: { MaximumEventAgeInSeconds: 24 * 3600, MaximumRetryAttempts: 185 },
        },
      ],
    });
    expect(only(template, 'AWS::Lambda::Permission').properties).toMatchObject({
      Principal: 'events.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': [rule.id, 'Arn'] },
    });
  });

  it('is switched on for a new bucket, which then notifies nobody else', () => {
    expect(notificationsOf({ trigger: 'eventbridge' })).toEqual({ EventBridgeConfiguration: {} });
  });

  it('is switched on for a bucket of yours that this app makes', () => {
    const { template } = synthesize((stack) => ({
      bucket: new Bucket(stack, 'Uploads') as IBucket,
      trigger: 'eventbridge',
    }));

    expect(only(template, 'Custom::S3BucketNotifications').properties.NotificationConfiguration).toEqual({
      EventBridgeConfiguration: {},
    });
  });

  it('leaves the notifications of an existing bucket to its owner, and says what the owner has to do', () => {
    const { classifier, template } = synthesize((stack) => ({
      bucket: Bucket.fromBucketName(stack, 'Uploads', 'my-uploads'),
      trigger: 'eventbridge',
    }));

    expect(() => only(template, 'Custom::S3BucketNotifications')).toThrow(/^0 resources/);
    expect(
      Annotations.fromStack(classifier.function.stack).findInfo(
        '*',
        Match.stringLikeRegexp('has to send its events to EventBridge'),
      ),
    ).toHaveLength(1);
  });

  it.each<[string, ImageClassifierProps, object[]]>([
    ['the prefix', { prefix: 'photos/' }, [{ prefix: 'photos/' }]],
    ['one of the suffixes', { suffixes: ['.jpg', '.JPG'] }, [{ suffix: '.jpg' }, { suffix: '.JPG' }]],
    [
      'the prefix and one of the suffixes',
      { prefix: 'photos/', suffixes: ['.jpg', '.JPG'] },
      [{ wildcard: 'photos/*.jpg' }, { wildcard: 'photos/*.JPG' }],
    ],
  ])('looks only at keys with %s', (_, props, key) => {
    expect(patternOf(props).detail.object).toEqual({ key });
  });

  it('hears nothing of copies where they are left out', () => {
    expect(patternOf({ copies: false }).detail.reason).toEqual([
      'PutObject',
      'POST Object',
      'CompleteMultipartUpload',
    ]);
  });
});

it('can be changed on a deployed stack: no resource keeps its id and becomes another type', () => {
  const types = (['s3', 'sqs', 'eventbridge'] as const).flatMap((trigger) => {
    const { Resources } = synthesize(() => ({ trigger })).template.toJSON();
    return Object.entries<{ Type: string }>(Resources).map(([id, { Type }]) => `${id} ${Type}`);
  });

  const distinct = [...new Set(types)];
  expect(distinct).toHaveLength(new Set(distinct.map((line) => line.split(' ')[0])).size);
});
