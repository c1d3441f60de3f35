import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { type ClientRequest, request } from 'node:http';
import { CopyObjectCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LocalS3, startLocalS3 } from '../../../support/local-s3.ts';

let local: LocalS3;

beforeEach(async () => {
  local = await startLocalS3();
});
afterEach(() => local.close());

const object = { Bucket: 'uploads', Key: 'my cat.jpg' };

function put(body: string) {
  return local.s3.send(new PutObjectCommand({ ...object, Body: body, Metadata: { is: body.slice(0, 1) } }));
}

async function get() {
  const { Body, ETag, Metadata } = await local.s3.send(new GetObjectCommand(object));
  return { body: await Body!.transformToString(), eTag: JSON.parse(ETag!), metadata: Metadata };
}

function md5(text: string) {
  return createHash('md5').update(text).digest('hex');
}

/** Starts an upload and sends half of it. */
async function beginUpload(body: string): Promise<ClientRequest> {
  const headers = { 'content-length': body.length };
  const upload = request(`${local.url}/uploads/my%20cat.jpg`, { method: 'PUT', headers });
  upload.on('error', () => {});
  await new Promise((sent) => upload.write(body.slice(0, body.length / 2), sent));
  return upload;
}

async function filesThere() {
  return (await readdir(local.folder)).length;
}

describe('the local S3 endpoint', () => {
  it('accepts the longest key that its files allow', async () => {
    const long = { Bucket: 'uploads', Key: `${'x'.repeat(221)}.jpg` };

    await local.s3.send(new PutObjectCommand({ ...long, Body: 'cat' }));

    const { Body } = await local.s3.send(new GetObjectCommand(long));
    expect(await Body!.transformToString()).toBe('cat');
  });

  it('refuses a write-back whose If-Match names other bytes', async () => {
    const { ETag } = await put('old');
    await put('new');
    const labelling = new CopyObjectCommand({
      ...object,
      CopySource: 'uploads/my%20cat.jpg',
      IfMatch: ETag,
      MetadataDirective: 'REPLACE',
      Metadata: { labels: 'cat=0.9' },
    });

    await expect(local.s3.send(labelling)).rejects.toMatchObject({
      name: 'PreconditionFailed',
      $metadata: { httpStatusCode: 412 },
    });
    expect(await get()).toEqual({ body: 'new', eTag: md5('new'), metadata: { is: 'n' } });
    expect(local.created).toHaveLength(2);
  });

  it('keeps bytes, eTag and metadata of concurrent uploads together, and notifies in order', async () => {
    const bodies = ['a', 'b', 'c', 'd'].map((letter, i) => letter.repeat(100_000 * (i + 1)));
    await put(bodies[0]!);

    const uploads = Promise.all([...bodies, ...bodies].map(put));
    const reads = await Promise.all(Array.from({ length: 20 }, get));
    await uploads;

    for (const { body, eTag, metadata } of [...reads, await get()]) {
      expect(eTag).toBe(md5(body));
      expect(metadata).toEqual({ is: body[0] });
    }
    expect(local.created.at(-1)?.eTag).toBe((await get()).eTag);
  });

  it('lets a reader finish the old bytes during an overwrite', async () => {
    const old = 'a'.repeat(5_000_000);
    await put(old);
    const { Body } = await local.s3.send(new GetObjectCommand(object));
    await put('b'.repeat(2_000_000));

    expect((await Body!.transformToString()) === old).toBe(true);
  });

  it('keeps the old bytes and discards the new ones if an upload is cut off', async () => {
    await put('old');
    const files = await filesThere();
    const upload = await beginUpload('b'.repeat(5_000_000));
    await expect.poll(filesThere).toBeGreaterThan(files);

    upload.destroy();

    expect(await get()).toEqual({ body: 'old', eTag: md5('old'), metadata: { is: 'o' } });
    expect(await filesThere()).toBe(files);
    expect(local.created).toHaveLength(1);
  });
});
