/** The trigger `sns`: a subscription to the topic that receives the notifications of the buckets. */
import { Annotations, Lazy, Resource, Stack, Token } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { EventType } from 'aws-cdk-lib/aws-s3';
import { SnsDestination } from 'aws-cdk-lib/aws-s3-notifications';
import { type CfnSubscription, type ITopic, Subscription, SubscriptionProtocol } from 'aws-cdk-lib/aws-sns';
import { type Classifier, invokedBy, type LabelledBucket } from './classifier.ts';
import type { BucketOptions } from './image-classifier-props.ts';
import { encodeKeyPart } from './key-encoding.ts';
import { InvalidSetting } from './settings/invalid-setting.ts';

/** Subscribes the function to the topic. The function it returns admits the events of one bucket. */
export function subscribeTo(
  topic: ITopic,
  classifier: Classifier,
  copies: boolean,
): (labelled: LabelledBucket) => void {
  const target = invokedBy(classifier);
  const { region } = topic.env;
  const isElsewhere = !Token.isUnresolved(region) && region !== Stack.of(classifier).region;
  const subscription = new Subscription(classifier, 'UploadsSubscription', {
    topic,
    protocol: SubscriptionProtocol.LAMBDA,
    endpoint: target.functionArn,
    deadLetterQueue: classifier.deadLetterQueue,
    ...(isElsewhere && { region }),
  });
  target.addPermission('UploadsTopic', {
    principal: new ServicePrincipal('sns.amazonaws.com'),
    sourceArn: topic.topicArn,
  });
  const resource = subscription.node.defaultChild as CfnSubscription;
  resource.filterPolicyScope = 'MessageBody';
  resource.filterPolicy = Lazy.any({ produce: () => filterPolicy(classifier.buckets, copies) });

  return ({ bucket }) => {
    assertFiltersFit(classifier.buckets);
    // A new bucket has nobody else who would set up its notifications. One that was given by its name is not new.
    if (bucket.node.scope === classifier && Resource.isOwnedResource(bucket)) {
      bucket.addEventNotification(EventType.OBJECT_CREATED, new SnsDestination(topic));
    } else {
      Annotations.of(bucket).addInfo(
        'The bucket has to send its ObjectCreated events to the topic; nothing is labelled until it does',
      );
    }
  };
}

/** https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html; keys are encoded as S3 encodes them. */
function filterPolicy(buckets: readonly LabelledBucket[], copies: boolean): object {
  const [first] = buckets;
  const keys = keyConditions(first ?? {});
  return {
    Records: {
      eventName: copies
        ? [{ prefix: 'ObjectCreated:' }]
        : ['ObjectCreated:Put', 'ObjectCreated:Post', 'ObjectCreated:CompleteMultipartUpload'],
      s3: {
        bucket: { name: [...new Set(buckets.map(({ bucket }) => bucket.bucketName))] },
        ...(keys.length > 0 && { object: { key: keys } }),
      },
    },
  };
}

function keyConditions({ prefix, suffixes = [] }: BucketOptions): object[] {
  if (prefix !== undefined) return [{ prefix: encodeKeyPart(prefix) }];
  return suffixes.map((suffix) => ({ suffix: encodeKeyPart(suffix) }));
}

/** The conditions of an SNS filter on one field are alternatives: it can neither combine them nor tell buckets apart. */
function assertFiltersFit(buckets: readonly LabelledBucket[]): void {
  const { prefix, suffixes = [], bucket } = buckets.at(-1)!;
  if (prefix !== undefined && suffixes.length > 0) {
    throw new InvalidSetting(
      `${bucket.node.path} has a prefix and suffixes; with the trigger sns it takes one of them: leave out the other, or use the trigger eventbridge`,
    );
  }
  if (buckets.length > 1 && buckets.some((labelled) => keyConditions(labelled).length > 0)) {
    throw new InvalidSetting(
      `${bucket.node.path} shares a subscription with other buckets; with the trigger sns, several buckets take no prefix or suffixes: leave them out, or use a classifier for each bucket`,
    );
  }
}
