/** The page, presigned uploads for it, and the labels of an upload. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';

const s3 = new S3Client();
const Bucket = process.env.BUCKET;
const page = readFileSync(new URL('page.html', import.meta.url), 'utf8');

export async function handler({ rawPath, requestContext }) {
  if (requestContext.http.method === 'POST') return json(await presign(randomUUID()));
  const [, id] = /^\/photos\/([0-9a-f-]{36})$/.exec(rawPath) ?? [];
  if (id) return json(await labelsOf(id));
  return { statusCode: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: page };
}

/** S3 itself refuses more than 10 MB, and anything after five minutes. */
async function presign(id) {
  const Conditions = [['content-length-range', 1, 10_000_000]];
  return { id, ...(await createPresignedPost(s3, { Bucket, Key: id, Conditions, Expires: 300 })) };
}

/** No labels yet: an empty object. */
async function labelsOf(Key) {
  const { Metadata: { labels, 'labels-general': general } = {} } = await s3
    .send(new HeadObjectCommand({ Bucket, Key }))
    .catch((error) => (error.name === 'NotFound' ? {} : Promise.reject(error)));
  return { labels, general };
}

function json(body) {
  return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
