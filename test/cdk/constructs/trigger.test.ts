import { Duration } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
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

describe('the trigger s3', () => {
  it('invokes the function for every new object, from this bucket only', () => {
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

  it('filters keys by the prefix and each suffix', () => {
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

  it('filters keys by the prefix alone', () => {
    const { LambdaFunctionConfigurations } = notificationsOf({ prefix: 'photos/' });

    expect(LambdaFunctionConfigurations).toHaveLength(1);
    expect(LambdaFunctionConfigurations[0].Filter.Key.FilterRules).toEqual([
      { Name: 'prefix', Value: 'photos/' },
    ]);
  });

  it.each([
    ['year=2026/', 'year%3D2026/'],
    ['my photos/', 'my+photos/'],
    ['a+b/', 'a%2Bb/'],
    ['private/eu-west-1:1234/', 'private/eu-west-1%3A1234/'],
    ["it's (1)!~/", "it's+(1)!~/"],
    ['50%/', '50%25/'],
    ['a&b;c,d@e#/', 'a%26b%3Bc%2Cd%40e%23/'],
  ])('encodes the prefix %s for S3 as %s', (prefix, encoded) => {
    const { LambdaFunctionConfigurations } = notificationsOf({ prefix, suffixes: [' 1.jpg'] });

    expect(LambdaFunctionConfigurations[0].Filter.Key.FilterRules).toEqual([
      { Name: 'suffix', Value: '+1.jpg' },
      { Name: 'prefix', Value: encoded },
    ]);
  });

  it('excludes copies with copies: false', () => {
    const { LambdaFunctionConfigurations } = notificationsOf({ copies: false });

    expect(
      LambdaFunctionConfigurations.flatMap((configuration: { Events: string[] }) => configuration.Events),
    ).toEqual(['s3:ObjectCreated:Put', 's3:ObjectCreated:Post', 's3:ObjectCreated:CompleteMultipartUpload']);
  });
});

describe('the trigger sqs', () => {
  const synthesis = synthesize(() => ({ trigger: 'sqs' }));
  const { template } = synthesis;
  const queue = queueOf(synthesis, 'UploadsQueue');
  const deadLetters = queueOf(synthesis, 'DeadLetters');

  it('sends the notifications to the queue instead of the function', () => {
    expect(only(template, 'Custom::S3BucketNotifications').properties.NotificationConfiguration).toEqual({
      QueueConfigurations: [{ Events: ['s3:ObjectCreated:*'], QueueArn: queue.arn }],
    });
    expect(() => only(template, 'AWS::Lambda::Permission')).toThrow(/^0 resources/);
  });

  it('hides a message for six timeouts and moves it to the dead-letter queue after five receives', () => {
    expect(queue.properties).toEqual({
      SqsManagedSseEnabled: true,
      VisibilityTimeout: 6 * 60,
      MessageRetentionPeriod: 7 * 24 * 3600,
      RedrivePolicy: { deadLetterTargetArn: deadLetters.arn, maxReceiveCount: 5 },
    });
  });

  it('accepts messages from this bucket of this account only, over TLS only', () => {
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

  it('passes the function ten messages at a time and retries only those that failed', () => {
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

  it('applies the queue options', () => {
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
  ])('limits the concurrency to the reserved one (%i)', (reservedConcurrency, MaximumConcurrency) => {
    const told = synthesize(() => ({ trigger: 'sqs', reservedConcurrency }));

    expect(only(told.template, 'AWS::Lambda::EventSourceMapping').properties.ScalingConfig).toEqual({
      MaximumConcurrency,
    });
  });

  it('filters keys and excludes copies', () => {
    const { QueueConfigurations } = notificationsOf({
      trigger: 'sqs',
      copies: false,
      suffixes: ['.jpg', '.png'],
    });

    expect(QueueConfigurations).toHaveLength(3 * 2);
  });
});

describe('the trigger eventbridge', () => {
  const patternOf = (props: ImageClassifierProps) =>
    only(synthesize(() => ({ ...props, trigger: 'eventbridge' })).template, 'AWS::Events::Rule').properties
      .EventPattern;

  it('matches new objects of this bucket, retries for a day and then uses the dead-letter queue', () => {
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

  it('enables EventBridge on a new bucket without other notifications', () => {
    expect(notificationsOf({ trigger: 'eventbridge' })).toEqual({ EventBridgeConfiguration: {} });
  });

  it('enables EventBridge on a bucket of the same app', () => {
    const { template } = synthesize((stack) => ({
      bucket: new Bucket(stack, 'Uploads') as IBucket,
      trigger: 'eventbridge',
    }));

    expect(only(template, 'Custom::S3BucketNotifications').properties.NotificationConfiguration).toEqual({
      EventBridgeConfiguration: {},
    });
  });

  it('does not change the notifications of an imported bucket and tells its owner what to enable', () => {
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
  ])('filters keys by %s', (_, props, key) => {
    expect(patternOf(props).detail.object).toEqual({ key });
  });

  it('matches special characters in prefixes as they are: EventBridge does not encode keys', () => {
    expect(patternOf({ prefix: 'year=2026/my photos+1:2/' }).detail.object).toEqual({
      key: [{ prefix: 'year=2026/my photos+1:2/' }],
    });
  });

  it('excludes copies with copies: false', () => {
    expect(patternOf({ copies: false }).detail.reason).toEqual([
      'PutObject',
      'POST Object',
      'CompleteMultipartUpload',
    ]);
  });
});

describe('the trigger sns', () => {
  const bySns = (props: ImageClassifierProps = {}) =>
    synthesize((stack) => ({
      bucket: Bucket.fromBucketName(stack, 'Uploads', 'my-uploads'),
      topic: Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:eu-west-1:123456789012:uploads'),
      trigger: 'sns',
      ...props,
    }));
  const records = (synthesis: ReturnType<typeof synthesize>) =>
    only(synthesis.template, 'AWS::SNS::Subscription').properties.FilterPolicy.Records;

  it('subscribes the function to new objects of the bucket, with a dead-letter queue', () => {
    const { template } = bySns();

    expect(only(template, 'AWS::SNS::Subscription').properties).toEqual({
      Protocol: 'lambda',
      Region: 'eu-west-1',
      TopicArn: 'arn:aws:sns:eu-west-1:123456789012:uploads',
      Endpoint: { 'Fn::GetAtt': [only(template, 'AWS::Lambda::Function').id, 'Arn'] },
      FilterPolicyScope: 'MessageBody',
      FilterPolicy: {
        Records: {
          eventName: [{ prefix: 'ObjectCreated:' }],
          s3: { bucket: { name: ['my-uploads'] } },
        },
      },
      RedrivePolicy: {
        deadLetterTargetArn: { 'Fn::GetAtt': [only(template, 'AWS::SQS::Queue').id, 'Arn'] },
      },
    });
    expect(only(template, 'AWS::Lambda::Permission').properties).toMatchObject({
      Principal: 'sns.amazonaws.com',
      SourceArn: 'arn:aws:sns:eu-west-1:123456789012:uploads',
    });
  });

  it('leaves the notifications of a bucket alone that is given by its name', () => {
    const { template } = bySns({ bucket: 'my-uploads' as never });

    template.resourceCountIs('Custom::S3BucketNotifications', 0);
  });

  it('leaves the notifications of an existing bucket alone and says what it needs', () => {
    const { template, classifier } = bySns();

    expect(template.findResources('Custom::S3BucketNotifications')).toEqual({});
    expect(
      Annotations.fromStack(classifier.function.stack).findInfo(
        '*',
        Match.stringLikeRegexp('has to send its ObjectCreated events to the topic'),
      ),
    ).toHaveLength(1);
  });

  it('notifies the topic of uploads to a new bucket', () => {
    const { template } = synthesize((stack) => ({
      topic: new Topic(stack, 'Topic') as ITopic,
      trigger: 'sns',
    }));

    expect(only(template, 'Custom::S3BucketNotifications').properties.NotificationConfiguration).toEqual({
      TopicConfigurations: [
        { Events: ['s3:ObjectCreated:*'], TopicArn: { Ref: only(template, 'AWS::SNS::Topic').id } },
      ],
    });
  });

  it.each<[ImageClassifierProps, object]>([
    [{ prefix: 'year=2026/' }, { key: [{ prefix: 'year%3D2026/' }] }],
    [{ suffixes: ['.jpg', ' 1.png'] }, { key: [{ suffix: '.jpg' }, { suffix: '+1.png' }] }],
  ])('filters encoded keys by %j', (props, object) => {
    expect(records(bySns(props)).s3.object).toEqual(object);
  });

  it('excludes copies with copies: false', () => {
    expect(records(bySns({ copies: false })).eventName).toEqual([
      'ObjectCreated:Put',
      'ObjectCreated:Post',
      'ObjectCreated:CompleteMultipartUpload',
    ]);
  });

  it('labels several buckets through one subscription', () => {
    const { template } = synthesize(
      (stack) => ({
        bucket: Bucket.fromBucketName(stack, 'Uploads', 'my-uploads'),
        topic: new Topic(stack, 'Topic') as ITopic,
        trigger: 'sns',
      }),
      (classifier) => classifier.addBucket(Bucket.fromBucketName(classifier, 'More', 'more-uploads')),
    );

    expect(only(template, 'AWS::SNS::Subscription').properties.FilterPolicy.Records.s3.bucket.name).toEqual([
      'my-uploads',
      'more-uploads',
    ]);
  });

  it.each<[object, string]>([
    [{ topic: undefined }, 'the trigger is sns and topic is not set'],
    [{ trigger: 's3' }, 'topic is set and the trigger is s3; a topic needs the trigger sns'],
    [
      { prefix: 'a/', suffixes: ['.jpg'] },
      'Test/Uploads has a prefix and suffixes; with the trigger sns it takes one of them',
    ],
    [
      { topic: 'uploads' },
      "topic is 'uploads'; it takes the ARN of a topic: arn:aws:sns:REGION:ACCOUNT:NAME",
    ],
  ])('rejects %j', (props, sentence) => {
    expect(() => bySns(props)).toThrow(sentence);
  });

  it('rejects a second bucket when keys are filtered', () => {
    const { classifier } = bySns({ prefix: 'a/' });

    expect(() => classifier.addBucket(Bucket.fromBucketName(classifier, 'More', 'more-uploads'))).toThrow(
      'Test/Labels/More shares a subscription with other buckets; with the trigger sns, several buckets take no prefix or suffixes',
    );
  });
});

it('lets a deployed stack change its trigger: no logical id is reused for another resource type', () => {
  const types = (['s3', 'sqs', 'eventbridge'] as const).flatMap((trigger) => {
    const { Resources } = synthesize(() => ({ trigger })).template.toJSON();
    return Object.entries<{ Type: string }>(Resources).map(([id, { Type }]) => `${id} ${Type}`);
  });

  const distinct = [...new Set(types)];
  expect(distinct).toHaveLength(new Set(distinct.map((line) => line.split(' ')[0])).size);
});
