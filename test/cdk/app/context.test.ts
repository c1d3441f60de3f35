import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { LambdaDeploymentConfig } from 'aws-cdk-lib/aws-codedeploy';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { describe, expect, it } from 'vitest';
import { readContext } from '../../../cdk/app/context.ts';
import { InvalidSetting } from '../../../cdk/constructs/settings/invalid-setting.ts';
import { createApp } from '../../support/synthesis.ts';

function contextOf(context: Record<string, unknown>) {
  return readContext(createApp(context).node);
}

describe('readContext', () => {
  it('leaves everything to the defaults when nothing is set', () => {
    expect(contextOf({})).toEqual({ classifier: {} });
  });

  it('converts text from the command line', () => {
    const context = {
      architecture: 'x86_64',
      model: './my-model',
      heic: 'true',
      memorySize: '3008',
      timeout: '120',
      reservedConcurrency: '20',
      logRetention: '7',
      tracing: 'true',
      deploymentConfig: 'canary_10percent_5minutes',
      'limits.megabytes': '100',
      'limits.megapixels': '30',
      bucketName: 'my-uploads',
      versioned: 'false',
      removalPolicy: 'destroy',
      autoDeleteObjects: 'true',
      notifyEmail: 'me@example.com',
      alarms: 'true',
      alarmEmail: 'ops@example.com',
      dashboard: 'false',
      prefix: 'photos/',
      suffixes: '.jpg, .png',
      trigger: 'sqs',
      'queue.batchSize': '50',
      'queue.maxBatchingWindow': '20',
      'queue.maxConcurrency': '5',
      copies: 'false',
      writeBack: 'annotation, tags',
      queryable: 'true',
      encryptionKeyArn: 'arn:aws:kms:eu-central-1:123456789012:key/1234',
      eventBusName: 'mine',
      metadataPrefix: 'seen',
      topK: '3',
      minScore: '0.1',
      generalScore: '0.8',
    };

    expect(contextOf(context)).toEqual({
      bucketName: 'my-uploads',
      encryptionKeyArn: 'arn:aws:kms:eu-central-1:123456789012:key/1234',
      eventBusName: 'mine',
      notifyEmail: 'me@example.com',
      alarms: true,
      alarmEmail: 'ops@example.com',
      dashboard: false,
      classifier: {
        architecture: Architecture.X86_64,
        model: './my-model',
        heic: true,
        memorySize: 3008,
        timeout: Duration.seconds(120),
        reservedConcurrency: 20,
        logRetention: RetentionDays.ONE_WEEK,
        tracing: true,
        deploymentConfig: LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
        limits: { megabytes: 100, megapixels: 30 },
        versioned: false,
        removalPolicy: RemovalPolicy.DESTROY,
        autoDeleteObjects: true,
        prefix: 'photos/',
        suffixes: ['.jpg', '.png'],
        trigger: 'sqs',
        queue: { batchSize: 50, maxBatchingWindow: Duration.seconds(20), maxConcurrency: 5 },
        copies: false,
        writeBack: ['annotation', 'tags'],
        queryable: true,
        metadataPrefix: 'seen',
        topK: 3,
        minScore: 0.1,
        generalScore: 0.8,
      },
    });
  });

  it('accepts typed values from cdk.json, nested objects included', () => {
    const context = {
      architecture: 'arm64',
      memorySize: 1769,
      versioned: true,
      suffixes: ['.jpg'],
      writeBack: ['tags'],
      queue: { batchSize: 5 },
      'queue.maxConcurrency': 3,
    };

    expect(contextOf(context).classifier).toEqual({
      architecture: Architecture.ARM_64,
      memorySize: 1769,
      versioned: true,
      suffixes: ['.jpg'],
      writeBack: ['tags'],
      queue: { batchSize: 5, maxConcurrency: 3 },
    });
  });

  it("writes nothing back with writeBack 'none'", () => {
    expect(contextOf({ writeBack: 'none' }).classifier).toEqual({ writeBack: 'none' });
  });

  it.each([
    ['architecture', 'arm', "architecture is 'arm'; it takes arm64 or x86_64"],
    ['memorySize', 'lots', "memorySize is 'lots'; it takes a whole number from 512 to 10240 MB"],
    ['topK', {}, 'topK is an object (Object); it takes a whole number from 1 to 1000'],
    ['timeout', '5', "timeout is '5'; it takes a whole number of seconds from 10 to 900"],
    [
      'logRetention',
      '8',
      "logRetention is '8'; it takes a number of days that CloudWatch offers: 1, 3, 5, 7",
    ],
    [
      'deploymentConfig',
      'CANARY',
      "deploymentConfig is 'CANARY'; it takes a LambdaDeploymentConfig: ALL_AT_ONCE, CANARY_10PERCENT_",
    ],
    ['versioned', 'yes', "versioned is 'yes'; it takes true or false"],
    [
      'writeBack',
      'metadata,labels',
      "writeBack is 'metadata,labels'; it takes any of tags, annotation, metadata, each at most once, or 'none'",
    ],
    ['trigger', 'queue', "trigger is 'queue'; it takes s3, sqs, eventbridge or sns"],
    [
      'queue.maxBatchingWindow',
      '-1',
      "queue.maxBatchingWindow is '-1'; it takes a whole number of seconds from 0 to 300",
    ],
    [
      'queue.maxBatchingWindow',
      '0.5',
      "queue.maxBatchingWindow is '0.5'; it takes a whole number of seconds from 0 to 300",
    ],
    [
      'queue',
      '5',
      "queue is '5'; it takes queue.batchSize, queue.maxBatchingWindow and queue.maxConcurrency",
    ],
    [
      'bucketName',
      'Bad_NAME',
      "bucketName is 'Bad_NAME'; it takes the name of a bucket: 3 to 63 of a-z 0-9 . -, with a letter or digit at both ends",
    ],
    ['bucketName', 'arn:aws:s3:::my-photos', "it takes the name alone: 'my-photos'"],
    ['bucketName', 's3://my-photos', "it takes the name alone: 'my-photos'"],
    [
      'bucketName',
      'photos--use1-az4--x-s3',
      'it takes a general purpose bucket; S3 sends no object events for directory and table buckets',
    ],
    ['bucketName', 'my-ap-abcdefgh123-s3alias', 'it takes a bucket, not an access point'],
    [
      'prefix',
      '/incoming/',
      "prefix is '/incoming/'; it takes no leading slash: the key of s3://BUCKET/incoming/ is 'incoming/', so use that",
    ],
    [
      'encryptionKeyArn',
      'arn:aws:kms:eu-central-1:123456789012:alias/photos',
      'it takes the ARN of a key, not of an alias: arn:aws:kms:REGION:ACCOUNT:key/ID',
    ],
    ['removalPolicy', 'delete', "removalPolicy is 'delete'; it takes retain or destroy"],
    ['notifyEmail', 'me', "notifyEmail is 'me'; it takes an e-mail address such as you@example.com"],
    ['alarmEmail', '', "alarmEmail is ''; it takes an e-mail address"],
    ['dashboard', 'no', "dashboard is 'no'; it takes true or false"],
    ['model', '', "model is ''; it takes the name of a model, or the path of a model folder"],
    ['suffixes', 7, 'suffixes is 7; it takes a list of texts such as .jpg,.png'],
    ['suffixes', '.jpg,', "suffixes has ''; it takes 1 to 512 printable ASCII characters"],
  ])('refuses %s %j in a sentence', (name, value, sentence) => {
    const refused = () => contextOf({ [name]: value });

    expect(refused).toThrow(InvalidSetting);
    expect(refused).toThrow(sentence);
  });

  it.each([
    ['topk', 'topK'],
    ['bucket', 'bucketName'],
    ['bucket-name', 'bucketName'],
    ['encryptionKey', 'encryptionKeyArn'],
    ['eventBus', 'eventBusName'],
    ['batchSize', 'queue.batchSize'],
    ['maxBatchingWindow', 'queue.maxBatchingWindow'],
    ['queue.batchsize', 'queue.batchSize'],
    ['limit.megabytes', 'limits.megabytes'],
    ['logretention', 'logRetention'],
    ['write_back', 'writeBack'],
    ['modle', 'model'],
  ])('refuses %s and names %s', (unknown, meant) => {
    const refused = () => contextOf({ [unknown]: '5' });

    expect(refused).toThrow(InvalidSetting);
    expect(refused).toThrow(`${unknown} is not a setting; did you mean ${meant}?`);
  });

  it('lists every setting when none is similar to an unknown name', () => {
    expect(() => contextOf({ owner: 'me' })).toThrow(
      /^owner is not a setting; the settings are bucketName, .*memorySize, .*queue\.batchSize, /,
    );
  });

  it('names every unknown setting at once', () => {
    expect(() => contextOf({ topk: '3', writeback: 'none' })).toThrow(
      'topk is not a setting; did you mean topK?; writeback is not a setting; did you mean writeBack?',
    );
  });

  it('accepts context of the CDK itself', () => {
    const context = {
      'aws:cdk:bundling-stacks': [],
      'aws-cdk:enableDiffNoFail': true,
      '@aws-cdk/core:newStyleStackSynthesis': true,
      'availability-zones:account=123456789012:region=eu-west-1': ['eu-west-1a'],
      'acknowledged-issue-numbers': [34892],
      'cli-telemetry': false,
    };

    expect(contextOf(context)).toEqual({ classifier: {} });
  });
});
