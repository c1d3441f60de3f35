import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  paginateListObjectsV2,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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
];

describe('the local S3 endpoint', () => {
  it.each(keys)('takes any credentials and the key %s, and tells of it once', async (key) => {
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

  it('stores a streamed upload without the framing of its checksum', async () => {
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

  it('puts the parts of a multipart upload together, and tells of the whole', async () => {
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
    expect(local.created).toMatchObject([
      { key: 'big', operation: 'CompleteMultipartUpload', eTag: JSON.parse(ETag!) },
    ]);
  });

  it.each([
    ['the path', '/uploads/..%2f..%2fescaped', {}],
    ['the source of a copy', '/uploads/x', { 'x-amz-copy-source': 'uploads/%2e%2e/%2e%2e/secret' }],
    ['a path that is not encoded well', '/uploads/%zz', {}],
  ])('lets nobody out of its folder by %s', async (_, path, headers) => {
    const answer = await send('PUT', path, headers);

    expect(answer.status).toBe(400);
    expect(await readdir(dirname(dirname(local.folder)))).toEqual(['buckets']);
    expect(local.created).toEqual([]);
  });

  it('lists a bucket page after page', async () => {
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

  it('lists folders, and from a key on', async () => {
    for (const key of ['a/1.jpg', 'b.jpg', 'c.jpg'])
      await local.s3.send(new PutObjectCommand({ ...object(key), Body: 'x' }));

    const folders = await local.s3.send(new ListObjectsV2Command({ Bucket: 'uploads', Delimiter: '/' }));
    const rest = await local.s3.send(new ListObjectsV2Command({ Bucket: 'uploads', StartAfter: 'b.jpg' }));

    expect(folders.CommonPrefixes).toEqual([{ Prefix: 'a/' }]);
    expect(rest.Contents!.map(({ Key }) => Key)).toEqual(['c.jpg']);
  });

  it('keeps the tags of an upload until the next one, and through a copy onto itself', async () => {
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

  it('says which keys cannot be files here', async () => {
    const [longest, tooLong] = ['é'.repeat(116), 'é'.repeat(117)].map((name) => `${name}/${name}`);
    await local.s3.send(new PutObjectCommand({ ...object(longest), Body: 'miaow' }));

    const upload = local.s3.send(new PutObjectCommand({ ...object(tooLong), Body: 'miaow' }));

    await expect(upload).rejects.toMatchObject({
      name: 'KeyTooLongError',
      message: expect.stringContaining('233 bytes, not 234'),
    });
    expect(await read(longest)).toBe('miaow');
    expect(local.created.map(({ key }) => key)).toEqual([longest]);
  });

  it('can be reached by a link and through a forwarded port', async () => {
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', host: 'localhost:8080' };

    expect(await send('GET', '/uploads', link)).toMatchObject({ status: 200 });
  });

  it.each([
    ['another site', { origin: 'https://example.com' }],
    ['another site, in a form', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }],
    ['a name that has been bound to this machine', { host: 'example.com' }],
  ])('refuses what a browser sends for %s', async (_, headers) => {
    const answer = await send('PUT', '/uploads/x', headers);

    expect(answer).toEqual({ status: 403, body: 'Only pages and programs of this machine.\n' });
    expect(local.created).toEqual([]);
  });
});

/** Without a client that tidies the request up. */
function send(method: string, path: string, headers: Record<string, string>) {
  return new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
    request(`${local.url}/`, { method, path, headers }, async (response) => {
      resolve({ status: response.statusCode, body: await text(response) });
    })
      .on('error', reject)
      .end(method === 'PUT' ? 'x' : undefined);
  });
}
