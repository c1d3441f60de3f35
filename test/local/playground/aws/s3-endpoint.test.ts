import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeKey } from '../../../../functions/classify/event/s3-event.ts';
import { writeMetadata } from '../../../../functions/classify/write-back/metadata.ts';
import { type LocalS3, startLocalS3 } from '../../../support/local-s3.ts';

let local: LocalS3;

beforeEach(async () => {
  local = await startLocalS3();
});
afterEach(() => local.close());

function object(Key: string) {
  return { Bucket: 'uploads', Key };
}

async function read(key: string) {
  return (await local.s3.send(new GetObjectCommand(object(key)))).Body!.transformToString();
}

const keys = [
  'cat.jpg',
  'my cat.jpg',
  'a+b=c&d.jpg',
  '100%.jpg',
  '%2B.jpg',
  'zoë 猫.jpg',
  'a/b/c.jpg',
  "it's (1)?#.jpg",
  'Tom & Jerry <"1"> `x`.jpg',
  'a//b.jpg',
  '/lead.jpg',
  '../up/./here.jpg',
  '..',
  'nul\0.jpg',
  'line\nbreak.jpg',
  '123',
  ' spaces ',
  'back\\slash.jpg',
  'x'.repeat(1024),
];

describe('the signatures of the function', () => {
  const strict = () =>
    new S3Client({
      endpoint: local.url,
      forcePathStyle: true,
      region: 'eu-north-1',
      credentials: { accessKeyId: 'VERIFIED', secretAccessKey: 'secret' },
      maxAttempts: 1,
    });

  it('are verified over the bytes that arrive, as S3 does', async () => {
    const disposition = 'attachment; filename="été.jpg"';

    await strict().send(new PutObjectCommand({ ...object('a.jpg'), Body: 'miaow' }));
    const refused = strict().send(
      new PutObjectCommand({ ...object('b.jpg'), Body: 'miaow', ContentDisposition: disposition }),
    );

    await expect(refused).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
    expect(local.created).toMatchObject([{ key: 'a.jpg' }]);
  });

  it('hold for a write-back to an object with headers beyond ASCII', async () => {
    const disposition = Buffer.from('attachment; filename="été.jpg"').toString('latin1');
    await local.s3.send(
      new PutObjectCommand({ ...object('a.jpg'), Body: 'miaow', ContentDisposition: disposition }),
    );
    const { Body: _, ...head } = await local.s3.send(new GetObjectCommand(object('a.jpg')));
    const labels = {
      predictions: [],
      model: { name: 'm', sha256: '0'.repeat(64) },
      metadataPrefix: 'labels',
    };
    const ref = { bucket: 'uploads', key: 'a.jpg', isCopy: false };

    expect(await writeMetadata(strict(), ref, head, labels, AbortSignal.timeout(5000))).toBe('written');

    expect(await local.s3.send(new HeadObjectCommand(object('a.jpg')))).toMatchObject({
      ContentDisposition: disposition,
      Metadata: { 'labels-model': 'm/00000000' },
    });
  });
});

