/** Services for the measured function: an S3 with one photo, and an event bus. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { PredictionEvent } from '../../functions/classify/publish/publish.ts';
import { startEventBus } from '../../local/playground/aws/event-bus.ts';
import { type CreatedObject, createNotification } from '../../local/playground/aws/notification.ts';
import { startS3Endpoint } from '../../local/playground/aws/s3-endpoint.ts';
import { functionKey, functionName } from './function-process.ts';

export type Services = Awaited<ReturnType<typeof startServices>>;

export async function startServices() {
  const directory = await mkdtemp(join(tmpdir(), 'bucketlens-cost-'));
  const bucket = 'photos';
  const created: CreatedObject[] = [];
  const events: PredictionEvent[] = [];
  const bus = await startEventBus((event) => events.push(event));
  const endpoint = await startS3Endpoint({
    directory,
    port: 0,
    bucket,
    principalOf: (accessKeyId) => (accessKeyId === functionKey ? `AWS:ROLE:${functionName}` : 'AWS:USER'),
    onCreated: (object) => created.push(object),
  });
  const s3 = new S3Client({
    endpoint: endpoint.url,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'USER', secretAccessKey: 'local' },
  });
  return {
    environment: { AWS_ENDPOINT_URL_S3: endpoint.url, AWS_ENDPOINT_URL_EVENTBRIDGE: bus.url },
    upload: async (file: string): Promise<void> => {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'photo.jpg', Body: await readFile(file) }));
    },
    /** Notification of the last created object: an upload, or the copy that wrote its labels. */
    notification: () => createNotification(created.at(-1)!),
    /** The last published event. */
    event: () => events.at(-1)!,
    close: async (): Promise<void> => {
      s3.destroy();
      await endpoint.close();
      await bus.close();
      await rm(directory, { recursive: true });
    },
  };
}
