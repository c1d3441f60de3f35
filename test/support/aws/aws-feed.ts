/** Imitates CloudFormation, EventBridge and SQS for `npm run watch`: a stack, rules with targets, and queues with messages. */
import { createHash, randomUUID } from 'node:crypto';
import { createChanges } from '../changes.ts';
import { type AwsAnswer, type AwsRequest, startAws } from './aws-server.ts';

interface Queue {
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: Record<string, string>;
  /** Rules and queues that are not deleted. */
  readonly messages: { readonly id: string; readonly body: string; isVisible: boolean }[];
}

interface Rule {
  readonly eventBus: string;
  readonly pattern: string;
  target?: string;
}

/** Fields of the requests of all operations. */
interface Body {
  readonly QueueName: string;
  readonly QueueUrl: string;
  readonly QueueNamePrefix: string;
  readonly Attributes: Readonly<Record<string, string>>;
  readonly tags: Record<string, string>;
  readonly Tags: Record<string, string>;
  readonly Entries: readonly { readonly Id: string; readonly ReceiptHandle: string }[];
  readonly Name: string;
  readonly Rule: string;
  readonly EventBusName: string;
  readonly EventPattern: string;
  readonly Targets: readonly [{ readonly Arn: string }];
}

export type FeedAws = Awaited<ReturnType<typeof startFeedAws>>;

/** @param outputs Outputs of the only stack, Bucketlens. */
export async function startFeedAws(outputs: Readonly<Record<string, string>>) {
  const queues = new Map<string, Queue>();
  const rules = new Map<string, Rule>();
  /** Operations to fail, such as `DeleteRule`, with their responses; without a response they are performed nevertheless. */
  const faults = new Map<string, () => AwsAnswer | Promise<undefined>>();
  const changes = createChanges();
  const nameOf = ({ QueueUrl, QueueName }: Body) => QueueName ?? QueueUrl.split('/').at(-1);

  const operations: Record<string, (body: Body, queue: Queue) => unknown> = {
    CreateQueue: ({ QueueName, Attributes: attributes, tags }) => {
      queues.set(QueueName, { attributes, tags, messages: [] });
      return { QueueUrl: urlOf(QueueName) };
    },
    GetQueueUrl: (body) => ({ QueueUrl: urlOf(nameOf(body)) }),
    ListQueues: ({ QueueNamePrefix }) => ({
      QueueUrls: [...queues.keys()].filter((name) => name.startsWith(QueueNamePrefix)).map(urlOf),
    }),
    ListQueueTags: (_, { tags }) => ({ Tags: tags }),
    TagQueue: ({ Tags }, { tags }) => {
      Object.assign(tags, Tags);
    },
    ReceiveMessage: async (body, { messages }) => {
      const hasCome = () => messages.some(({ isVisible }) => isVisible);
      await changes.until(() => hasCome() || !queues.has(nameOf(body)));
      const received = messages.filter(({ isVisible }) => isVisible);
      for (const message of received) message.isVisible = false;
      return {
        Messages: received.map(({ id, body }) => ({
          MessageId: id,
          ReceiptHandle: id,
          Body: body,
          MD5OfBody: md5(body),
        })),
      };
    },
    DeleteMessageBatch: ({ Entries }, { messages }) => {
      const deleted = new Set(Entries.map(({ ReceiptHandle }) => ReceiptHandle));
      messages.splice(0, messages.length, ...messages.filter(({ id }) => !deleted.has(id)));
      return { Successful: Entries.map(({ Id }) => ({ Id })), Failed: [] };
    },
    DeleteQueue: (body) => {
      queues.delete(nameOf(body));
    },
    PutRule: ({ Name, EventBusName, EventPattern }) => {
      rules.set(Name, { eventBus: EventBusName, pattern: EventPattern });
      return { RuleArn: 'arn' };
    },
    ListRules: () => ({ Rules: [...rules.keys()].map((Name) => ({ Name })) }),
    PutTargets: ({ Rule, Targets }) => {
      rules.get(Rule)!.target = Targets[0].Arn;
      return { FailedEntryCount: 0, FailedEntries: [] };
    },
    RemoveTargets: ({ Rule }) => {
      delete rules.get(Rule)?.target;
      return { FailedEntryCount: 0, FailedEntries: [] };
    },
    DeleteRule: ({ Name }) => {
      if (rules.get(Name)?.target) throw new Error("Rule can't be deleted since it has targets.");
      rules.delete(Name);
    },
  };

  const server = await startAws(async (request) => {
    const operation = operationOf(request);
    const fault = await faults.get(operation)?.();
    if (fault) return fault;
    if (operation === 'DescribeStacks') return describeStack(outputs, request.body);
    const body = JSON.parse(request.body) as Body;
    const isOfQueue = 'QueueUrl' in body || operation === 'GetQueueUrl';
    const queue = isOfQueue ? queues.get(nameOf(body)) : undefined;
    if (isOfQueue && !queue) return failure(400, 'QueueDoesNotExist');
    if (/^(DeleteRule|RemoveTargets)$/.test(operation) && !rules.has(body.Rule ?? body.Name))
      return failure(400, 'ResourceNotFoundException');
    const result = await operations[operation]!(body, queue!);
    changes.tell();
    return { body: JSON.stringify(result ?? {}) };
  });
  const urlOf = (name: string) => `${server.url}/123456789012/${name}`;

  return {
    ...server,
    queues,
    rules,
    faults,
    /** Delivers an event to a feed's queue, as EventBridge does. */
    deliver: (event: object) => {
      const body = JSON.stringify(event);
      for (const { messages } of queues.values()) messages.push({ id: randomUUID(), body, isVisible: true });
      changes.tell();
    },
    /** Waits for a condition on the queues or rules. */
    until: changes.until,
    /** Suspends an operation after it has begun. */
    hold: (operation: string) => {
      let isBegun = false;
      let isReleased = false;
      faults.set(operation, async () => {
        isBegun = true;
        changes.tell();
        await changes.until(() => isReleased);
        return undefined;
      });
      return {
        begins: () => changes.until(() => isBegun),
        release: () => {
          isReleased = true;
          changes.tell();
        },
      };
    },
    /** The bodies of the requests to an operation. */
    sentTo: (operation: string) =>
      server.requests
        .filter((request) => operationOf(request) === operation)
        .map(({ body }) => JSON.parse(body)),
  };
}

/** An error response of EventBridge, SQS or CloudFormation. */
export function failure(status: number, code: string, message = 'no'): AwsAnswer {
  return {
    status,
    headers: { 'x-amzn-errortype': code },
    body: JSON.stringify({ __type: code, message }),
  };
}

function operationOf({ headers, body }: AwsRequest): string {
  return String(headers['x-amz-target'] ?? `.${new URLSearchParams(body).get('Action')}`).split('.')[1]!;
}

function describeStack(outputs: Readonly<Record<string, string>>, request: string): AwsAnswer {
  const members = Object.entries(outputs).map(
    ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  const name = new URLSearchParams(request).get('StackName');
  if (name !== 'Bucketlens')
    return {
      status: 400,
      body: `<ErrorResponse><Error><Code>ValidationError</Code><Message>Stack with id ${name} does not exist</Message></Error></ErrorResponse>`,
    };
  return {
    body: `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>${name}</StackName><Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
  };
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