describe('the local S3 endpoint', () => {
  it.each(keys)('accepts any credentials and the key %s, and notifies once', async (key) => {
    const { ETag } = await local.s3.send(new PutObjectCommand({ ...object(key), Body: 'miaow' }));

    expect(await read(key)).toBe('miaow');
    expect(local.created).toMatchObject([
      {
        bucket: 'uploads',
        key,
        size: 5,
        operation: 'Put',
        principalId: 'AWS:ANYBODY',
        eTag: JSON.parse(ETag!),
      },
    ]);
  });

  it.each(keys)('copies %s onto itself with new metadata', async (key) => {
    await local.s3.send(new PutObjectCommand({ ...object(key), Body: 'miaow', CacheControl: 'max-age=1' }));
    const CopySource = `uploads/${key.split('/').map(encodeURIComponent).join('/')}?versionId=null`;

    const { CopyObjectResult } = await local.s3.send(
      new CopyObjectCommand({
        ...object(key),
        CopySource,
        MetadataDirective: 'REPLACE',
        Metadata: { labels: 'cat=0.9' },
        CacheControl: 'max-age=2',
      }),
    );

    const head = await local.s3.send(new HeadObjectCommand(object(key)));
    expect(head).toMatchObject({
      Metadata: { labels: 'cat=0.9' },
      CacheControl: 'max-age=2',
      ContentLength: 5,
    });
    expect(local.created[1]).toMatchObject({
      key,
      operation: 'Copy',
      size: 5,
      eTag: JSON.parse(CopyObjectResult!.ETag!),
    });
  });

  it('lists objects of any key in byte order, and deletes them', async () => {
    for (const key of keys) await local.s3.send(new PutObjectCommand({ ...object(key), Body: 'miaow' }));

    const { Contents } = await local.s3.send(
      new ListObjectsV2Command({ Bucket: 'uploads', EncodingType: 'url' }),
    );
    const { Deleted } = await local.s3.send(
      new DeleteObjectsCommand({
        Bucket: 'uploads',
        Delete: { Objects: keys.map((Key) => ({ Key })) },
      }),
    );

    const inByteOrder = keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(Contents!.map(({ Key }) => decodeKey(Key!))).toEqual(inByteOrder);
    expect(Deleted).toHaveLength(keys.length);
    expect((await local.s3.send(new ListObjectsV2Command({ Bucket: 'uploads' }))).KeyCount).toBe(0);
  });

  it('stores a streamed upload without its aws-chunked framing', async () => {
    const Body = Readable.from([Buffer.alloc(70_000, 'a'), Buffer.alloc(70_000, 'b')]);
    await local.s3.send(
      new PutObjectCommand({
        ...object('stream'),
        Body,
        ContentLength: 140_000,
        ContentEncoding: 'identity',
      }),
    );

    expect(await read('stream')).toBe('a'.repeat(70_000) + 'b'.repeat(70_000));
    expect(await local.s3.send(new HeadObjectCommand(object('stream')))).toMatchObject({
      ContentEncoding: 'identity',
    });
    expect(local.created).toMatchObject([{ size: 140_000 }]);
  });

  it('assembles a multipart upload, and notifies once', async () => {
    const { UploadId } = await local.s3.send(new CreateMultipartUploadCommand(object('big')));
    const part = async (PartNumber: number, Body: string) => {
      const { ETag } = await local.s3.send(
        new UploadPartCommand({ ...object('big'), UploadId, PartNumber, Body }),
      );
      return { PartNumber, ETag };
    };
    const Parts = [await part(1, 'a'.repeat(5 * 1024 * 1024)), await part(2, 'b')];
    const { ETag } = await local.s3.send(
      new CompleteMultipartUploadCommand({ ...object('big'), UploadId, MultipartUpload: { Parts } }),
    );

    expect(await read('big')).toMatch(/^a+b$/);
    expect(ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
    expect(local.created).toMatchObject([
      { key: 'big', operation: 'CompleteMultipartUpload', eTag: JSON.parse(ETag!) },
    ]);
    expect(await copyOntoItself('big', ETag!)).toMatch(/^"[0-9a-f]{32}"$/);
  });

  /** Returns the eTag of the copy. */
  async function copyOntoItself(key: string, IfMatch: string) {
    const { CopyObjectResult } = await local.s3.send(
      new CopyObjectCommand({
        ...object(key),
        CopySource: `uploads/${key}`,
        IfMatch,
        MetadataDirective: 'REPLACE',
      }),
    );
    return CopyObjectResult!.ETag;
  }

  it('stores keys with dot segments inside its folder', async () => {
    const { status } = await send('PUT', '/uploads/../..%2f..%2fescaped', {});

    expect(status).toBe(200);
    expect(await readdir(dirname(dirname(local.folder)))).toEqual(['buckets']);
    expect(await readdir(dirname(local.folder))).toEqual(['uploads']);
    expect(local.created).toMatchObject([{ key: '../../../escaped' }]);
  });

  it('lists a bucket in pages', async () => {
    const all = ['a/1.jpg', 'a/2.jpg', 'b.jpg', 'c d.jpg', 'é.jpg'];
    for (const key of all) await local.s3.send(new PutObjectCommand({ ...object(key), Body: 'x' }));

    const pages = [];
    const config = { client: local.s3, pageSize: 2 };
    for await (const page of paginateListObjectsV2(config, { Bucket: 'uploads' })) pages.push(page);

    expect(pages.map(({ Contents }) => Contents!.map(({ Key }) => Key))).toEqual([
      ['a/1.jpg', 'a/2.jpg'],
      ['b.jpg', 'c d.jpg'],
      ['é.jpg'],
    ]);
    expect(pages.map(({ KeyCount }) => KeyCount)).toEqual([2, 2, 1]);
  });

  it('lists with delimiter and start-after', async () => {
    for (const key of ['a/1.jpg', 'b.jpg', 'c.jpg'])
      await local.s3.send(new PutObjectCommand({ ...object(key), Body: 'x' }));

    const folders = await local.s3.send(new ListObjectsV2Command({ Bucket: 'uploads', Delimiter: '/' }));
    const rest = await local.s3.send(new ListObjectsV2Command({ Bucket: 'uploads', StartAfter: 'b.jpg' }));

    expect(folders.CommonPrefixes).toEqual([{ Prefix: 'a/' }]);
    expect(rest.Contents!.map(({ Key }) => Key)).toEqual(['c.jpg']);
  });

  it('keeps tags through a copy onto itself, and replaces them on the next upload', async () => {
    const tags = async () =>
      (await local.s3.send(new GetObjectTaggingCommand(object('a.jpg')))).TagSet!.map(
        ({ Key, Value }) => `${Key}=${Value}`,
      );
    const Tagging = 'labels=skip&owner=a%26b%20%3Cc%3E';
    await local.s3.send(new PutObjectCommand({ ...object('a.jpg'), Body: 'x', Tagging }));
    await local.s3.send(
      new CopyObjectCommand({
        ...object('a.jpg'),
        CopySource: 'uploads/a.jpg',
        MetadataDirective: 'REPLACE',
        Metadata: { seen: 'yes' },
      }),
    );

    expect(await tags()).toEqual(['labels=skip', 'owner=a&b <c>']);
    const got = await local.s3.send(new GetObjectCommand(object('a.jpg')));
    await got.Body!.transformToString();
    expect(got.TagCount).toBe(2);

    await local.s3.send(new PutObjectCommand({ ...object('a.jpg'), Body: 'y' }));
    expect(await tags()).toEqual([]);
  });

  it('accepts links and forwarded ports', async () => {
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', host: 'localhost:8080' };

    expect(await send('GET', '/uploads', link)).toMatchObject({ status: 200 });
  });

  it.each([
    ['another site', { origin: 'https://example.com' }],
    ['another site, in a form', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }],
    ['a host name rebound to this machine', { host: 'example.com' }],
  ])('refuses requests of %s', async (_, headers) => {
    const answer = await send('PUT', '/uploads/x', headers);

    expect(answer).toEqual({
      status: 403,
      body: 'Only pages and programs of this machine may use this server.\n',
    });
    expect(local.created).toEqual([]);
  });
});

/** Sends a request as it is, without a client that normalises it. */
function send(method: string, path: string, headers: Record<string, string>) {
  return new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
    request(`${local.url}/`, { method, path, headers }, async (response) => {
      resolve({ status: response.statusCode, body: await text(response) });
    })
      .on('error', reject)
      .end(method === 'PUT' ? 'x' : undefined);
  });
}
