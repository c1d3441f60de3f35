import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LoopbackServer } from '../../../../local/playground/aws/loopback.ts';
import { startS3Endpoint } from '../../../../local/playground/aws/s3-endpoint.ts';
import { createPhotos } from '../../../../local/playground/labelling/photos.ts';

let directory: string;
let endpoint: LoopbackServer;
let s3: S3Client;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bucketlens-test-'));
  endpoint = await startS3Endpoint({
    directory,
    port: 0,
    bucket: 'uploads',
    principalOf: () => 'AWS:ANYBODY',
    onCreated: () => {},
  });
  const credentials = { accessKeyId: 'ANYBODY', secretAccessKey: 'any' };
  s3 = new S3Client({ endpoint: endpoint.url, region: 'us-east-1', credentials });
});

afterEach(async () => {
  s3.destroy();
  await endpoint.close();
  await rm(directory, { recursive: true });
});

describe('the photos of a bucket', () => {
  it('are all in the list, however many pages S3 makes of it, and folders are not', async () => {
    for (const Key of ['a.jpg', 'album/', 'b.jpg', 'c.jpg', 'd.jpg']) {
      await s3.send(new PutObjectCommand({ Bucket: 'uploads', Key, Body: 'x' }));
    }
    // Pages of two in place of a thousand.
    s3.middlewareStack.add(
      (next) => (args) => next({ ...args, input: { ...args.input, MaxKeys: 2 } as never }),
      {
        step: 'initialize',
        priority: 'high',
      },
    );

    const photos = await createPhotos(s3, 'uploads').list();

    expect(photos.map(({ key }) => key).toSorted()).toEqual(['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg']);
  });
});
