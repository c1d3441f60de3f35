/** The local S3 endpoint: s3rver behind middleware that answers as S3 does, with notifications. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import S3rver, { type S3rverContext, type S3rverEvent, type S3rverMiddleware } from '@20minutes/s3rver';
import { decodeAwsChunked } from './aws-chunked.ts';
import { enforceConditions } from './conditions.ts';
import { deleteObjects } from './delete-objects.ts';
import { listObjects } from './list-objects.ts';
import { type LoopbackServer, serveOnLoopback, untrustedContentPolicy } from './loopback.ts';
import type { CreatedObject } from './notification.ts';
import { adaptStore, assertKey } from './object-store.ts';
import { keepTags } from './object-tagging.ts';
import { fillInFilename } from './post-form.ts';
import { answerAsXml, S3Refusal } from './refusal.ts';
import { signatureFault } from './signature.ts';
import { createTurns, takeTurns } from './turns.ts';

export interface S3EndpointOptions {
  /** Holds the buckets, one folder each. */
  readonly directory: string;
  readonly port: number;
  /** Created at the start; its new objects are notified. */
  readonly bucket: string;
  /** The principal of an access key. Every key is accepted: the endpoint serves this machine only. */
  readonly principalOf: (accessKeyId: string | undefined) => string;
  /** The secret of an access key whose signatures are verified; those of all other keys are not. */
  readonly secretOf?: (accessKeyId: string | undefined) => string | undefined;
  readonly onCreated: (object: CreatedObject) => void;
}

/** Starts the endpoint. Policies, versions, locks and encryption are accepted and not enforced. */
export async function startS3Endpoint(options: S3EndpointOptions): Promise<LoopbackServer> {
  const { directory, port, bucket } = options;
  const s3 = new S3rver({
    directory,
    silent: true,
    vhostBuckets: false,
    configureBuckets: [{ name: bucket }],
  });
  adaptStore(s3.store);
  const turns = createTurns();
  // Before the router, which is the last. Notifications follow the order in which the objects were stored.
  s3.middleware.splice(
    -1,
    0,
    answerAsXml,
    verifySignature(options),
    readKey,
    deleteObjects(s3.store, turns),
    takeTurns(turns),
    notify(s3, options),
    enforceConditions(s3.store),
    listObjects(s3.store),
    keepTags(s3.store),
    fillInFilename,
  );
  await s3.configureBuckets();
  const handle = s3.callback();
  return serveOnLoopback(port, (request, response) => {
    response.setHeader('content-security-policy', untrustedContentPolicy);
    handle(request, response);
  });
}

/** Middleware that calls `onCreated` for each object that a request creates in the bucket. */
function notify(s3: S3rver, { bucket, principalOf, onCreated }: S3EndpointOptions): S3rverMiddleware {
  const events = new AsyncLocalStorage<S3rverEvent[]>();
  // Emitted within the request that caused it, so that it reaches this request's list.
  s3.on('event', (event) => events.getStore()?.push(event));
  let sequence = Date.now() * 1000;
  return async (context, next) => {
    const principalId = principalOf(accessKeyOf(context));
    const isMultipart = 'uploadId' in context.query;
    adaptRequest(context);
    const raised: S3rverEvent[] = [];
    await events.run(raised, next);
    for (const {
      Records: [{ eventName, s3: record }],
    } of raised) {
      const operation = eventName.replace('ObjectCreated:', '');
      if (record.bucket.name !== bucket || !isCreation(operation)) continue;
      onCreated({
        bucket,
        key: record.object.key,
        size: record.object.size ?? 0,
        eTag: record.object.eTag ?? eTagOfCopy(context.body),
        operation: isMultipart ? 'CompleteMultipartUpload' : operation,
        principalId,
        sourceIp: context.ip,
        createdAt: new Date(),
        sequence: sequence++,
      });
    }
  };
}

function isCreation(operation: string): operation is 'Put' | 'Post' | 'Copy' {
  return ['Put', 'Post', 'Copy'].includes(operation);
}

function eTagOfCopy(body: unknown): string {
  return (body as { CopyObjectResult: { ETag: string } }).CopyObjectResult.ETag.replaceAll('"', '');
}

/** Middleware that refuses requests whose signature does not match their bytes, if the key's secret is known. */
function verifySignature({ secretOf }: S3EndpointOptions): S3rverMiddleware {
  return async (context, next) => {
    const secret = secretOf?.(accessKeyOf(context));
    // No middleware before this one has replaced the request.
    const request = context.req as IncomingMessage;
    const fault = secret === undefined ? undefined : signatureFault(request, secret);
    if (fault !== undefined) throw new S3Refusal(403, 'SignatureDoesNotMatch', fault);
    return next();
  };
}

/** Middleware that makes the key one segment of the path: s3rver's router drops empty segments. */
const readKey: S3rverMiddleware = async (context, next) => {
  const [, bucket = '', ...segments] = context.path.split('/');
  const key = decode(segments.join('/'));
  assertKey(key);
  const segment = encodeURIComponent(key).replaceAll('.', '%2E');
  context.path = `/${bucket}${key ? `/${segment}` : ''}`;
  const copySource = context.headers['x-amz-copy-source'];
  // s3rver decodes neither reserved characters nor a version in the source of a copy.
  if (copySource !== undefined)
    context.headers['x-amz-copy-source'] = encodeURI(
      decode(String(copySource).replace(/\?versionId=.*$/, '')),
    );
  return next();
};

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Refusal(400, 'InvalidURI', "Couldn't parse the specified URI.");
  }
}

function accessKeyOf({ headers, query }: S3rverContext): string | undefined {
  return (headers.authorization?.match(/Credential=([^/]+)/) ??
    String(query['X-Amz-Credential'] ?? '').match(/^([^/]+)/))?.[1];
}

/** True for the query parameters of presigned URLs, of either signature version. */
function isSignature(parameter: string): boolean {
  return /^(x-amz-.*|signature|awsaccesskeyid|expires)$/i.test(parameter);
}

function adaptRequest(context: S3rverContext): void {
  const { headers } = context;
  // s3rver accepts one key pair, or unsigned requests.
  delete headers.authorization;
  context.query = Object.fromEntries(Object.entries(context.query).filter(([name]) => !isSignature(name)));
  // s3rver decodes one of the four chunked encodings, and stores their names as the object's encoding.
  if (String(headers['x-amz-content-sha256']).startsWith('STREAMING-')) {
    headers['x-amz-content-sha256'] = 'UNSIGNED-PAYLOAD';
    context.req = Readable.from(decodeAwsChunked(context.req));
  }
  const encodings = (headers['content-encoding'] ?? '').split(',').map((encoding) => encoding.trim());
  const kept = encodings.filter((encoding) => encoding !== 'aws-chunked' && encoding !== '').join(',');
  if (kept) headers['content-encoding'] = kept;
  else delete headers['content-encoding'];
}
