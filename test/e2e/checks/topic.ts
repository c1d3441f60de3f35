/** The trigger `sns`: S3 notifies a topic that was there before, and the topic invokes the function. */
import assert from 'node:assert/strict';
import type { Check } from '../check.ts';
import type { DeployedStack } from '../deployed-stack.ts';

/** Creates the topic. @returns Its ARN. */
export function createTopic(stack: DeployedStack): Promise<string> {
  return stack.aws('sns', 'create-topic', '--name', 'uploads', '--query', 'TopicArn');
}

/** The emulator does not look into the list `Records` of a message, and so would filter out everything. */
export function subscriptionCheck(stack: DeployedStack, topicArn: () => string): Check {
  return {
    name: "subscribes the function with a filter; removed, because the emulator's cannot match S3's messages",
    run: async () => {
      const subscription = await stack.aws(
        'sns',
        'list-subscriptions-by-topic',
        '--topic-arn',
        topicArn(),
        '--query',
        'Subscriptions[].SubscriptionArn',
      );
      const attributes = await stack.aws(
        'sns',
        'get-subscription-attributes',
        '--subscription-arn',
        subscription,
        '--query',
        'Attributes.[FilterPolicyScope,FilterPolicy]',
      );
      const [scope, policy] = attributes.split('\t');
      assert.equal(scope, 'MessageBody');
      assert.deepEqual(JSON.parse(policy!), {
        Records: {
          eventName: [{ prefix: 'ObjectCreated:' }],
          s3: { bucket: { name: [stack.bucket()] } },
        },
      });
      await stack.aws(
        'sns',
        'set-subscription-attributes',
        '--subscription-arn',
        subscription,
        '--attribute-name',
        'FilterPolicy',
        '--attribute-value',
        '{}',
      );
    },
  };
}
