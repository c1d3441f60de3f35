import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { RemovalPolicy } from 'aws-cdk-lib';
import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, it } from 'vitest';
import type { ImageClassifierProps } from '../../../cdk/constructs/image-classifier-props.ts';
import { defaultMegabytes } from '../../../functions/classify/memory.ts';
import { only, statementWith, synthesize } from '../../support/synthesis.ts';

describe('by default', () => {
  const { template } = synthesize();

  it('creates a bucket that is encrypted, private and retained', () => {
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
    expect(template.findResources('Custom::S3AutoDeleteObjects')).toEqual({});
  });

  it('reserves no concurrency and enables no tracing', () => {
    const { properties } = only(template, 'AWS::Lambda::Function');

    expect(properties).not.toHaveProperty('ReservedConcurrentExecutions');
    expect(properties).not.toHaveProperty('TracingConfig');
  });

  it.each(['AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy'])('denies requests without TLS (%s)', (type) => {
    expect(only(template, type).properties.PolicyDocument.Statement).toEqual([
      expect.objectContaining({
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    ]);
  });

  it('runs on arm64 with Node.js 24 and both layers', () => {
    const { properties } = only(template, 'AWS::Lambda::Function');

    expect(properties).toMatchObject({
      Architectures: ['arm64'],
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      MemorySize: defaultMegabytes,
      Timeout: 60,
    });
    expect(properties.Layers).toHaveLength(2);
    const layers = Object.values(template.findResources('AWS::Lambda::LayerVersion'));
    expect(layers.map(({ Properties }) => Properties.Description).sort()).toEqual([
      'model-efficientnet-lite0',
      'onnxruntime-node',
    ]);
  });

  it('sets only the metrics variables: the function has defaults for the rest', () => {
    expect(only(template, 'AWS::Lambda::Function').properties.Environment.Variables).toEqual({
      POWERTOOLS_METRICS_NAMESPACE: 'Bucketlens',
      POWERTOOLS_SERVICE_NAME: 'Test/Labels',
    });
  });

  it('keeps events that failed three times for 14 days, encrypted', () => {
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

describe('with properties', () => {
  it('runs on x86_64 with the runtime layer of that architecture', () => {
    const { template, classifier } = synthesize(() => ({ architecture: Architecture.X86_64 }));

    expect(only(template, 'AWS::Lambda::Function').properties.Architectures).toEqual(['x86_64']);
    expect(classifier.artefacts.sizes.map(({ name }) => name)).toEqual([
      'function',
      'runtime-linux-x64',
      'model-efficientnet-lite0',
    ]);
  });

  it('deploys label rules with the model, in a layer of their own', () => {
    const labelRules = { merge: { cat: ['tabby', 'tiger_cat'] } };
    const path = join(mkdtempSync(join(tmpdir(), 'bucketlens-')), 'rules.json');
    writeFileSync(path, JSON.stringify(labelRules));

    const dirs = [{}, { labelRules }, { labelRules: path }, { labelRules: { drop: ['tabby'] } }].map(
      (props) => synthesize(() => props).classifier.artefacts.modelLayerDir,
    );

    const [plain, merged, fromFile, dropped] = dirs.map((dir) => basename(dir));
    expect(plain).toBe('model-efficientnet-lite0');
    expect(merged).toMatch(/^model-efficientnet-lite0-[0-9a-f]{8}$/);
    expect(fromFile).toBe(merged);
    expect(new Set([plain, merged, dropped]).size).toBe(3);
    expect(JSON.parse(readFileSync(join(dirs[1]!, 'model/label-rules.json'), 'utf8'))).toEqual(labelRules);
  });

  it.each<[string, ImageClassifierProps['labelRules'], string]>([
    ['an unknown label', { drop: ['tabbi'] }, "labelRules: drop: 'tabbi' is not a label; did you mean tabby"],
    ['a score above 1', { minScore: { tabby: 2 } }, 'labelRules: minScore.tabby must be from 0 to 1'],
    ['no file', './nowhere.json', './nowhere.json cannot be read'],
  ])('refuses label rules with %s', (_, labelRules, message) => {
    expect(() => synthesize(() => ({ labelRules: labelRules! }))).toThrow(message);
  });

  it('enables versioning', () => {
    const { template } = synthesize(() => ({ versioned: true }));

    expect(only(template, 'AWS::S3::Bucket').properties.VersioningConfiguration).toEqual({
      Status: 'Enabled',
    });
  });

  it('deletes empty buckets with the stack', () => {
    const { template } = synthesize(() => ({ removalPolicy: RemovalPolicy.DESTROY }));

    for (const bucket of Object.values(template.findResources('AWS::S3::Bucket')))
      expect(bucket.DeletionPolicy).toBe('Delete');
    expect(template.findResources('Custom::S3AutoDeleteObjects')).toEqual({});
  });

  it('empties its buckets first with autoDeleteObjects', () => {
    const { template } = synthesize(() => ({
      removalPolicy: RemovalPolicy.DESTROY,
      autoDeleteObjects: true,
    }));

    const emptied = Object.values(template.findResources('Custom::S3AutoDeleteObjects'));
    expect(emptied.map(({ Properties }) => Properties.BucketName)).toEqual(
      Object.keys(template.findResources('AWS::S3::Bucket')).map((Ref) => ({ Ref })),
    );
  });

  it('enables tracing and grants the permissions for it', () => {
    const { template } = synthesize(() => ({ tracing: true }));

    expect(only(template, 'AWS::Lambda::Function').properties.TracingConfig).toEqual({ Mode: 'Active' });
    expect(statementWith(template, 'xray:PutTraceSegments').Action).toEqual([
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ]);
  });

  it.each([20, 0])('reserves a concurrency of %i', (reservedConcurrency) => {
    const { template } = synthesize(() => ({ reservedConcurrency }));

    expect(only(template, 'AWS::Lambda::Function').properties.ReservedConcurrentExecutions).toBe(
      reservedConcurrency,
    );
  });

  it('labels an existing bucket instead of a new one', () => {
    const { template } = synthesize((stack) => ({
      bucket: Bucket.fromBucketName(stack, 'Uploads', 'my-uploads'),
    }));

    expect(() => only(template, 'AWS::S3::Bucket')).toThrow(/^0 resources/);
    expect(only(template, 'Custom::S3BucketNotifications').properties).toMatchObject({
      BucketName: 'my-uploads',
      // The bucket's other notifications stay.
      Managed: false,
    });
    expect(statementWith(template, 's3:PutObject').Resource).toEqual({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::my-uploads/*']],
    });
  });

  it('publishes to a given bus only', () => {
    const { template } = synthesize((stack) => ({ eventBus: new EventBus(stack, 'Bus') as IEventBus }));

    const bus = { 'Fn::GetAtt': [only(template, 'AWS::Events::EventBus').id, 'Arn'] };
    expect(statementWith(template, 'events:PutEvents').Resource).toEqual(bus);
    expect(
      only(template, 'AWS::Lambda::Function').properties.Environment.Variables.BUCKETLENS_EVENT_BUS,
    ).toEqual(bus);
  });

  it('passes settings to the function', () => {
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

describe('metrics', () => {
  it.each([
    ['metricImagesClassified', 'ImagesClassified'],
    ['metricImagesRejected', 'ImagesRejected'],
    ['metricImagesSkipped', 'ImagesSkipped'],
    ['metricFailures', 'Failures'],
  ] as const)('%s returns the metric that the function publishes', (method, metricName) => {
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
