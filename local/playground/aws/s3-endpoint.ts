/** The local S3 endpoint: s3rver, with what it lacks for today's SDKs put around its edge, and notifications. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { Readable } from 'node:stream';
import S3rver, { type S3rverContext, type S3rverEvent, type S3rverMiddleware } from '@20minutes/s3rver';
import { decodeAwsChunked } from './aws-chunked.ts';
import { listObjectsV2 } from './list-objects.ts';
import { type LoopbackServer, serveOnLoopback } from './loopback.ts';
import type { CreatedObject } from './notification.ts';
import { keepTags } from './object-tagging.ts';
import { keepIfMatch, takeTurns, writeBeside } from './whole-objects.ts';

export interface S3EndpointOptions {
  /** Where the buckets are kept, one folder each. */
  readonly directory: string;
  readonly port: number;
  /** The bucket that is there from the start, and whose new objects are told of. */
  readonly bucket: string;
  /** The principal that an access key stands for. Every key is let in: the endpoint serves this machine only. */
  readonly principalOf: (accessKeyId: string | undefined) => string;
  readonly onCreated: (object: CreatedObject) => void;
}

/** Starts the endpoint; versions, locks, encryption and conditions but If-Match are taken for granted and not enforced. */
export async function startS3Endpoint(options: S3EndpointOptions): Promise<LoopbackServer> {
  const { directory, port, bucket, principalOf, onCreated } = options;
  const s3 = new S3rver({
    directory,
    silent: true,
    vhostBuckets: false,
    configureBuckets: [{ name: bucket }],
  });
  const events = new AsyncLocalStorage<S3rverEvent[]>();
  // Emitted within the request that it is about, so this request's store receives it.
  s3.on('event', (event) => events.getStore()?.push(event));

  let sequence = Date.now() * 1000;
  const notifying: S3rverMiddleware = async (context, next) => {
    const principalId = principalOf(accessKeyOf(context));
    const isMultipart = 'uploadId' in context.query;
    adaptRequest(context);
    const raised: S3rverEvent[] = [];
    await events.run(raised, next);
    for (const {
      Records: [{ eventName, s3: about }],
    } of raised) {
      const operation = eventName.replace('ObjectCreated:', '');
      if (about.bucket.name !== bucket || !isCreation(operation)) continue;
      onCreated({
        bucket,
        key: about.object.key,
        size: about.object.size ?? 0,
        eTag: about.object.eTag ?? eTagOfCopy(context.body),
        operation: isMultipart ? 'CompleteMultipartUpload' : operation,
        principalId,
        sourceIp: context.ip,
        createdAt: new Date(),
        sequence: sequence++,
      });
    }
  };
  writeBeside(s3.store);
  // Before the router, which is the last. Objects are told of in the order in which they were stored.
  s3.middleware.splice(
    -1,
    0,
    refuseOutside,
    refuseLongNames,
    takeTurns(),
    notifying,
    keepIfMatch(s3.store),
    listObjectsV2,
    keepTags(s3.store),
  );

  await s3.configureBuckets();
  return serveOnLoopback(port, s3.callback());
}

function isCreation(operation: string): operation is 'Put' | 'Post' | 'Copy' {
  return ['Put', 'Post', 'Copy'].includes(operation);
}

function eTagOfCopy(body: unknown): string {
  return (body as { CopyObjectResult: { ETag: string } }).CopyObjectResult.ETag.replaceAll('"', '');
}

/** A middleware: s3rver joins keys to its folder as they come, and one with `..` in it would leave the folder. */
const refuseOutside: S3rverMiddleware = async (context, next) => {
  if (staysInside(context)) return next();
  context.status = 400;
};

function staysInside({ path, headers }: S3rverContext): boolean {
  return [path, String(headers['x-amz-copy-source'] ?? '')].every((reference) =>
    safeDecode(reference)
      .split(/[/\\]/)
      .every((segment) => segment !== '..' && segment !== '.' && !segment.includes('\0')),
  );
}

/** A middleware: the parts of a key are names of files here, with 22 bytes more behind the last, and a file system takes 255. */
const refuseLongNames: S3rverMiddleware = async (context, next) => {
  const longest = Math.max(
    ...safeDecode(context.path)
      .split('/')
      .map((part) => Buffer.byteLength(part)),
  );
  if (longest <= maxNameBytes) return next();
  context.status = 400;
  const Message = `Keys are files in the playground: between two slashes there may be ${maxNameBytes} bytes, not ${longest} as here.`;
  context.body = { Error: { Code: 'KeyTooLongError', Message } };
};

const maxNameBytes = 233;

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '..';
  }
}

function accessKeyOf({ headers, query }: S3rverContext): string | undefined {
  return (headers.authorization?.match(/Credential=([^/]+)/) ??
    String(query['X-Amz-Credential'] ?? '').match(/^([^/]+)/))?.[1];
}

/** What presigned URLs of either signature version add. */
function isSignature(parameter: string): boolean {
  return /^(x-amz-.*|signature|awsaccesskeyid|expires)$/i.test(parameter);
}

function adaptRequest(context: S3rverContext): void {
  const { headers } = context;
  // s3rver knows one key pair and refuses all others, but lets unsigned requests in.
  delete headers.authorization;
  context.query = Object.fromEntries(Object.entries(context.query).filter(([name]) => !isSignature(name)));
  // s3rver decodes neither reserved characters nor a version in the source of a copy.
  const copySource = headers['x-amz-copy-source'];
  if (typeof copySource === 'string') {
    headers['x-amz-copy-source'] = encodeURI(decodeURIComponent(copySource.replace(/\?versionId=.*$/, '')));
  }
  // s3rver takes one of the four chunked encodings off, and keeps the name of all as the object's own.
  if (String(headers['x-amz-content-sha256']).startsWith('STREAMING-')) {
    headers['x-amz-content-sha256'] = 'UNSIGNED-PAYLOAD';
    context.req = Readable.from(decodeAwsChunked(context.req));
  }
  const encodings = (headers['content-encoding'] ?? '').split(',').map((encoding) => encoding.trim());
  const kept = encodings.filter((encoding) => encoding !== 'aws-chunked' && encoding !== '').join(',');
  if (kept) headers['content-encoding'] = kept;
  else delete headers['content-encoding'];
}
