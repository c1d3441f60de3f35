/** E-mails about predictions and alarms: topics of SNS, encrypted, TLS only. */
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { EventField, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Classifier } from '../classifier.ts';
import { addPredictionRule } from '../predictions.ts';
import { assertEmailAddress } from '../setting-checks.ts';

/**
 * SNS sends the address a link first, which has to be followed.
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

/** A topic to which every image that is classified or rejected is told in a few lines. */
export function createPredictionTopic(classifier: Classifier): Topic {
  const topic = createTopic(classifier, 'Predictions');
  // For EventBridge neither the topic's policy nor the key's may have conditions: its messages would be lost in silence.
  // https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
  const tell = (lines: readonly string[]) =>
    new SnsTopic(topic, { message: RuleTargetInput.fromMultilineText(lines.join('\n')) });
  addPredictionRule(classifier, 'EmailClassified', 'Image Classified', { target: tell(classifiedText) });
  addPredictionRule(classifier, 'EmailRejected', 'Image Rejected', { target: tell(rejectedText) });
  return topic;
}

function field(path: string): string {
  return EventField.fromPath(`$.detail.${path}`);
}
function prediction(index: number): string {
  return `${field(`predictions[${index}].label`)} ${field(`predictions[${index}].score`)}`;
}

// EventBridge puts each line in quotes, and leaves empty what an event does not have.
const classifiedText = [
  `s3://${field('bucket')}/${field('key')} shows:`,
  ...[0, 1, 2].map(prediction),
  `(${field('model.name')}; labels on the object: ${field('writeBack')})`,
];
const rejectedText = [
  `s3://${field('bucket')}/${field('key')} was not classified:`,
  `${field('error.name')}: ${field('error.message')}`,
];

/** EventBridge and CloudWatch may not use the key that SNS has for everybody. */
function topicKey(classifier: Classifier): Key {
  return (
    (classifier.node.tryFindChild('TopicKey') as Key | undefined) ??
    new Key(classifier, 'TopicKey', {
      description: `Encrypts the messages of ${classifier.node.path} on their way to their readers`,
      enableKeyRotation: true,
      // A topic keeps no messages, so that nothing has to be decrypted later.
      removalPolicy: RemovalPolicy.DESTROY,
      pendingWindow: Duration.days(7),
    })
  );
}
