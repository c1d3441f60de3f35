/** Requests about photos: uploads, pictures and metadata. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { untrustedContentPolicy } from '../aws/loopback.ts';
import { sendJson, sendText } from './answers.ts';

export interface PhotoStore {
  readonly s3: S3Client;
  readonly bucket: string;
  /** Above the function's own limit, so that the page shows how the function rejects a file that is too large. */
  readonly maxUploadBytes: number;
}

/** `PUT /photos/KEY` */
export async function storePhoto(
  { s3, bucket, maxUploadBytes }: PhotoStore,
  key: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= maxUploadBytes) chunks.push(chunk);
  }
  if (bytes > maxUploadBytes)
    return sendText(response, 413, `${bytes} bytes; the limit is ${maxUploadBytes} bytes.`);
  const type = request.headers['content-type'];
  await s3.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: Buffer.concat(chunks),
      ...(type && { ContentType: type }),
    }),
  );
  response.writeHead(204).end();
}

/** `GET /photos/KEY` */
export async function sendPhoto(store: PhotoStore, key: string, response: ServerResponse): Promise<void> {
  const object = await getObject(store, key);
  if (!object) return sendNotFound(response);
  response.writeHead(200, {
    'content-type': object.ContentType ?? 'application/octet-stream',
    'content-security-policy': untrustedContentPolicy,
  });
  await pipeline(object.Body as Readable, response);
}

/** `GET /heads/KEY`: the output of `aws s3api head-object`. */
export async function sendHead(
  { s3, bucket }: PhotoStore,
  key: string,
  response: ServerResponse,
): Promise<void> {
  const head = await unlessMissing(s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key })));
  if (!head) return sendNotFound(response);
  const { $metadata: _, ...shown } = head;
  sendJson(response, shown);
}

/** Reads an object's bytes; undefined if there is no such object. */
export async function readPhoto(store: PhotoStore, key: string): Promise<Uint8Array | undefined> {
  return (await getObject(store, key))?.Body?.transformToByteArray();
}

export function sendNotFound(response: ServerResponse): void {
  sendText(response, 404, 'There is no such photo.');
}

function getObject({ s3, bucket }: PhotoStore, key: string) {
  return unlessMissing(s3.send(new GetObjectCommand({ Bucket: bucket, Key: key })));
}

function unlessMissing<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  return answer.catch((error: unknown) => {
    if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404) return undefined;
    throw error;
  });
}
