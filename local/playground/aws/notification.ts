/** Builds the notification that S3 would send for an object created in the local bucket. */
import type { S3Event } from 'aws-lambda';

export interface CreatedObject {
  readonly bucket: string;
  readonly key: string;
  /** In bytes. */
  readonly size: number;
  /** Without quotes. */
  readonly eTag: string;
  readonly operation: 'Put' | 'Post' | 'Copy' | 'CompleteMultipartUpload';
  /** The requester: `AWS:<user id>`, or `AWS:<role id>:<session name>`. */
  readonly principalId: string;
  readonly sourceIp: string;
  readonly createdAt: Date;
  /** Greater for later objects. */
  readonly sequence: number;
}

/**
 * The notification in S3's form: the key form-encoded, the sequencer in hexadecimal.
 *
 * Source: "Event message structure" in the Amazon S3 User Guide, version 2.1.
 */
export function createNotification(object: CreatedObject): S3Event {
  return {
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        awsRegion: 'us-east-1',
        eventTime: object.createdAt.toISOString(),
        eventName: `ObjectCreated:${object.operation}`,
        userIdentity: { principalId: object.principalId },
        requestParameters: { sourceIPAddress: object.sourceIp },
        responseElements: { 'x-amz-request-id': 'PLAYGROUND', 'x-amz-id-2': 'PLAYGROUND' },
        s3: {
          s3SchemaVersion: '1.0',
          configurationId: 'playground',
          bucket: {
            name: object.bucket,
            ownerIdentity: { principalId: 'PLAYGROUND' },
            arn: `arn:aws:s3:::${object.bucket}`,
          },
          object: {
            key: formEncode(object.key),
            size: object.size,
            eTag: object.eTag,
            sequencer: object.sequence.toString(16).toUpperCase().padStart(16, '0'),
          },
        },
      },
    ],
  };
}

/** Encodes a key as S3 does in events and in listings with `encoding-type=url`. */
export function formEncode(key: string): string {
  return encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+');
}
