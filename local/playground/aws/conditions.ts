/** Conditional requests as S3 answers them; s3rver knows If-None-Match on reads only. */
import type { S3rverMiddleware, S3rverStore } from '@20minutes/s3rver';
import { S3Refusal } from './refusal.ts';
import { objectOf } from './turns.ts';

/**
 * Middleware that enforces `If-Match`, `If-None-Match: *` and `x-amz-copy-source-if-match`.
 *
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html
 */
export function enforceConditions(store: S3rverStore): S3rverMiddleware {
  const eTagOf = async (bucket: string, key: string) =>
    (await store.getMetadata(bucket, key).catch(() => undefined))?.etag;

  return async (context, next) => {
    const { bucket, key } = objectOf(context);
    const { headers, method } = context;
    if (!key || 'partNumber' in context.query) return next();

    const ifMatch = headers['if-match'];
    if (ifMatch !== undefined) {
      const stored = await eTagOf(bucket, key);
      if (stored === undefined) throw new S3Refusal(404, 'NoSuchKey', 'The specified key does not exist.');
      if (!matches(ifMatch, stored)) throw failed('If-Match');
    }
    if (method !== 'GET' && method !== 'HEAD' && headers['if-none-match'] === '*') {
      if ((await eTagOf(bucket, key)) !== undefined) throw failed('If-None-Match');
    }
    const source = headers['x-amz-copy-source'];
    const sourceIfMatch = headers['x-amz-copy-source-if-match'];
    if (source !== undefined && sourceIfMatch !== undefined) {
      const [sourceBucket = '', ...segments] = decodeURI(String(source)).replace(/^\//, '').split('/');
      const stored = await eTagOf(sourceBucket, segments.join('/'));
      // A missing source is the copy's own error.
      if (stored !== undefined && !matches(String(sourceIfMatch), stored))
        throw failed('x-amz-copy-source-If-Match');
    }
    return next();
  };
}

function matches(condition: string, eTag: string): boolean {
  return condition === '*' || condition.replaceAll('"', '') === eTag.replaceAll('"', '');
}

function failed(condition: string): S3Refusal {
  const message = `At least one of the pre-conditions you specified did not hold: ${condition}`;
  return new S3Refusal(412, 'PreconditionFailed', message);
}
