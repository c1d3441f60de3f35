import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { describe, expect, it } from 'vitest';
import { readContext } from '../../../cdk/app/context.ts';
import { InvalidSetting } from '../../../cdk/constructs/setting-checks.ts';
import { createApp } from '../../support/synthesis.ts';

function contextOf(context: Record<string, unknown>) {
  return readContext(createApp(context).node);
}

describe('readContext', () => {
  it('leaves everything to the defaults where nothing is set', () => {
    expect(contextOf({})).toEqual({ classifier: {} });
  });

  it('takes text, as the command line gives it', () => {
    const context = {
      architecture: 'x86_64',
      model: './my-model',
      memorySize: '3008',
      reservedConcurrency: '20',
      tracing: 'true',
      bucketName: 'my-uploads',
      versioned: 'false',
      removalPolicy: 'destroy',
      autoDeleteObjects: 'true',
      notifyEmail: 'me@example.com',
      alarms: 'true',
      alarmEmail: 'ops@example.com',
      dashboard: 'false',
      prefix: 'photos/',
      suffixes: '.jpg,.png',
      trigger: 'sqs',
      batchSize: '50',
      batchingWindowSeconds: '20',
      maxConcurrency: '5',
      copies: 'false',
      writeBack: 'annotation,tags',
      queryable: 'true',
      encryptionKeyArn: 'arn:aws:kms:eu-central-1:123456789012:key/1234',
      metadataPrefix: 'seen',
      topK: '3',
      minScore: '0.1',
      generalScore: '0.8',
    };

    expect(contextOf(context)).toEqual({
      bucketName: 'my-uploads',
      encryptionKeyArn: 'arn:aws:kms:eu-central-1:123456789012:key/1234',
      notifyEmail: 'me@example.com',
      alarms: true,
      alarmEmail: 'ops@example.com',
      dashboard: false,
      classifier: {
        architecture: Architecture.X86_64,
        model: './my-model',
        memorySize: 3008,
        reservedConcurrency: 20,
        tracing: true,
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

  it('takes values of their own type, as cdk.json gives them', () => {
    const context = {
      architecture: 'arm64',
      memorySize: 1769,
      versioned: true,
      suffixes: ['.jpg'],
      writeBack: ['tags'],
    };

    expect(contextOf(context).classifier).toEqual({
      architecture: Architecture.ARM_64,
      memorySize: 1769,
      versioned: true,
      suffixes: ['.jpg'],
      writeBack: ['tags'],
    });
  });

  it('writes nothing back where none is said', () => {
    expect(contextOf({ writeBack: 'none' }).classifier).toEqual({ writeBack: 'none' });
  });

  it.each([
    ['architecture', 'arm', '-c architecture=arm: architecture takes arm64 or x86_64'],
    ['memorySize', 'lots', '-c memorySize=lots: memorySize takes a number'],
    ['topK', {}, '-c topK=[object Object]: topK takes a number'],
    ['versioned', 'yes', '-c versioned=yes: versioned takes true or false'],
    [
      'writeBack',
      'metadata,labels',
      '-c writeBack=metadata,labels: writeBack takes any of tags, annotation, metadata with commas between them, or none',
    ],
    ['trigger', 'queue', '-c trigger=queue: trigger takes s3, eventbridge or sqs'],
    [
      'batchingWindowSeconds',
      '-1',
      '-c batchingWindowSeconds=-1: batchingWindowSeconds takes a number from 0',
    ],
    [
      'batchingWindowSeconds',
      '0.5',
      '-c batchingWindowSeconds=0.5: batchingWindowSeconds takes a whole number of seconds',
    ],
    [
      'bucketName',
      'Bad_NAME',
      '-c bucketName=Bad_NAME: bucketName takes the name of a bucket: 3 to 63 of a-z',
    ],
    [
      'encryptionKeyArn',
      'arn:aws:kms:eu-central-1:123456789012:alias/photos',
      'encryptionKeyArn takes the ARN of a key, not of an alias: arn:aws:kms:REGION:ACCOUNT:key/ID',
    ],
    ['removalPolicy', 'delete', '-c removalPolicy=delete: removalPolicy takes retain or destroy'],
    ['notifyEmail', 'me', '-c notifyEmail=me: notifyEmail takes an e-mail address such as you@example.com'],
    ['alarmEmail', '', 'alarmEmail takes an e-mail address'],
    ['dashboard', 'no', '-c dashboard=no: dashboard takes true or false'],
    ['model', '', '-c model=: model is empty'],
    ['suffixes', 7, '-c suffixes=7: suffixes takes texts with commas between them'],
  ])('says in a sentence what %s does not take', (name, value, sentence) => {
    const refused = () => contextOf({ [name]: value });

    expect(refused).toThrow(InvalidSetting);
    expect(refused).toThrow(sentence);
  });

  it('names the setting that is meant where only the case is wrong', () => {
    const refused = () => contextOf({ topk: '3', writeback: 'none' });

    expect(refused).toThrow(InvalidSetting);
    expect(refused).toThrow(
      'topk is no setting; it is spelled topK; writeback is no setting; it is spelled writeBack',
    );
  });

  it("leaves CDK's own names and those of other tools alone", () => {
    expect(contextOf({ 'aws:cdk:bundling-stacks': [], owner: 'me' })).toEqual({ classifier: {} });
  });
});
