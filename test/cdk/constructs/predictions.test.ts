import { Duration } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Code, Function as LambdaFunctionConstruct, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, Pass, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { ImageClassifier } from '../../../cdk/constructs/image-classifier.ts';
import type { PredictionTarget } from '../../../cdk/constructs/predictions.ts';
import { createApp, functionId, only, synthesize, templateOf } from '../../support/synthesis.ts';

function queueIn(scope: Construct) {
  return new Queue(scope, 'Index');
}
function functionIn(scope: Construct) {
  return new LambdaFunctionConstruct(scope, 'Index', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline('exports.handler = () => {};'),
  });
}

describe.each([
  ['onImageClassified', 'Image Classified'],
  ['onImageRejected', 'Image Rejected'],
  ['onImageSkipped', 'Image Skipped'],
] as const)('%s', (method, detailType) => {
  it('sends the events of this classifier to a target', () => {
    const { template } = synthesize(
      () => ({}),
      (classifier) => classifier[method]('ToIndex', { target: new SqsQueue(queueIn(classifier)) }),
    );

    expect(only(template, 'AWS::Events::Rule').properties).toMatchObject({
      EventPattern: {
        source: ['bucketlens'],
        'detail-type': [detailType],
        resources: [{ 'Fn::GetAtt': [functionId(template), 'Arn'] }],
      },
      Targets: [
        expect.objectContaining({ Arn: { 'Fn::GetAtt': [expect.stringContaining('Index'), 'Arn'] } }),
      ],
    });
  });

  it('accepts a queue as it is as the target', () => {
    const { template } = synthesize(
      () => ({}),
      (classifier) => classifier[method]('ToIndex', { target: queueIn(classifier) as never }),
    );

    expect(only(template, 'AWS::Events::Rule').properties.Targets).toHaveLength(1);
  });

  it('rejects a queue in the place of its options', () => {
    expect(() =>
      synthesize(
        () => ({}),
        (classifier) => classifier[method]('ToIndex', queueIn(classifier) as never),
      ),
    ).toThrow(
      'ToIndex is given an object (Queue2); it takes options such as { target: new SqsQueue(queue) }',
    );
  });

  it('merges an additional event pattern', () => {
    const { template } = synthesize(
      () => ({ prefix: 'photos/' }),
      (classifier) => classifier[method]('Cats', { eventPattern: { detail: { key: [{ suffix: '.png' }] } } }),
    );

    expect(only(template, 'AWS::Events::Rule').properties.EventPattern).toEqual({
      source: ['bucketlens'],
      'detail-type': [detailType],
      resources: [{ 'Fn::GetAtt': [functionId(template), 'Arn'] }],
      detail: { key: [{ suffix: '.png' }] },
    });
  });
});

describe('onPrediction', () => {
  it.each<[string, (scope: Construct) => PredictionTarget, string, string]>([
    ['a queue', queueIn, 'AWS::SQS::Queue', 'AWS::SQS::QueuePolicy'],
    ['a function', functionIn, 'AWS::Lambda::Function', 'AWS::Lambda::Permission'],
    ['a topic', (scope) => new Topic(scope, 'Index'), 'AWS::SNS::Topic', 'AWS::SNS::TopicPolicy'],
    [
      'any rule target',
      (scope) => new LambdaFunction(functionIn(scope), { maxEventAge: Duration.hours(1) }),
      'AWS::Lambda::Function',
      'AWS::Lambda::Permission',
    ],
  ])('sends predictions to %s and lets the rule do so', (_, target, type, permission) => {
    const { template } = synthesize(
      () => ({}),
      (classifier) => classifier.onPrediction('ToIndex', target(classifier)),
    );

    const isIndex = ([id]: [string, unknown]) => id.startsWith('LabelsIndex');
    const [index] = Object.entries(template.findResources(type)).find(isIndex)!;
    const { EventPattern, Targets } = only(template, 'AWS::Events::Rule').properties;
    expect(EventPattern['detail-type']).toEqual(['Image Classified']);
    expect(JSON.stringify(Targets[0].Arn)).toContain(index);
    const permissions = JSON.stringify(Object.values(template.findResources(permission)));
    expect(permissions).toContain('events.amazonaws.com');
    expect(permissions).toContain(index);
  });

  it.each<[string, (scope: Construct) => PredictionTarget, string]>([
    ['a bus', (scope) => new EventBus(scope, 'Index') as IEventBus, 'events:PutEvents'],
    [
      'a state machine',
      (scope) =>
        new StateMachine(scope, 'Index', {
          definitionBody: DefinitionBody.fromChainable(new Pass(scope, 'Pass')),
        }),
      'states:StartExecution',
    ],
  ])('sends predictions to %s through a role', (_, target, action) => {
    const { template } = synthesize(
      () => ({}),
      (classifier) => classifier.onPrediction('ToIndex', target(classifier)),
    );

    const index = { [action.startsWith('events') ? 'Fn::GetAtt' : 'Ref']: expect.anything() };
    const [{ Arn }] = only(template, 'AWS::Events::Rule').properties.Targets;
    expect(Arn).toEqual(index);
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: Match.objectLike({
        Statement: [{ Effect: 'Allow', Action: action, Resource: Arn }],
      }),
    });
  });

  it.each([
    ['index', "'index'"],
    [undefined, 'undefined'],
    [{}, 'an object (Object)'],
  ])('rejects %j in a sentence', (target, shown) => {
    expect(() =>
      synthesize(
        () => ({}),
        (classifier) => classifier.onPrediction('ToIndex', target as unknown as PredictionTarget),
      ),
    ).toThrow(
      `the target is ${shown}; it takes a queue, function, topic, state machine, event bus or rule target`,
    );
  });

  it('keeps the options of a rule target', () => {
    const { template } = synthesize(
      () => ({}),
      (classifier) =>
        classifier.onPrediction(
          'ToIndex',
          new SqsQueue(queueIn(classifier), { deadLetterQueue: new Queue(classifier, 'Undelivered') }),
        ),
    );

    expect(only(template, 'AWS::Events::Rule').properties.Targets).toEqual([
      expect.objectContaining({
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': [expect.stringContaining('Undelivered'), 'Arn'] } },
      }),
    ]);
  });
});

