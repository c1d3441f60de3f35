/** Code that the package's types must accept or refuse. No test runs this: `npm run check` compiles it. */
import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { Rule } from 'aws-cdk-lib/aws-events';
import type { Architecture } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { EventBridgeEvent } from 'aws-lambda';
import { expectTypeOf } from 'vitest';
import type { BucketlensStackProps } from '../../cdk/app/stack.ts';
import type { Config } from '../../functions/classify/config.ts';
import type { PredictionEvent } from '../../functions/classify/publish/publish.ts';
import type {
  AlarmOptions,
  BucketlensEvent,
  BucketOptions,
  ImageClassified,
  ImageClassifier,
  ImageClassifierProps,
  ImageRejected,
  ImageSkipped,
  QueueOptions,
} from '../../package/index.ts';

// The construct needs nothing, and takes what the docs show.
expectTypeOf<Record<never, never>>().toExtend<ImageClassifierProps>();
expectTypeOf<{ bucket: IBucket; prefix: 'photos/'; suffixes: ['.jpg'] }>().toExtend<ImageClassifierProps>();
expectTypeOf<{
  architecture: Architecture;
  timeout: Duration;
  removalPolicy: RemovalPolicy;
}>().toExtend<ImageClassifierProps>();
expectTypeOf<{ writeBack: ['annotation', 'tags'] }>().toExtend<ImageClassifierProps>();
expectTypeOf<{
  writeBack: 'none';
  trigger: 'sqs';
  queue: { batchSize: 50 };
}>().toExtend<ImageClassifierProps>();
expectTypeOf<ImageClassifierProps>().toExtend<BucketOptions>();

// It refuses what it does not know, text where a number is meant, and what is set to undefined.
expectTypeOf<{ trigger: 'kinesis' }>().not.toExtend<ImageClassifierProps>();
expectTypeOf<{ timout: Duration }>().not.toExtend<ImageClassifierProps>();
expectTypeOf<{ writeBack: 'metadata' }>().not.toExtend<ImageClassifierProps>();
expectTypeOf<{ writeBack: ['none'] }>().not.toExtend<ImageClassifierProps>();
expectTypeOf<{ bucket: 'my-photos' }>().not.toExtend<ImageClassifierProps>();
expectTypeOf<{ topK: '3' }>().not.toExtend<ImageClassifierProps>();
expectTypeOf<{ timeout: 60 }>().not.toExtend<ImageClassifierProps>();
expectTypeOf<{ model: undefined }>().not.toExtend<ImageClassifierProps>();
expectTypeOf<{ maxBatchingWindow: 20 }>().not.toExtend<QueueOptions>();
expectTypeOf<{ topic: 'arn:aws:sns:eu-west-1:123456789012:Alarms' }>().not.toExtend<AlarmOptions>();

// Nobody changes a classifier's properties behind its back.
expectTypeOf<ImageClassifierProps>().toEqualTypeOf<Readonly<ImageClassifierProps>>();

// The stack's resources can be used further.
expectTypeOf<ImageClassifier['onPrediction']>().returns.toEqualTypeOf<Rule>();
expectTypeOf<Queue>().toExtend<Parameters<ImageClassifier['onPrediction']>[1]>();
expectTypeOf<'index'>().not.toExtend<Parameters<ImageClassifier['onPrediction']>[1]>();
expectTypeOf<ImageClassifier['addBucket']>().parameter(1).toEqualTypeOf<BucketOptions | undefined>();

// An event's detail is known by its detail-type.
type DetailOf<Type extends BucketlensEvent['detail-type']> = Extract<
  BucketlensEvent,
  { 'detail-type': Type }
>['detail'];
expectTypeOf<BucketlensEvent['detail-type']>().toEqualTypeOf<
  'Image Classified' | 'Image Rejected' | 'Image Skipped'
>();
expectTypeOf<DetailOf<'Image Classified'>>().toEqualTypeOf<ImageClassified>();
expectTypeOf<DetailOf<'Image Rejected'>>().toEqualTypeOf<ImageRejected>();
expectTypeOf<DetailOf<'Image Skipped'>>().toEqualTypeOf<ImageSkipped>();
export function describe(event: BucketlensEvent): string {
  switch (event['detail-type']) {
    case 'Image Classified':
      return event.detail.predictions.map(({ label, score }) => `${label} ${score.toFixed(2)}`).join();
    case 'Image Rejected':
      return event.detail.error.message;
    case 'Image Skipped':
      return event.detail.writeBack;
    default:
      expectTypeOf(event).toBeNever();
      return '';
  }
}

// Optional fields must be checked before use.
expectTypeOf<ImageClassified['general']>().extract<undefined>().toBeUndefined();
expectTypeOf<ImageRejected['eTag']>().toEqualTypeOf<string | undefined>();
expectTypeOf<ImageRejected>().not.toHaveProperty('predictions');
expectTypeOf<ImageSkipped>().not.toHaveProperty('error');
expectTypeOf<ImageSkipped['writeBack']>().toEqualTypeOf<'skipped'>();

// As a Lambda function has it from EventBridge.
type Delivered = EventBridgeEvent<'Image Classified', ImageClassified>;
expectTypeOf<Delivered['detail']['writeBack']>().toEqualTypeOf<
  'written' | 'superseded' | 'skipped' | 'too-large' | 'failed'
>();

// The function publishes the package's event types, and its configuration accepts the construct's values.
expectTypeOf<PredictionEvent['detailType']>().toEqualTypeOf<BucketlensEvent['detail-type']>();
expectTypeOf<PredictionEvent['detail']>().toEqualTypeOf<BucketlensEvent['detail']>();
expectTypeOf<Config['writeBack'][number]>().toEqualTypeOf<
  Exclude<NonNullable<ImageClassifierProps['writeBack']>, 'none'>[number]
>();
expectTypeOf<NonNullable<BucketlensStackProps['classifier']>>().toExtend<ImageClassifierProps>();
