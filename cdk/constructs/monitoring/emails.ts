/** E-mail notifications of predictions and alarms, through encrypted SNS topics that accept TLS only. */
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { EventField, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Classifier } from '../classifier.ts';
import { addPredictionRule } from '../predictions.ts';
import { assertEmailAddress } from '../settings/invalid-setting.ts';

/**
 * Subscribes an address; SNS e-mails it a confirmation link first.
 *
 * @throws InvalidSetting
 */
export function subscribe(topic: Topic, address: string): void {
  assertEmailAddress(address);
  topic.addSubscription(new EmailSubscription(address));
}

export function createTopic(classifier: Classifier, id: string): Topic {
  return new Topic(classifier, id, { masterKey: topicKey(classifier), enforceSSL: true });
}

/** Creates a topic that receives a few lines about every image that is classified or rejected. */
export function createPredictionTopic(classifier: Classifier): Topic {
  const topic = createTopic(classifier, 'Predictions');
  // With conditions in the topic's or the key's policy, EventBridge would drop the messages without an error.
  // https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
  const target = (lines: readonly string[]) =>
    new SnsTopic(topic, { message: RuleTargetInput.fromMultilineText(lines.join('\n')) });
  addPredictionRule(classifier, 'EmailClassified', 'Image Classified', { target: target(classifiedText) });
  addPredictionRule(classifier, 'EmailRejected', 'Image Rejected', { target: target(rejectedText) });
  return topic;
}

function field(path: string): string {
  return EventField.fromPath(`$.detail.${path}`);
}
function prediction(index: number): string {
  return `${field(`predictions[${index}].label`)} ${field(`predictions[${index}].score`)}`;
}

// EventBridge quotes each line and replaces missing fields with nothing.
const classifiedText = [
  `s3://${field('bucket')}/${field('key')} shows:`,
  ...[0, 1, 2].map(prediction),
  `(${field('model.name')}; labels on the object: ${field('writeBack')})`,
];
const rejectedText = [
  `s3://${field('bucket')}/${field('key')} was not classified:`,
  `${field('error.name')}: ${field('error.message')}`,
];

/** EventBridge and CloudWatch have no permission on the AWS managed key of SNS. */
function topicKey(classifier: Classifier): Key {
  return (
    (classifier.node.tryFindChild('TopicKey') as Key | undefined) ??
    new Key(classifier, 'TopicKey', {
      description: `Encrypts the notifications of ${classifier.node.path}`,
      enableKeyRotation: true,
      // Topics do not store messages: nothing needs the key later.
      removalPolicy: RemovalPolicy.DESTROY,
      pendingWindow: Duration.days(7),
    })
  );
}
