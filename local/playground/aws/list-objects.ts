/** Lists a bucket as S3 does: in the byte order of keys, in pages that count folders, with URL encoding on request. */
import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { S3rverContext, S3rverMiddleware, S3rverStore } from '@20minutes/s3rver';
import { pathToKey } from './key-paths.ts';
import { formEncode } from './notification.ts';
import { S3Refusal, type XmlElement } from './refusal.ts';
import { objectOf } from './turns.ts';

/**
 * Middleware that handles ListObjects and ListObjectsV2.
 *
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 */
export function listObjects(store: S3rverStore): S3rverMiddleware {
  return async (context, next) => {
    const { bucket, key } = objectOf(context);
    const isListing = Object.keys(context.query).every((parameter) => listingParameters.has(parameter));
    if (context.method !== 'GET' || !bucket || key || !isListing) return next();
    if (!(await store.getBucket(bucket)))
      throw new S3Refusal(404, 'NoSuchBucket', 'The specified bucket does not exist');
    context.status = 200;
    context.body = { ListBucketResult: await list(store, bucket, context) };
  };
}

const listingParameters = new Set([
  'list-type',
  'prefix',
  'delimiter',
  'max-keys',
  'encoding-type',
  'marker',
  'start-after',
  'continuation-token',
  'fetch-owner',
]);

async function list(store: S3rverStore, bucket: string, context: S3rverContext): Promise<XmlElement> {
  const parameter = (name: string) => [context.query[name]].flat()[0] ?? '';
  const isVersion2 = parameter('list-type') === '2';
  const token = parameter('continuation-token');
  const after = isVersion2
    ? token
      ? Buffer.from(token, 'base64url').toString()
      : parameter('start-after')
    : parameter('marker');
  const [prefix, delimiter] = [parameter('prefix'), parameter('delimiter')];
  const maxKeys = readMaxKeys(parameter('max-keys'));

  const entries = toEntries(await readKeys(store, bucket), { prefix, delimiter, after });
  const page = entries.slice(0, maxKeys);
  const isTruncated = entries.length > page.length && maxKeys > 0;
  const last = page.at(-1)?.name ?? '';
  const encoding = parameter('encoding-type');
  const encode = encoding === 'url' ? formEncode : (name: string) => name;
  const contents = await Promise.all(
    page.filter(({ isFolder }) => !isFolder).map(({ name }) => describe(store, bucket, name, encode)),
  );
  return {
    '@': { xmlns: 'http://s3.amazonaws.com/doc/2006-03-01/' },
    Name: bucket,
    Prefix: encode(prefix),
    ...(delimiter && { Delimiter: encode(delimiter) }),
    MaxKeys: maxKeys,
    ...(encoding && { EncodingType: encoding }),
    IsTruncated: isTruncated,
    ...(isVersion2
      ? {
          KeyCount: page.length,
          ...(token && { ContinuationToken: token }),
          ...(parameter('start-after') && { StartAfter: encode(parameter('start-after')) }),
          ...(isTruncated && { NextContinuationToken: Buffer.from(last).toString('base64url') }),
        }
      : { Marker: encode(after), ...(isTruncated && { NextMarker: encode(last) }) }),
    Contents: contents.filter((content) => content !== undefined),
    CommonPrefixes: page.filter(({ isFolder }) => isFolder).map(({ name }) => ({ Prefix: encode(name) })),
  };
}

function readMaxKeys(text: string): number {
  if (text === '') return maxKeysPerPage;
  const number = Number(text);
  if (!/^\d+$/.test(text) || number > 2 ** 31 - 1)
    throw new S3Refusal(400, 'InvalidArgument', 'Provided max-keys not an integer or within integer range');
  return Math.min(number, maxKeysPerPage);
}

const maxKeysPerPage = 1000;

interface Entry {
  readonly name: string;
  /** A common prefix. */
  readonly isFolder: boolean;
}

interface Selection {
  readonly prefix: string;
  readonly delimiter: string;
  /** Keys and folders up to this one are left out. */
  readonly after: string;
}

function toEntries(keys: readonly string[], { prefix, delimiter, after }: Selection): Entry[] {
  const entries = new Map<string, Entry>();
  for (const key of keys) {
    if (!key.startsWith(prefix)) continue;
    const end = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
    const name = end === -1 ? key : key.slice(0, end + delimiter.length);
    if (compareBytes(name, after) > 0) entries.set(name, { name, isFolder: end !== -1 });
  }
  return [...entries.values()].sort((a, b) => compareBytes(a.name, b.name));
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

const objectSuffix = '._S3rver_object';

async function readKeys(store: S3rverStore, bucket: string): Promise<string[]> {
  const folder = store.getBucketPath(bucket);
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  return files
    .map((file) => relative(folder, join(file.parentPath, file.name)).replaceAll(sep, '/'))
    .filter((path) => path.endsWith(objectSuffix))
    .map((path) => pathToKey(path.slice(0, -objectSuffix.length)));
}

async function describe(
  store: S3rverStore,
  bucket: string,
  key: string,
  encode: (key: string) => string,
): Promise<XmlElement | undefined> {
  // Undefined if it was deleted during the listing.
  const metadata = await store.getMetadata(bucket, key).catch(() => undefined);
  return (
    metadata && {
      Key: encode(key),
      LastModified: new Date(metadata['last-modified']).toISOString(),
      ETag: metadata.etag,
      Size: metadata['content-length'],
      StorageClass: 'STANDARD',
    }
  );
}
