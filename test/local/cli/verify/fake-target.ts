/** A target whose AWS answers by the names of the SDK's commands. */
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { S3Client } from '@aws-sdk/client-s3';
import type { PredictionSeen, Settings, Target, Upload } from '../../../../local/cli/verify/target.ts';

type Input = Readonly<Record<string, unknown>>;

export interface FakeTarget extends Target {
  /** Requests in order, as `GetObjectTagging KEY`. */
  readonly sent: string[];
}

export const settings: Settings = {
  trigger: 's3',
  writeBack: ['metadata'],
  metadataPrefix: 'labels',
  copies: true,
  queryable: false,
  versioned: false,
  objectLock: false,
  eventBridge: false,
};

export const deployment: Target['deployment'] = {
  BucketName: 'photos',
  FunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:Labels',
  BackfillRoleArn: 'arn:aws:iam::123456789012:role/Backfill',
  BackfillReportsBucketName: 'reports',
  LogGroupName: '/aws/labels',
  DeadLetterQueueUrl: 'https://sqs.eu-central-1.amazonaws.com/123456789012/Dead',
  EventBusName: 'default',
  KeyPrefix: 'in/',
  KeySuffixes: [],
};

/** @param answers Responses by command, such as `HeadObject`; a function gets the command's input. */
export function fakeTarget(
  answers: Readonly<Record<string, object | ((input: Input) => unknown)>> = {},
  changed: Partial<Target> & { readonly settings?: Settings } = {},
): FakeTarget {
  const sent: string[] = [];
  const client = {
    config: {},
    send: async (command: { readonly constructor: { readonly name: string }; readonly input: Input }) => {
      const { input } = command;
      const operation = command.constructor.name.replace(/Command$/, '');
      sent.push([operation, input.Key, input.VersionId].filter(Boolean).join(' '));
      const answer = answers[operation];
      if (answer === undefined) throw new Error(`no answer to ${operation}`);
      return typeof answer === 'function' ? answer(input) : answer;
    },
  };
  // Paginators check the class of their client.
  const as = ({ prototype }: { readonly prototype: object }) =>
    Object.assign(Object.create(prototype), client);
  const clients = {
    s3: as(S3Client),
    s3Control: client,
    lambda: client,
    logs: as(CloudWatchLogsClient),
    sqs: client,
    eventBridge: client,
  } as unknown as Target['clients'];
  return {
    clients,
    deployment,
    settings,
    isEmulated: true,
    prefix: 'in/bucketlens-verify-1/',
    events: eventsOf([]),
    startedAt: new Date(0),
    signal: new AbortController().signal,
    uploads: [],
    deadLettersBefore: 0,
    ...changed,
    sent,
  };
}

export function eventsOf(all: readonly PredictionSeen[]): Target['events'] {
  return {
    missing: undefined,
    all,
    about: async ({ key, eTag }) => all.find((event) => event.key === key && event.eTag === eTag),
    settle: async () => {},
  };
}

export function uploadOf(name: string, expected: Upload['expected'] = 'Image Classified'): Upload {
  return { name, key: `in/bucketlens-verify-1/${name}`, eTag: `tag-of-${name}`, startedMs: 0, expected };
}

export function eventAbout(
  { key, eTag }: Upload,
  detailType = 'Image Classified',
  detail: PredictionSeen['detail'] = { writeBack: 'written' },
): PredictionSeen {
  return { detailType, key, eTag, arrivedMs: 0, detail };
}
