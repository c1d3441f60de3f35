/** Makes s3rver's file store keep S3's promises: any key, an object replaced as a whole or not at all, bounded metadata. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import type { S3rverMetadata, S3rverPart, S3rverStore } from '@20minutes/s3rver';
import { keyToPath } from './key-paths.ts';
import { S3Refusal } from './refusal.ts';

/** Replaces the store's methods that write objects. */
export function adaptStore(store: S3rverStore): void {
  const resourcePath = store.getResourcePath.bind(store);
  store.getResourcePath = (bucket, key, resource) =>
    resourcePath(bucket, key ? keyToPath(key) : '', resource);

  const write = store.putContent.bind(store);
  // Awaits the end of a buffer, too.
  store.putContent = (path, content) =>
    write(path, Buffer.isBuffer(content) ? Readable.from([content]) : content);

  const pathsOf = (bucket: string, key: string) => ({
    content: store.getResourcePath(bucket, key, 'object'),
    md5: store.getResourcePath(bucket, key, 'object.md5'),
    metadata: store.getResourcePath(bucket, key, 'metadata.json'),
  });

  store.putObject = async ({ bucket, key, content, metadata }) => {
    assertKey(key);
    assertMetadata(metadata);
    const paths = pathsOf(bucket, key);
    let written = { size: 0, md5: '' };
    await replaceAll({
      [paths.content]: async (path) => {
        const [size, md5] = await store.putContent(path, content);
        written = { size, md5: multipartETags.getStore() ?? md5 };
      },
      [paths.md5]: (path) => writeFile(path, written.md5),
      [paths.metadata]: (path) => writeFile(path, encodeMetadata(metadata)),
    });
    return written;
  };

  store.copyObject = async (sourceBucket, sourceKey, bucket, key, replacement) => {
    assertKey(key);
    if (replacement) assertMetadata(replacement);
    const [source, target] = [pathsOf(sourceBucket, sourceKey), pathsOf(bucket, key)];
    const copy = (from: string) => (path: string) => copyFile(from, path);
    const isMultipart = (await store.getMetadata(sourceBucket, sourceKey)).etag.includes('-');
    await replaceAll({
      ...(source.content !== target.content && { [target.content]: copy(source.content) }),
      // The copy of a multipart upload is one piece, whose eTag is its MD5.
      [target.md5]: isMultipart
        ? async (path) => writeFile(path, await md5Of(source.content))
        : copy(source.md5),
      [target.metadata]: replacement
        ? (path) => writeFile(path, encodeMetadata(replacement))
        : copy(source.metadata),
    });
    return store.getMetadata(bucket, key);
  };

  // Empty folders stay: removing them would race with an upload into them.
  store.deleteObject = async (bucket, key) => {
    const resources = ['object', 'object.md5', 'metadata.json', 'tagging.xml'];
    const paths = resources.map((resource) => store.getResourcePath(bucket, key, resource));
    await Promise.all(paths.map((path) => rm(path, { force: true })));
  };

  const initiate = store.initiateUpload.bind(store);
  store.initiateUpload = async (bucket, key, uploadId, metadata) => {
    assertKey(key);
    assertMetadata(metadata);
    return initiate(bucket, key, uploadId, metadata);
  };

  const complete = store.putObjectMultipart.bind(store);
  store.putObjectMultipart = (bucket, uploadId, parts) =>
    multipartETags.run(multipartETag(parts), () =>
      complete(bucket, uploadId, parts).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
        throw new S3Refusal(404, 'NoSuchUpload', 'The specified multipart upload does not exist.');
      }),
    );
}

/** The eTag of the multipart upload that `putObject` is called for. */
const multipartETags = new AsyncLocalStorage<string>();

/** The MD5 of the parts' MD5s, and their number: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html */
function multipartETag(parts: readonly S3rverPart[]): string {
  const inOrder = parts.toSorted((a, b) => a.number - b.number);
  const md5s = Buffer.from(inOrder.map(({ etag }) => etag).join(''), 'hex');
  return `${createHash('md5').update(md5s).digest('hex')}-${parts.length}`;
}

async function md5Of(path: string): Promise<string> {
  const hash = createHash('md5');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}

/**
 * Writes files under temporary names, and renames them once all are complete: readers finish the old bytes, and an upload
 * that is cut off or meets a full disk leaves them.
 *
 * @param files What writes each file, by its path; called in order.
 */
async function replaceAll(files: Readonly<Record<string, (path: string) => Promise<void>>>): Promise<void> {
  const staged = Object.entries(files).map(([path, write]) => ({
    path,
    write,
    temporary: join(dirname(path), randomUUID()),
  }));
  try {
    await mkdir(dirname(staged[0]!.path), { recursive: true });
    for (const { temporary, write } of staged) await write(temporary);
    for (const { temporary, path } of staged) await rename(temporary, path);
  } finally {
    await Promise.all(staged.map(({ temporary }) => rm(temporary, { force: true })));
  }
}

/** Headers that S3 stores as system metadata and returns on reads. */
export const systemMetadata: ReadonlySet<string> = new Set([
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
  'x-amz-storage-class',
  'x-amz-website-redirect-location',
]);
const userPrefix = 'x-amz-meta-';

function encodeMetadata(metadata: S3rverMetadata): string {
  const kept = Object.entries(metadata).filter(
    ([name]) => systemMetadata.has(name) || name.startsWith(userPrefix),
  );
  return JSON.stringify(Object.fromEntries(kept), null, 2);
}

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
const maxKeyBytes = 1024;

/** @throws S3Refusal if S3 would refuse the key. */
export function assertKey(key: string): void {
  if (Buffer.byteLength(key) > maxKeyBytes)
    throw new S3Refusal(400, 'KeyTooLongError', 'Your key is too long');
}

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html: keys and values together.
const maxMetadataBytes = 2048;

function assertMetadata(metadata: S3rverMetadata): void {
  const bytes = Object.entries(metadata)
    .filter(([name]) => name.startsWith(userPrefix))
    .reduce((sum, [name, value]) => sum + name.length - userPrefix.length + String(value).length, 0);
  if (bytes <= maxMetadataBytes) return;
  const message = 'Your metadata headers exceed the maximum allowed metadata size';
  throw new S3Refusal(400, 'MetadataTooLarge', message);
}
