/** What S3 promises and s3rver does not keep: an object is written and read as a whole, and never where If-Match forbids it. */
import { randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import type { S3rverContext, S3rverMiddleware, S3rverStore } from '@20minutes/s3rver';

/**
 * Has the store write beside what is there, and put it in its place at the end: whoever is reading the old bytes goes on
 * reading them, and an upload that breaks off leaves them.
 */
export function writeBeside(store: S3rverStore): void {
  const write = store.putContent.bind(store);
  store.putContent = async (path, content) => {
    const beside = join(dirname(path), randomUUID());
    try {
      // The end of a buffer would not be waited for.
      const written = await write(beside, Buffer.isBuffer(content) ? Readable.from([content]) : content);
      await rename(beside, path);
      return written;
    } catch (error) {
      await rm(beside, { force: true });
      throw error;
    }
  };
}

/** A middleware in which requests about one object wait for each other: its bytes, eTag and metadata are files of their own. */
export function takeTurns(): S3rverMiddleware {
  const lastTurns = new Map<string, Promise<void>>();
  return async (context, next) => {
    const { bucket, key } = objectOf(context);
    // The parts of an upload are not the object yet.
    if (!key || 'partNumber' in context.query) return next();
    const object = `${bucket}/${key}`;
    const turn = (lastTurns.get(object) ?? Promise.resolve()).then(next);
    const over = turn.catch(() => {});
    lastTurns.set(object, over);
    await over;
    if (lastTurns.get(object) === over) lastTurns.delete(object);
    return turn;
  };
}

/** A middleware that refuses to write over other bytes than those that `If-Match` names. */
export function keepIfMatch(store: S3rverStore): S3rverMiddleware {
  return async (context, next) => {
    const wanted = context.headers['if-match'];
    if (context.method !== 'PUT' || wanted === undefined) return next();
    const { bucket, key } = objectOf(context);
    const stored = await store.getMetadata(bucket, key).catch(() => undefined);
    if (stored?.etag === wanted) return next();
    context.status = 412;
    context.body = { Error: { Code: 'PreconditionFailed', Message: 'If-Match does not hold' } };
  };
}

/** Of a bucket, the key is empty. */
function objectOf({ path }: S3rverContext): { readonly bucket: string; readonly key: string } {
  const [, bucket = '', ...segments] = decodeURIComponent(path).split('/');
  return { bucket, key: segments.join('/') };
}
