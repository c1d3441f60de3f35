/** The view of a classifier that its helpers (alarms, dashboard, triggers, permissions) depend on. */
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import type { Alias, IFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { BucketOptions } from './image-classifier-props.ts';

export interface Classifier extends Construct {
  readonly function: LambdaFunction;
  readonly alias: Alias | undefined;
  readonly eventBus: IEventBus;
  readonly deadLetterQueue: Queue;
  readonly buckets: readonly LabelledBucket[];
}

/** The alias of the function if it has one: triggers and jobs invoke it. */
export function invokedBy({ alias, function: labeller }: Pick<Classifier, 'alias' | 'function'>): IFunction {
  // Under exactOptionalPropertyTypes, the classes do not satisfy the interface.
  return (alias ?? labeller) as IFunction;
}

/** A bucket and the filter on its images. */
export interface LabelledBucket extends BucketOptions {
  /** The bucket. */
  readonly bucket: IBucket;
}
