/** Serialises the requests about an object: its bytes, eTag and metadata are files of their own. */
import type { S3rverContext, S3rverMiddleware } from '@20minutes/s3rver';

export interface Turns {
  /** Runs work once all earlier work about the same object has ended. */
  readonly take: <Result>(bucket: string, key: string, work: () => Promise<Result>) => Promise<Result>;
}

export function createTurns(): Turns {
  const last = new Map<string, Promise<unknown>>();
  return {
    take: async (bucket, key, work) => {
      const object = `${bucket}/${key}`;
      const turn = (last.get(object) ?? Promise.resolve()).then(work);
      const over = turn.catch(() => {});
      last.set(object, over);
      await over;
      if (last.get(object) === over) last.delete(object);
      return turn;
    },
  };
}

/** Middleware that takes turns about the object of a request. */
export function takeTurns({ take }: Turns): S3rverMiddleware {
  return (context, next) => {
    const { bucket, key } = objectOf(context);
    // Parts of a multipart upload are not the object yet.
    return !key || 'partNumber' in context.query ? next() : take(bucket, key, next);
  };
}

/** The bucket and the key of a request; the key is empty for requests about the bucket. */
export function objectOf({ path }: S3rverContext): { readonly bucket: string; readonly key: string } {
  const [, bucket = '', ...segments] = decodeURIComponent(path).split('/');
  return { bucket, key: segments.join('/') };
}
