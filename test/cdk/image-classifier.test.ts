import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, it } from 'vitest';
import { only, statementWith, synthesize } from './synthesis.ts';

describe('by default', () => {
  const { template } = synthesize();

  it('makes a bucket that is encrypted, private and kept with its photos when the stack goes', () => {
    const { properties, attributes } = only(template, 'AWS::S3::Bucket');

    expect(properties).toEqual({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
    expect(attributes).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  it.each(['AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy'])(
    'refuses what does not come by TLS (%s)',
    (type) => {
      expect(only(template, type).properties.PolicyDocument.Statement).toEqual([
        expect.objectContaining({
          Effect: 'Deny',
          Principal: { AWS: '*' },
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        }),
      ]);
    },
  );

  it('runs on arm64 with Node.js 24 and both layers', () => {
    const { properties } = only(template, 'AWS::Lambda::Function');

    expect(properties).toMatchObject({
      Architectures: ['arm64'],
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      MemorySize: 2048,
      Timeout: 60,
    });
    expect(properties.Layers).toHaveLength(2);
    const layers = Object.values(template.findResources('AWS::Lambda::LayerVersion'));
    expect(layers.map(({ Properties }) => Properties.Description).sort()).toEqual([
      'model-efficientnet-lite0',
      'onnxruntime-node',
    ]);
  });

  it('tells the function nothing but where its metrics go: the rest has its default there', () => {
    expect(only(template, 'AWS::Lambda::Function').properties.Environment.Variables).toEqual({
      POWERTOOLS_METRICS_NAMESPACE: 'Bucketlens',
      POWERTOOLS_SERVICE_NAME: 'Test/Labels',
    });
  });

  it('keeps what fails three times for 14 days, encrypted', () => {
    const { id, properties } = only(template, 'AWS::SQS::Queue');

    expect(properties).toMatchObject({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 14 * 24 * 3600 });
    expect(only(template, 'AWS::Lambda::EventInvokeConfig').properties).toMatchObject({
      MaximumRetryAttempts: 2,
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': [id, 'Arn'] } } },
    });
  });

  it('keeps logs for a month', () => {
    expect(only(template, 'AWS::Logs::LogGroup').properties).toEqual({ RetentionInDays: 30 });
  });
});

describe('as it is told', () => {
  it('runs on x86_64, with the runtime layer of that architecture', () => {
    const { template, classifier } = synthesize(() => ({ architecture: Architecture.X86_64 }));

    expect(only(template, 'AWS::Lambda::Function').properties.Architectures).toEqual(['x86_64']);
    expect(classifier.artefacts.sizes.map(({ name }) => name)).toEqual([
      'function',
      'runtime-linux-x64',
      'model-efficientnet-lite0',
    ]);
  });

  it('keeps versions', () => {
    const { template } = synthesize(() => ({ versioned: true }));

    expect(only(template, 'AWS::S3::Bucket').properties.VersioningConfiguration).toEqual({
      Status: 'Enabled',
    });
  });

  it('labels an existing bucket, and makes none', () => {
    const { template } = synthesize((stack) => ({
      bucket: Bucket.fromBucketName(stack, 'Uploads', 'my-uploads'),
    }));

    expect(() => only(template, 'AWS::S3::Bucket')).toThrow(/^0 resources/);
    expect(only(template, 'Custom::S3BucketNotifications').properties).toMatchObject({
      BucketName: 'my-uploads',
      // What else the bucket notifies of stays.
      Managed: false,
    });
    expect(statementWith(template, 's3:PutObject').Resource).toEqual({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::my-uploads/*']],
    });
  });

  it('publishes to a bus of your own, and may publish to no other', () => {
    const { template } = synthesize((stack) => ({ eventBus: new EventBus(stack, 'Bus') as IEventBus }));

    const bus = { 'Fn::GetAtt': [only(template, 'AWS::Events::EventBus').id, 'Arn'] };
    expect(statementWith(template, 'events:PutEvents').Resource).toEqual(bus);
    expect(
      only(template, 'AWS::Lambda::Function').properties.Environment.Variables.BUCKETLENS_EVENT_BUS,
    ).toEqual(bus);
  });

  it('hands settings on to the function', () => {
    const { template } = synthesize(() => ({
      topK: 3,
      minScore: 0,
      metadataPrefix: 'seen',
      limits: { megabytes: 20, megapixels: 30 },
      memorySize: 3008,
      logRetention: RetentionDays.ONE_WEEK,
    }));

    const { MemorySize, Environment } = only(template, 'AWS::Lambda::Function').properties;
    expect(MemorySize).toBe(3008);
    expect(Environment.Variables).toMatchObject({
      BUCKETLENS_TOP_K: '3',
      BUCKETLENS_MIN_SCORE: '0',
      BUCKETLENS_METADATA_PREFIX: 'seen',
      BUCKETLENS_MAX_MEGABYTES: '20',
      BUCKETLENS_MAX_MEGAPIXELS: '30',
    });
    expect(only(template, 'AWS::Logs::LogGroup').properties.RetentionInDays).toBe(7);
  });
});

describe('for the rest of your stack', () => {
  it.each([
    ['onImageClassified', 'Image Classified'],
    ['onImageRejected', 'Image Rejected'],
    ['onImageSkipped', 'Image Skipped'],
  ] as const)('%s sends the events of this bucket to a target', (method, detailType) => {
    const { template } = synthesize(
      () => ({}),
      (classifier) => classifier[method]('ToIndex', { target: new SqsQueue(new Queue(classifier, 'Index')) }),
    );

    expect(only(template, 'AWS::Events::Rule').properties).toMatchObject({
      EventPattern: {
        source: ['bucketlens'],
        'detail-type': [detailType],
        detail: { bucket: [{ Ref: only(template, 'AWS::S3::Bucket').id }] },
      },
      Targets: [
        expect.objectContaining({ Arn: { 'Fn::GetAtt': [expect.stringContaining('Index'), 'Arn'] } }),
      ],
    });
  });

  it.each([
    ['metricImagesClassified', 'ImagesClassified'],
    ['metricImagesRejected', 'ImagesRejected'],
    ['metricFailures', 'Failures'],
  ] as const)('%s is the metric that the function publishes', (method, metricName) => {
    const { classifier, template } = synthesize();
    const { Variables } = only(template, 'AWS::Lambda::Function').properties.Environment;

    expect(classifier[method]({ statistic: 'Average' })).toMatchObject({
      namespace: Variables.POWERTOOLS_METRICS_NAMESPACE,
      dimensions: { service: Variables.POWERTOOLS_SERVICE_NAME },
      metricName,
      statistic: 'Average',
    });
  });
});
