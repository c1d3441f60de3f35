/** Events that invoke the function, as AWS sends them. */
interface NotificationOptions {
  readonly bucket?: string;
  readonly eventName?: string;
  /** The default is not a folder's. */
  readonly size?: number;
  readonly eTag?: string;
  readonly versionId?: string;
  readonly principalId?: string;
  readonly sequencer?: string;
}

function sizeOf(key: string): number {
  return key.endsWith('/') ? 0 : 1024;
}

/** A notification with one record about `key`, encoded as S3 does. */
export function notification(key: string, options: NotificationOptions = {}) {
  return {
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        awsRegion: 'eu-west-1',
        eventTime: '2026-01-01T00:00:00.000Z',
        eventName: options.eventName ?? 'ObjectCreated:Put',
        userIdentity: { principalId: options.principalId ?? 'AWS:AIDAUPLOADER' },
        requestParameters: { sourceIPAddress: '192.0.2.1' },
        s3: {
          s3SchemaVersion: '1.0',
          bucket: { name: options.bucket ?? 'photos', arn: `arn:aws:s3:::${options.bucket ?? 'photos'}` },
          object: {
            key: encodeKey(key),
            size: options.size ?? sizeOf(key),
            ...(options.eTag !== undefined && { eTag: options.eTag }),
            ...(options.versionId !== undefined && { versionId: options.versionId }),
            sequencer: options.sequencer ?? '0066A1B2C3D4E5F6',
          },
        },
      },
    ],
  };
}

type EventBridgeOptions = Omit<NotificationOptions, 'eventName' | 'principalId'> & {
  readonly reason?: string;
};

/** S3's event about `key` on EventBridge, where keys are not encoded. */
export function objectCreated(key: string, options: EventBridgeOptions = {}) {
  return {
    version: '0',
    id: '2d4eba74-fd51-3966-4bfa-b013c9da8ff1',
    'detail-type': 'Object Created',
    source: 'aws.s3',
    account: '111122223333',
    time: '2026-01-01T00:00:00Z',
    region: 'eu-west-1',
    resources: [`arn:aws:s3:::${options.bucket ?? 'photos'}`],
    detail: {
      version: '0',
      bucket: { name: options.bucket ?? 'photos' },
      object: {
        key,
        size: options.size ?? sizeOf(key),
        ...(options.eTag !== undefined && { etag: options.eTag }),
        ...(options.versionId !== undefined && { 'version-id': options.versionId }),
        sequencer: options.sequencer ?? '0066A1B2C3D4E5F6',
      },
      'request-id': 'R1',
      requester: '111122223333',
      'source-ip-address': '192.0.2.1',
      reason: options.reason ?? 'PutObject',
    },
  };
}

/** A batch of messages with these bodies; their ids are m0, m1 and so on. */
export function sqsBatch(...bodies: unknown[]) {
  return {
    Records: bodies.map((body, index) => ({
      messageId: `m${index}`,
      receiptHandle: 'receipt',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      attributes: { ApproximateReceiveCount: '1' },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:eu-west-1:111122223333:images',
      awsRegion: 'eu-west-1',
    })),
  };
}

/** A task of an S3 Batch Operations job in the newer schema. */
export function batchTask(
  key: string,
  {
    versionId = null,
    userArguments = {},
  }: { versionId?: string | null; userArguments?: Record<string, string> } = {},
) {
  return {
    invocationSchemaVersion: '2.0',
    invocationId: 'i1',
    job: { id: 'j1', userArguments },
    tasks: [{ taskId: 't1', s3Bucket: 'photos', s3Key: encodeKey(key), s3VersionId: versionId }],
  };
}

/** A task in the older schema: the bucket by its ARN, no arguments. */
export function oldBatchTask(key: string) {
  return {
    invocationSchemaVersion: '1.0',
    invocationId: 'i1',
    job: { id: 'j1' },
    tasks: [{ taskId: 't1', s3BucketArn: 'arn:aws:s3:::photos', s3Key: encodeKey(key), s3VersionId: null }],
  };
}

function encodeKey(key: string): string {
  return encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/');
}
