/** A temporary EventBridge rule with an SQS queue behind it, from which the prediction events of a stack are read live. */
import { randomUUID } from 'node:crypto';
import {
  DeleteRuleCommand,
  type EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueUrlCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { type Deployment, UnusableStack } from './deployment.ts';
import { feedArns, placeOf, queuePolicy } from './feed-policy.ts';

export interface FeedClients {
  readonly eventBridge: EventBridgeClient;
  readonly sqs: SQSClient;
}

/** A rule and a queue of the same name, be they made already or not. */
export interface Feed {
  readonly name: string;
  /** A name or an ARN. */
  readonly eventBus: string;
}

export const feedNamePrefix = 'bucketlens-watch-';

/** The queue's tags: by them a later run knows what an earlier one has left behind. */
export const feedTags = { eventBus: 'bucketlens:event-bus', aliveAt: 'bucketlens:alive-at' } as const;

/** @throws UnusableStack if the stack publishes in another account or region, where it is not ours to make a rule. */
export function nameFeed({ EventBusName, FunctionArn }: Deployment): Feed {
  const { region, account } = placeOf(FunctionArn);
  const bus = EventBusName.startsWith('arn:') ? placeOf(EventBusName) : { region, account };
  if (bus.region !== region || bus.account !== account)
    throw new UnusableStack(
      `the stack publishes on ${EventBusName}, and its own account and region are ${account}, ${region}: a rule and a queue of your own have to be made there`,
    );
  return { name: `${feedNamePrefix}${randomUUID().slice(0, 8)}`, eventBus: EventBusName };
}

/**
 * Makes the queue and then the rule. Should that fail half-way, `removeFeed` removes what there is.
 *
 * @returns The queue's URL.
 */
export async function createFeed(
  { eventBridge, sqs }: FeedClients,
  { name, eventBus }: Feed,
  deployment: Deployment,
): Promise<string> {
  const arns = feedArns(name, eventBus, deployment.FunctionArn);
  const { QueueUrl } = await sqs.send(
    new CreateQueueCommand({
      QueueName: name,
      Attributes: {
        SqsManagedSseEnabled: 'true',
        MessageRetentionPeriod: String(retentionSeconds),
        Policy: JSON.stringify(queuePolicy(arns)),
      },
      tags: { [feedTags.eventBus]: eventBus, [feedTags.aliveAt]: new Date().toISOString() },
    }),
  );
  await eventBridge.send(
    new PutRuleCommand({
      Name: name,
      EventBusName: eventBus,
      Description: 'Temporary: somebody runs npm run watch',
      EventPattern: JSON.stringify(eventPattern(deployment)),
    }),
  );
  const { FailedEntries: [failed] = [] } = await eventBridge.send(
    new PutTargetsCommand({
      Rule: name,
      EventBusName: eventBus,
      Targets: [{ Id: targetId, Arn: arns.queueArn }],
    }),
  );
  if (failed) throw new Error(`the rule takes no target: ${failed.ErrorCode}: ${failed.ErrorMessage}`);
  return QueueUrl!;
}

/**
 * Removes the rule and then the queue, as far as they are there. The queue is made first and goes last: where there is
 * a rule there is a queue to find it by.
 */
export async function removeFeed(
  { eventBridge, sqs }: FeedClients,
  { name, eventBus }: Feed,
  abortSignal: AbortSignal,
): Promise<void> {
  const rule = { EventBusName: eventBus };
  const options = { abortSignal };
  await eventBridge
    .send(new RemoveTargetsCommand({ ...rule, Rule: name, Ids: [targetId] }), options)
    .catch(unlessMissing);
  await eventBridge.send(new DeleteRuleCommand({ ...rule, Name: name }), options).catch(unlessMissing);
  const found = await sqs.send(new GetQueueUrlCommand({ QueueName: name }), options).catch(unlessMissing);
  if (found)
    await sqs.send(new DeleteQueueCommand({ QueueUrl: found.QueueUrl }), options).catch(unlessMissing);
}

/** The commands that remove what `removeFeed` could not, one a line. */
export function removalCommands({ name, eventBus }: Feed, region: string): string {
  return [
    `aws events remove-targets --region ${region} --event-bus-name ${eventBus} --rule ${name} --ids ${targetId}`,
    `aws events delete-rule --region ${region} --event-bus-name ${eventBus} --name ${name}`,
    `aws sqs delete-queue --region ${region} --queue-url "$(aws sqs get-queue-url --region ${region} --queue-name ${name} --query QueueUrl --output text)"`,
  ].join('\n');
}

const targetId = 'queue';

// Should this end without removing its queue, what comes in is not kept for long.
const retentionSeconds = 3600;

function eventPattern({ BucketName, KeyPrefix }: Deployment) {
  return {
    source: ['bucketlens'],
    detail: { bucket: [BucketName], ...(KeyPrefix && { key: [{ prefix: KeyPrefix }] }) },
  };
}

function unlessMissing(error: Error): undefined {
  if (!/^(ResourceNotFoundException|QueueDoesNotExist)$/.test(error.name)) throw error;
}
