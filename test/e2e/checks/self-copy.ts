/**
 * Writing labels copies the object onto itself. The check reads the recorded request for what was asked of S3: the emulator
 * accepts requests that S3 refuses, and keeps properties that S3 drops.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { Check } from '../check.ts';
import type { DeployedStack } from '../deployed-stack.ts';
import { catPhoto } from '../pictures.ts';
import type { RecordedRequest } from '../recorder.ts';

export function selfCopyCheck(stack: DeployedStack, prefix: string): Check {
  // Characters that are encoded in URLs, in different ways.
  const key = `${prefix}my photos/cat & dog + é %41.png`;
  const set = {
    ContentType: 'image/png',
    CacheControl: 'max-age=60',
    ContentDisposition: 'inline; filename="cat.png"',
    ContentLanguage: 'en, de',
    ContentEncoding: 'identity',
    WebsiteRedirectLocation: '/cats.html',
    StorageClass: 'STANDARD_IA',
    ServerSideEncryption: 'AES256',
  } as const;
  const expires = 'Wed, 21 Oct 2037 07:28:00 GMT';
  const metadata = { author: 'jane', 'labels-of-hers': 'mine' };

  return {
    name: 'asks S3 for a copy that holds for the classified bytes only and drops nothing',
    run: async () => {
      await stack.s3.send(
        new PutObjectCommand({
          Bucket: stack.bucket(),
          Key: key,
          Body: await readFile(catPhoto),
          ...set,
          Expires: new Date(expires),
          Metadata: metadata,
          Tagging: 'album=cats&year=2026',
        }),
      );
      await stack.predictions.about(key);
      const copy = copiesAmong(stack.requestsAbout(key))[0];
      assert.ok(copy, 'there was no copy');
      const { ETag } = await stack.head(key);
      const [bucket, ...path] = `${stack.bucket()}/${key}`.split('/');
      assertHeaders(copy, {
        'x-amz-copy-source': [bucket, ...path.map(encodeURIComponent)].join('/'),
        'x-amz-copy-source-if-match': ETag!,
        'if-match': ETag!,
        'x-amz-metadata-directive': 'REPLACE',
        'content-type': set.ContentType,
        'cache-control': set.CacheControl,
        'content-disposition': set.ContentDisposition,
        'content-language': set.ContentLanguage,
        'content-encoding': set.ContentEncoding,
        expires,
        'x-amz-website-redirect-location': set.WebsiteRedirectLocation,
        'x-amz-storage-class': set.StorageClass,
        'x-amz-server-side-encryption': set.ServerSideEncryption,
        'x-amz-checksum-algorithm': 'CRC32',
        'x-amz-meta-author': metadata.author,
        'x-amz-meta-labels-of-hers': metadata['labels-of-hers'],
      });
      // S3 keeps tags by default.
      assert.equal(copy.headers['x-amz-tagging-directive'] ?? 'COPY', 'COPY');
      // https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
      const metadataBytes = Object.entries(copy.headers)
        .filter(([name]) => name.startsWith('x-amz-meta-'))
        .reduce((sum, [name, value]) => sum + name.length - 'x-amz-meta-'.length + String(value).length, 0);
      assert.ok(metadataBytes <= 2048, `${metadataBytes} bytes of metadata`);
    },
  };
}

function copiesAmong(requests: readonly RecordedRequest[]): RecordedRequest[] {
  return requests.filter(({ headers }) => 'x-amz-copy-source' in headers);
}

function assertHeaders({ headers }: RecordedRequest, expected: Readonly<Record<string, string>>): void {
  assert.deepEqual(Object.fromEntries(Object.keys(expected).map((name) => [name, headers[name]])), expected);
}
