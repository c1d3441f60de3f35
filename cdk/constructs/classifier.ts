/** What the parts of a classifier see of it: its alarms, its dashboard, its triggers and its rights are made from this. */
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { BucketOptions } from './image-classifier-props.ts';

export interface Classifier extends Construct {
  readonly function: LambdaFunction;
  readonly eventBus: IEventBus;
  readonly deadLetterQueue: Queue;
  readonly buckets: readonly LabelledBucket[];
}

/** A bucket, and which of its images are labelled. */
export interface LabelledBucket extends BucketOptions {
  /** The bucket itself. */
  readonly bucket: IBucket;
}
