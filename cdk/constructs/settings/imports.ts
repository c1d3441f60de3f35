/** Resources that settings name instead of passing them. */
import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

export function importBucket(scope: Construct, id: string, bucket: IBucket | string): IBucket {
  return typeof bucket === 'string' ? Bucket.fromBucketName(scope, id, bucket) : bucket;
}

/** Imports a key by its ARN. */
export function importKey(scope: Construct, id: string, key: IKey | string): IKey {
  return typeof key === 'string' ? Key.fromKeyArn(scope, id, key) : key;
}

/** Imports a topic by its ARN. */
export function importTopic(scope: Construct, id: string, topic: ITopic | string): ITopic {
  return typeof topic === 'string' ? Topic.fromTopicArn(scope, id, topic) : topic;
}

/** Imports a bus by its name or ARN. */
export function importEventBus(scope: Construct, id: string, eventBus: IEventBus | string): IEventBus {
  if (typeof eventBus !== 'string') return eventBus;
  return eventBus.startsWith('arn:')
    ? EventBus.fromEventBusArn(scope, id, eventBus)
    : EventBus.fromEventBusName(scope, id, eventBus);
}
