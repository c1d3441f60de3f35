/** DeleteObjects: s3rver reads keys as numbers, trims them, and does not wait for an upload of the same key. */
import { text } from 'node:stream/consumers';
import type { S3rverMiddleware, S3rverStore } from '@20minutes/s3rver';
import { S3Refusal, unescapeXml } from './refusal.ts';
import { objectOf, type Turns } from './turns.ts';

/** Middleware that handles `POST /BUCKET?delete`. */
export function deleteObjects(store: S3rverStore, { take }: Turns): S3rverMiddleware {
  return async (context, next) => {
    const { bucket, key } = objectOf(context);
    if (context.method !== 'POST' || key || !('delete' in context.query)) return next();
    const request = await text(context.req);
    const keys = [...request.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, escaped = '']) =>
      unescapeXml(escaped),
    );
    if (keys.length === 0 || keys.length > maxKeys)
      throw new S3Refusal(
        400,
        'MalformedXML',
        'The XML you provided was not well-formed or did not validate.',
      );
    await Promise.all(keys.map((one) => take(bucket, one, () => store.deleteObject(bucket, one))));
    const isQuiet = /<Quiet>\s*true\s*<\/Quiet>/.test(request);
    context.status = 200;
    context.body = { DeleteResult: { Deleted: isQuiet ? [] : keys.map((Key) => ({ Key })) } };
  };
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
const maxKeys = 1000;
