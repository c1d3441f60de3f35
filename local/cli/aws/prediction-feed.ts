/** A temporary EventBridge rule that sends a stack's prediction events to a temporary SQS queue. */
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

/** A rule and a queue of the same name, created or not. */
export interface Feed {
  /** The command that reads it. */
  readonly command: FeedCommand;
  readonly name: string;
  /** A name or an ARN. */
  readonly eventBus: string;
}

export type FeedCommand = 'watch' | 'verify';

/** The beginning of the names of a command's feeds. */
export function feedNamePrefix(command: FeedCommand): string {
  return `bucketlens-${command}-`;
}

/** A new name, such as `bucketlens-verify-0a1b2c3d`. */
function randomFeedName(command: FeedCommand): string {
  return `${feedNamePrefix(command)}${randomUUID().slice(0, 8)}`;
}

/** True for names as `nameFeed` makes them; others that begin alike are the user's. */
export function isFeedName(command: FeedCommand, name: string): boolean {
  const prefix = feedNamePrefix(command);
  return name.startsWith(prefix) && /^[0-9a-f]{8}$/.test(name.slice(prefix.length));
}

/** Tags of the queue, by which a later run recognises an abandoned feed. */
export const feedTags = { eventBus: 'bucketlens:event-bus', aliveAt: 'bucketlens:alive-at' } as const;

/** @throws UnusableStack if the stack publishes to a bus of another account or region. */
export function nameFeed(command: FeedCommand, { EventBusName, FunctionArn }: Deployment): Feed {
  const { region, account } = placeOf(FunctionArn);
  const bus = EventBusName.startsWith('arn:') ? placeOf(EventBusName) : { region, account };
  if (bus.region !== region || bus.account !== account)
    throw new UnusableStack(
      `the stack in account ${account}, ${region} publishes to ${EventBusName}; create a rule and a queue there to read its events`,
    );
  return { command, name: randomFeedName(command), eventBus: EventBusName };
}

/**
 * Creates the queue, then the rule. If it fails half-way, `removeFeed` removes the rest.
 *
 * @param pattern EventBridge's pattern of the events.
 * @param neighbourArn Any ARN of the same account and region.
 * @returns The queue's URL.
 */
export async function createFeed(
  { eventBridge, sqs }: FeedClients,
  { command, name, eventBus }: Feed,
  pattern: object,
  neighbourArn: string,
): Promise<string> {
  const arns = feedArns(name, eventBus, neighbourArn);
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
      Description: `Temporary: created by bucketlens ${command}`,
      EventPattern: JSON.stringify(pattern),
    }),
  );
  const { FailedEntries: [failed] = [] } = await eventBridge.send(
    new PutTargetsCommand({
      Rule: name,
      EventBusName: eventBus,
      Targets: [{ Id: targetId, Arn: arns.queueArn }],
    }),
  );
  if (failed)
    throw new Error(`EventBridge refused the queue as a target: ${failed.ErrorCode}: ${failed.ErrorMessage}`);
  return QueueUrl!;
}

/**
 * Removes the rule, then the queue; missing ones are fine. The queue is created first and removed last, so that a rule
 * left behind can be found by its queue.
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

/** AWS CLI commands that remove a feed, one per line. */
export function removalCommands({ name, eventBus }: Feed, region: string): string {
  return [
    `aws events remove-targets --region ${region} --event-bus-name ${eventBus} --rule ${name} --ids ${targetId}`,
    `aws events delete-rule --region ${region} --event-bus-name ${eventBus} --name ${name}`,
    `aws sqs delete-queue --region ${region} --queue-url "$(aws sqs get-queue-url --region ${region} --queue-name ${name} --query QueueUrl --output text)"`,
  ].join('\n');
}

const targetId = 'queue';

// Events in an abandoned queue are not kept for long.
const retentionSeconds = 3600;

/** The stack's predictions of objects below the prefix. */
export function predictionPattern({ BucketName, KeyPrefix }: Pick<Deployment, 'BucketName' | 'KeyPrefix'>) {
  return {
    source: ['bucketlens'],
    detail: { bucket: [BucketName], ...(KeyPrefix && { key: [{ prefix: KeyPrefix }] }) },
  };
}

function unlessMissing(error: Error): undefined {
  if (!/^(ResourceNotFoundException|QueueDoesNotExist)$/.test(error.name)) throw error;
}
