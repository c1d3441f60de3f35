import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LocalS3, startLocalS3 } from '../../../support/local-s3.ts';

let local: LocalS3;
const eTag = `"${createHash('md5').update('miao').digest('hex')}"`;
/** As it stands in a form. */
const filenameVariable = '$' + '{filename}';

/** The bucket holds two objects: `cat.jpg` and `album/dog.jpg`. */
beforeEach(async () => {
  local = await startLocalS3();
  await send('PUT', '/uploads/cat.jpg', { headers: { 'x-amz-meta-owner': 'me' }, body: 'miao' });
  await send('PUT', '/uploads/album/dog.jpg', { body: 'wow' });
});
afterEach(() => local.close());

interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Sends a request as it is, without a client that normalises it. */
function send(method: string, path: string, { headers = {}, body = '' }: Sent = {}) {
  return new Promise<{ status: number | undefined; headers: Record<string, unknown>; body: string }>(
    (resolve, reject) => {
      request(`${local.url}/`, { method, path, headers }, async (response) => {
        resolve({ status: response.statusCode, headers: response.headers, body: await text(response) });
      })
        .on('error', reject)
        .end(body);
    },
  );
}

function metadataOf(bytes: number) {
  return { 'x-amz-meta-k': 'x'.repeat(bytes - 1) };
}

function copyOf(source: string) {
  return { 'x-amz-copy-source': source };
}