it('separates the events of two classifiers on one bucket', () => {
  const { stack, template } = templateOf(createApp(), (scope) => {
    const bucket = new Bucket(scope, 'Uploads') as IBucket;
    for (const kind of ['Cats', 'Dogs']) {
      const classifier = new ImageClassifier(scope, kind, { bucket, prefix: `${kind.toLowerCase()}/` });
      classifier.onPrediction('ToIndex', queueIn(classifier));
    }
  });

  const resources = Object.values(template.findResources('AWS::Events::Rule')).map(
    ({ Properties }) => Properties.EventPattern.resources[0],
  );
  const arns = ['Cats', 'Dogs'].map((kind) => {
    const { function: labeller } = stack.node.findChild(kind) as ImageClassifier;
    return stack.resolve(labeller.functionArn);
  });
  expect(resources).toEqual(arns);
  expect(arns[0]).not.toEqual(arns[1]);
});

describe('notifyEmail', () => {
  const { template } = synthesize(
    () => ({}),
    (classifier) => {
      classifier.notifyEmail('me@example.com');
      classifier.notifyEmail('you@example.com');
    },
  );
  const topic = only(template, 'AWS::SNS::Topic');

  it('subscribes every address', () => {
    const subscriptions = Object.values(template.findResources('AWS::SNS::Subscription'));

    expect(subscriptions.map(({ Properties }) => Properties)).toEqual(
      ['me@example.com', 'you@example.com'].map((Endpoint) => ({
        Endpoint,
        Protocol: 'email',
        TopicArn: { Ref: topic.id },
      })),
    );
  });

  it('describes a prediction or a rejection in plain lines instead of JSON', () => {
    const rules = Object.values(template.findResources('AWS::Events::Rule')).map(
      ({ Properties }) => Properties,
    );
    const textOf = (detailType: string) => {
      const { InputPathsMap, InputTemplate } = rules.find(
        ({ EventPattern }) => EventPattern['detail-type'][0] === detailType,
      )!.Targets[0].InputTransformer;
      const event: Record<string, string> = {
        '$.detail.bucket': 'photos',
        '$.detail.key': 'cat.png',
        '$.detail.predictions[0].label': 'tiger_cat',
        '$.detail.predictions[0].score': '0.4092',
        '$.detail.predictions[1].label': 'Egyptian_cat',
        '$.detail.predictions[1].score': '0.3394',
        '$.detail.predictions[2].label': 'tabby',
        '$.detail.predictions[2].score': '0.167',
        '$.detail.model.name': 'resnet50',
        '$.detail.writeBack': 'written',
        '$.detail.error.name': 'EmptyObject',
        '$.detail.error.message': 'the object has no bytes',
      };
      return InputTemplate.replace(/<([\w-]+)>/g, (_: string, name: string) => event[InputPathsMap[name]]);
    };

    expect(textOf('Image Classified').split('\n')).toEqual([
      '"s3://photos/cat.png shows:"',
      '"tiger_cat 0.4092"',
      '"Egyptian_cat 0.3394"',
      '"tabby 0.167"',
      '"(resnet50; labels on the object: written)"',
    ]);
    expect(textOf('Image Rejected').split('\n')).toEqual([
      '"s3://photos/cat.png was not classified:"',
      '"EmptyObject: the object has no bytes"',
    ]);
  });

  it('uses a topic that accepts messages of EventBridge, over TLS only', () => {
    expect(only(template, 'AWS::SNS::TopicPolicy').properties.PolicyDocument.Statement).toEqual([
      {
        Sid: 'AllowPublishThroughSSLOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 'sns:Publish',
        Resource: { Ref: topic.id },
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
      expect.objectContaining({
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sns:Publish',
        Resource: { Ref: topic.id },
      }),
    ]);
  });

  it('encrypts with a key that EventBridge may use without conditions', () => {
    const key = only(template, 'AWS::KMS::Key');

    expect(topic.properties.KmsMasterKeyId).toEqual({ 'Fn::GetAtt': [key.id, 'Arn'] });
    expect(key.properties).toMatchObject({ EnableKeyRotation: true, PendingWindowInDays: 7 });
    expect(key.attributes.DeletionPolicy).toBe('Delete');
    expect(key.properties.KeyPolicy.Statement.slice(1)).toEqual([
      {
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        Resource: '*',
      },
    ]);
  });

  it('rejects an invalid e-mail address', () => {
    const refused = () =>
      synthesize(
        () => ({}),
        (classifier) => classifier.notifyEmail('me'),
      );

    expect(refused).toThrow("'me' is not an e-mail address; expected something like you@example.com");
  });
});
