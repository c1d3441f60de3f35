/** The playground's S3 endpoint in this process, with a bucket `uploads` in a temporary folder. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import type { CreatedObject } from '../../local/playground/aws/notification.ts';
import { type S3EndpointOptions, startS3Endpoint } from '../../local/playground/aws/s3-endpoint.ts';

export interface LocalS3 {
  readonly url: string;
  readonly s3: S3Client;
  /** The folder of the bucket. */
  readonly folder: string;
  /** Notifications, in order. */
  readonly created: readonly CreatedObject[];
  readonly close: () => Promise<void>;
}

/** Starts it; by default, notifications name the client's access key as the principal, `AWS:ANYBODY`. */
export async function startLocalS3({
  onCreated = () => {},
  principalOf = (accessKeyId) => `AWS:${accessKeyId}`,
}: Partial<Pick<S3EndpointOptions, 'onCreated' | 'principalOf'>> = {}): Promise<LocalS3> {
  const directory = await mkdtemp(join(tmpdir(), 'bucketlens-s3-'));
  const created: CreatedObject[] = [];
  const endpoint = await startS3Endpoint({
    directory: join(directory, 'buckets'),
    port: 0,
    bucket: 'uploads',
    principalOf,
    secretOf: (accessKeyId) => (accessKeyId === 'VERIFIED' ? 'secret' : undefined),
    onCreated: (object) => {
      created.push(object);
      onCreated(object);
    },
  });
  const s3 = new S3Client({
    endpoint: endpoint.url,
    forcePathStyle: true,
    region: 'eu-north-1',
    credentials: { accessKeyId: 'ANYBODY', secretAccessKey: 'any' },
  });
  return {
    url: endpoint.url,
    s3,
    folder: join(directory, 'buckets/uploads'),
    created,
    close: async () => {
      s3.destroy();
      await endpoint.close();
      await rm(directory, { recursive: true });
    },
  };
}
