/** The playground's page: its files, uploads into the bucket, the bucket's pictures, and news as server-sent events. */
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { type LoopbackServer, serveOnLoopback } from './loopback.ts';
import type { Photo, Photos } from './photos.ts';

export interface PageServerOptions {
  readonly port: number;
  readonly s3: S3Client;
  readonly bucket: string;
  readonly photos: Photos;
  /** Above what the function takes, so that a picture that is too large is rejected by it and seen to be. */
  readonly maxUploadBytes: number;
}

const files = new Map([
  ['/', { name: 'index.html', type: 'text/html; charset=utf-8' }],
  ['/page.css', { name: 'page.css', type: 'text/css; charset=utf-8' }],
  ['/page.js', { name: 'page.js', type: 'text/javascript; charset=utf-8' }],
]);

/** Starts the server: `GET /`, `GET /events`, `PUT /photos/KEY` and `GET /photos/KEY`. */
export const startPageServer = (options: PageServerOptions): Promise<LoopbackServer> =>
  serveOnLoopback(options.port, (request, response) => {
    respond(options, request, response).catch((error: Error) => {
      if (response.headersSent) response.destroy();
      else if (error instanceof URIError)
        sendText(response, 400, 'The address is not encoded well: a percent sign in a key is written %25.');
      else sendText(response, 500, error.message);
    });
  });

const respond = async (options: PageServerOptions, request: IncomingMessage, response: ServerResponse) => {
  const { pathname } = new URL(request.url!, 'http://localhost');
  const key = /^\/photos\/(.+)$/.exec(pathname)?.[1];
  const file = files.get(pathname);
  if (request.method === 'PUT' && key) return upload(options, decodeURIComponent(key), request, response);
  if (request.method !== 'GET') return sendText(response, 405, 'Only GET, and PUT of photos.');
  if (file) return sendFile(file, response);
  if (pathname === '/events') return sendEvents(options.photos, response);
  if (key) return sendPhoto(options, decodeURIComponent(key), response);
  return sendText(response, 404, 'There is no such page.');
};

const sendText = (response: ServerResponse, status: number, text: string): void => {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
};

const sendFile = async (
  { name, type }: { name: string; type: string },
  response: ServerResponse,
): Promise<void> => {
  const content = await readFile(new URL(`page/${name}`, import.meta.url));
  response.writeHead(200, {
    'content-type': type,
    'content-security-policy': "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
  });
  response.end(content);
};

/** Everything there is, then everything new: a page that reconnects misses nothing. */
const sendEvents = async (photos: Photos, response: ServerResponse): Promise<void> => {
  const send = (photo: Photo) => response.write(`data: ${JSON.stringify(photo)}\n\n`);
  const existing = await photos.list();
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.flushHeaders();
  existing.forEach(send);
  response.on('close', photos.watch(send));
};

const upload = async (
  { s3, bucket, maxUploadBytes }: PageServerOptions,
  key: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
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
};

const sendPhoto = async (
  { s3, bucket }: PageServerOptions,
  key: string,
  response: ServerResponse,
): Promise<void> => {
  const object = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key })).catch((error: unknown) => {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  });
  if (!object) return sendText(response, 404, 'There is no such photo.');
  response.writeHead(200, {
    'content-type': object.ContentType ?? 'application/octet-stream',
    'cache-control': 'no-store',
    // An upload may be anything: it is shown as a picture, but never run as a page.
    'content-security-policy': "sandbox; default-src 'none'",
    'x-content-type-options': 'nosniff',
  });
  await pipeline(object.Body as Readable, response);
};
