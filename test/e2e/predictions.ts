/** Receives prediction events like a consumer: by a rule and a queue of its own. */
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { PredictionEvent } from '../../functions/classify/publish/publish.ts';
import type { ClientOptions } from './emulator.ts';
import { eventually } from './eventually.ts';

export interface Predictions {
  /** The events for an object, once there are `count` of them. */
  readonly about: (key: string, count?: number) => Promise<PredictionEvent[]>;
  /** Waits until no more arrive. */
  readonly settle: () => Promise<void>;
  /** All events received so far. */
  readonly all: readonly PredictionEvent[];
}

// Long enough for a function that does not recognise its own copy to classify it again, even after a cold start.
const quietMs = 4000;
const name = 'bucketlens-e2e';

export async function subscribe(sqs: SQSClient, clientOptions: ClientOptions): Promise<Predictions> {
  const queueUrl = await createQueue(sqs, clientOptions);
  const events: PredictionEvent[] = [];
  let quietSince = Date.now();
  const receive = async (): Promise<void> => {
    const messages = await receiveAll(sqs, queueUrl);
    if (messages.length > 0) quietSince = Date.now();
    for (const body of messages) {
      const { 'detail-type': detailType, detail } = JSON.parse(body);
      events.push({ detailType, detail });
    }
  };

  return {
    about: (key, count = 1) =>
      eventually(`${count} prediction events about ${key}`, async () => {
        await receive();
        const found = events.filter(({ detail }) => detail.key === key);
        return found.length >= count ? found : undefined;
      }),
    settle: async () => {
      do await receive();
      while (Date.now() - quietSince < quietMs);
    },
    all: events,
  };
}

/** Receives the messages in a queue, waiting up to a second. */
export async function receiveAll(sqs: SQSClient, queueUrl: string): Promise<string[]> {
  const { Messages: messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
  );
  for (const { ReceiptHandle } of messages) {
    await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
  }
  return messages.map(({ Body }) => Body!);
}

async function createQueue(sqs: SQSClient, clientOptions: ClientOptions): Promise<string> {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const queueArn = Attributes!.QueueArn!;
  const statement = {
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: queueArn,
  };
  const policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy: policy } }));

  const eventBridge = new EventBridgeClient(clientOptions);
  await eventBridge.send(
    new PutRuleCommand({ Name: name, EventPattern: JSON.stringify({ source: ['bucketlens'] }) }),
  );
  await eventBridge.send(new PutTargetsCommand({ Rule: name, Targets: [{ Id: 'queue', Arn: queueArn }] }));
  return QueueUrl!;
}