function form(fields: Readonly<Record<string, string>>, filename: string | undefined): Sent {
  const parts = Object.entries(fields).map(
    ([name, value]) => `--XX\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const file =
    filename === undefined
      ? ''
      : `--XX\r\nContent-Disposition: form-data; name="file"; filename="${filename}"\r\n\r\nmiao\r\n`;
  return {
    headers: { 'content-type': 'multipart/form-data; boundary=XX' },
    body: `${parts.join('')}${file}--XX--\r\n`,
  };
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, and the page of each operation.
describe('the local S3 endpoint answers as S3 documents', () => {
  it.each<[string, string, string, Sent, number, RegExp]>([
    ['a missing key', 'GET', '/uploads/no%26.jpg', {}, 404, /<Code>NoSuchKey<.*|no&amp;\.jpg/],
    ['a missing bucket', 'GET', '/nowhere/cat.jpg', {}, 404, /<Code>NoSuchBucket</],
    ['a listing of a missing bucket', 'GET', '/nowhere?list-type=2', {}, 404, /<Code>NoSuchBucket</],
    ['HEAD of a missing key', 'HEAD', '/uploads/no.jpg', {}, 404, /^$/],
    ['DELETE of a missing key', 'DELETE', '/uploads/no.jpg', {}, 204, /^$/],
    ['a path that is not URL-encoded', 'PUT', '/uploads/%zz', {}, 400, /<Code>InvalidURI</],
    ['the longest key', 'PUT', `/uploads/${'x'.repeat(1024)}`, {}, 200, /^$/],
    ['a longer key', 'PUT', `/uploads/${'x'.repeat(1025)}`, {}, 400, /<Code>KeyTooLongError</],
    ['2 KB of metadata', 'PUT', '/uploads/m.jpg', { headers: metadataOf(2048) }, 200, /^$/],
    ['more metadata', 'PUT', '/uploads/m.jpg', { headers: metadataOf(2049) }, 400, /<Code>MetadataTooLarge</],
    [
      'more metadata of a multipart upload',
      'POST',
      '/uploads/m.jpg?uploads',
      { headers: metadataOf(3000) },
      400,
      /<Code>MetadataTooLarge</,
    ],
    ['a range', 'GET', '/uploads/cat.jpg', { headers: { range: 'bytes=1-2' } }, 206, /^ia$/],
    [
      'a range beyond the end',
      'GET',
      '/uploads/cat.jpg',
      { headers: { range: 'bytes=9-' } },
      416,
      /<Code>InvalidRange</,
    ],
    ['an unchanged object', 'GET', '/uploads/cat.jpg', { headers: { 'if-none-match': eTag } }, 304, /^$/],
    ['If-Match with the eTag', 'GET', '/uploads/cat.jpg', { headers: { 'if-match': eTag } }, 200, /^miao$/],
    [
      'If-Match with another eTag',
      'GET',
      '/uploads/cat.jpg',
      { headers: { 'if-match': '"0"' } },
      412,
      /<Code>PreconditionFailed</,
    ],
    [
      'a write whose If-Match fails',
      'PUT',
      '/uploads/cat.jpg',
      { headers: { 'if-match': '"0"' } },
      412,
      /<Code>PreconditionFailed</,
    ],
    [
      'a write with If-Match on a missing key',
      'PUT',
      '/uploads/no.jpg',
      { headers: { 'if-match': eTag } },
      404,
      /<Code>NoSuchKey</,
    ],
    [
      'a write with If-None-Match on an object',
      'PUT',
      '/uploads/cat.jpg',
      { headers: { 'if-none-match': '*' } },
      412,
      /<Code>PreconditionFailed</,
    ],
    [
      'a write with If-None-Match on a missing key',
      'PUT',
      '/uploads/no.jpg',
      { headers: { 'if-none-match': '*' } },
      200,
      /^$/,
    ],
    [
      'a copy of other bytes than expected',
      'PUT',
      '/uploads/copy.jpg',
      { headers: { ...copyOf('/uploads/cat.jpg'), 'x-amz-copy-source-if-match': '"0"' } },
      412,
      /<Code>PreconditionFailed</,
    ],
    [
      'a copy onto itself without a change',
      'PUT',
      '/uploads/cat.jpg',
      { headers: copyOf('/uploads/cat.jpg') },
      400,
      /<Code>InvalidRequest</,
    ],
    [
      'a copy of a missing key',
      'PUT',
      '/uploads/copy.jpg',
      { headers: copyOf('uploads/%2e%2e/no.jpg') },
      404,
      /<Code>NoSuchKey</,
    ],
    [
      'the end of an unknown multipart upload',
      'POST',
      '/uploads/big.jpg?uploadId=0',
      {
        body: '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>abc</ETag></Part></CompleteMultipartUpload>',
      },
      404,
      /<Code>NoSuchUpload</,
    ],
    [
      'XML that is not well-formed',
      'POST',
      '/uploads?delete',
      { body: '<Delete>' },
      400,
      /<Code>MalformedXML</,
    ],
    [
      'a quiet deletion',
      'POST',
      '/uploads?delete',
      { body: '<Delete><Quiet>true</Quiet><Object><Key>cat.jpg</Key></Object></Delete>' },
      200,
      /<DeleteResult><\/DeleteResult>/,
    ],
    ['a form without a key', 'POST', '/uploads', form({}, 'p.png'), 400, /<Code>InvalidArgument</],
    [
      'a form without a file',
      'POST',
      '/uploads',
      form({ key: 'p' }, undefined),
      400,
      /<Code>InvalidArgument</,
    ],
    [
      'a form with too many fields',
      'POST',
      '/uploads',
      form({ key: 'p', 'x-amz-meta-a': 'x'.repeat(30_000) }, 'p.png'),
      400,
      /<Code>MaxPostPreDataLengthExceeded</,
    ],
    ['a page size that is not a number', 'GET', '/uploads?max-keys=ten', {}, 400, /<Code>InvalidArgument</],
    [
      'a page that counts folders',
      'GET',
      '/uploads?list-type=2&delimiter=/&max-keys=1',
      {},
      200,
      /<IsTruncated>true<.*<KeyCount>1<.*<CommonPrefixes><Prefix>album\/</,
    ],
    [
      'a listing by version 1',
      'GET',
      '/uploads?marker=album/dog.jpg&encoding-type=url',
      {},
      200,
      /<EncodingType>url<.*<Marker>album\/dog\.jpg<.*<Contents><Key>cat\.jpg</,
    ],
  ])('%s: %s %s', async (_, method, path, sent, status, body) => {
    const answer = await send(method, path, sent);

    expect(answer).toMatchObject({ status, body: expect.stringMatching(body) });
  });

  it.each([
    ['p.png', 'post/p.png'],
    ['C:\\photos\\my cat.png', 'post/my cat.png'],
    ['été/$&.png', 'post/$&.png'],
  ])('stores a form with the file %s under the key %s', async (filename, key) => {
    const fields = { key: `post/${filenameVariable}`, 'x-amz-meta-name': filenameVariable };

    const { status } = await send('POST', '/uploads', form(fields, filename));

    expect(status).toBe(204);
    const stored = await send('GET', `/uploads/${encodeURIComponent(key)}`);
    expect(stored).toMatchObject({ status: 200, body: 'miao' });
    expect(stored.headers['x-amz-meta-name']).toBe(key.replace('post/', ''));
    expect(local.created.at(-1)).toMatchObject({ key, operation: 'Post' });
  });

  it('keeps uploads from running as pages, and other sites from reading them', async () => {
    await send('PUT', '/uploads/page.html', {
      headers: { 'content-type': 'text/html' },
      body: '<script>alert(1)</script>',
    });

    const { headers } = await send('GET', '/uploads/page.html');

    expect(headers).toMatchObject({
      'content-type': 'text/html',
      'content-security-policy': expect.stringMatching(/^sandbox; default-src 'none'/),
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
    });
  });

  it.each([
    ['an image', 'no-cors', 'image'],
    ['a frame', 'navigate', 'iframe'],
    ['a script', 'cors', 'empty'],
  ])('refuses to show another site %s', async (_, mode, dest) => {
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': mode, 'sec-fetch-dest': dest };

    expect((await send('GET', '/uploads/cat.jpg', { headers })).status).toBe(403);
  });
});
