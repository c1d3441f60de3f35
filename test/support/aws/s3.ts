/**
 * An in-process S3 for tests, with the real client over HTTP: versions, conditions, tags, annotations, and a REPLACE that drops
 * everything the request does not repeat, as S3 does and local servers do not. Records requests, and fails them on demand.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { S3Client } from '@aws-sdk/client-s3';
import { systemMetadata } from '../../../local/playground/aws/object-store.ts';
import { signatureFault } from '../../../local/playground/aws/signature.ts';
import { serve } from '../serve.ts';
import { type Failure, fail } from './failure.ts';

export interface StoredVersion {
  readonly versionId: string;
  readonly eTag: string;
  readonly bytes: Buffer;
  /** Headers of GetObject's response: content-type, x-amz-meta-…, x-amz-storage-class and so on. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface RecordedRequest {
  readonly operation: keyof typeof operations;
  readonly key: string;
  readonly headers: IncomingHttpHeaders;
}

/** A response instead of S3's own, to fail a request. */
export type Fault = (request: RecordedRequest) => Failure | undefined;

/** A notification of an upload, or of a copy, which in these tests is always the function's. */
export interface Creation {
  readonly key: string;
  readonly eventName: 'ObjectCreated:Put' | 'ObjectCreated:Copy';
  readonly eTag: string;
  readonly versionId?: string;
  readonly sequencer: string;
}

export interface TestS3 {
  readonly client: S3Client;
  readonly endpoint: string;
  readonly requests: RecordedRequest[];
  /** Uploads an object as its owner. */
  readonly put: (
    key: string,
    bytes: Uint8Array,
    headers?: Record<string, string>,
    tags?: Record<string, string>,
  ) => StoredVersion;
  readonly remove: (key: string) => void;
  /** The current object of the key. */
  readonly current: (key: string) => StoredVersion | undefined;
  readonly versions: (key: string) => readonly StoredVersion[];
  readonly failWith: (fault: Fault) => void;
  readonly onCreated: (listener: (creation: Creation) => void) => void;
  readonly close: () => Promise<void>;
}

const secretAccessKey = 'test';

/** `bucketlens labels` has credentials of its own for endpoints on this machine. */
function secretOf(authorization = ''): string {
  return authorization.includes('Credential=ANYBODY/') ? 'any' : secretAccessKey;
}

/** Handlers by method and sub-resource. */
const operations = {
  GetObject: 'GET ',
  HeadObject: 'HEAD ',
  CopyObject: 'PUT ',
  GetObjectTagging: 'GET tagging',
  PutObjectTagging: 'PUT tagging',
  PutObjectAnnotation: 'PUT annotation',
} as const;

/** Suspended: every write replaces the version `null`. */
type Versioning = boolean | 'suspended';

export async function startS3({ versioned = false }: { versioned?: Versioning } = {}): Promise<TestS3> {
  const objects = new Map<string, StoredVersion[]>();
  const requests: RecordedRequest[] = [];
  let fault: Fault = () => undefined;
  let notify: (creation: Creation) => void = () => {};
  let creations = 0;

  const current = (key: string) => objects.get(key)?.at(-1);
  const find = (key: string, versionId: string | null | undefined) =>
    versionId ? objects.get(key)?.find((candidate) => candidate.versionId === versionId) : current(key);
  const replace = (key: string, version: StoredVersion, changed: Partial<StoredVersion>) =>
    objects.set(
      key,
      objects.get(key)!.map((candidate) => (candidate === version ? { ...version, ...changed } : candidate)),
    );
  const store = (
    key: string,
    eventName: Creation['eventName'],
    content: Pick<StoredVersion, 'bytes' | 'headers' | 'tags' | 'annotations'>,
  ): StoredVersion => {
    const versionId = versioned === 'suspended' ? 'null' : randomUUID();
    const version = { ...content, versionId, eTag: eTagOf(content) };
    objects.set(key, versioned === true ? [...(objects.get(key) ?? []), version] : [version]);
    const { eTag } = version;
    const sequencer = (++creations).toString(16).toUpperCase();
    notify({ key, eventName, eTag, sequencer, ...(versioned && { versionId }) });
    return version;
  };

  const get: Operation = ({ key, versionId, headers, response, refuse }) => {
    const version = find(key, versionId);
    if (!version) return refuse(404, versionId ? 'NoSuchVersion' : 'NoSuchKey');
    if (!meets(headers['if-match'], version)) return refuse(412, 'PreconditionFailed');
    const tagCount = Object.keys(version.tags).length;
    response.writeHead(200, {
      ...version.headers,
      'content-length': version.bytes.length,
      etag: `"${version.eTag}"`,
      ...(versioned && { 'x-amz-version-id': version.versionId }),
      ...(tagCount > 0 && { 'x-amz-tagging-count': tagCount }),
    });
    response.end(version.bytes);
  };

  const copy: Operation = ({ key, headers, response, refuse }) => {
    const [path = '', versionId] = String(headers['x-amz-copy-source']).split('?versionId=');
    const sourceKey = decodeURIComponent(path.slice(path.indexOf('/') + 1));
    const source = find(sourceKey, versionId);
    if (!source) return refuse(404, 'NoSuchKey');
    const destination = current(key);
    if (!meets(String(headers['x-amz-copy-source-if-match'] ?? source.eTag), source))
      return refuse(412, 'PreconditionFailed');
    if (headers['if-match'] && !destination) return refuse(404, 'NoSuchKey');
    if (destination && !meets(headers['if-match'], destination)) return refuse(412, 'PreconditionFailed');
    const sent = Object.entries(headers).filter(([name]) => isKept(name)) as [string, string][];
    const metadataBytes = sent
      .filter(([name]) => name.startsWith('x-amz-meta-'))
      .reduce((sum, [name, value]) => sum + name.length - 'x-amz-meta-'.length + value.length, 0);
    if (metadataBytes > 2048) return refuse(400, 'MetadataTooLarge');
    const { eTag } = store(key, 'ObjectCreated:Copy', { ...source, headers: Object.fromEntries(sent) });
    response.writeHead(200, { 'content-type': 'application/xml' });
    response.end(
      `<CopyObjectResult><ETag>"${eTag}"</ETag><LastModified>2026-01-01T00:00:00.000Z</LastModified></CopyObjectResult>`,
    );
  };

  const getTags: Operation = ({ key, versionId, response, refuse }) => {
    const version = find(key, versionId);
    if (!version) return refuse(404, 'NoSuchKey');
    response.writeHead(200, { 'content-type': 'application/xml' });
    response.end(`<Tagging><TagSet>${Object.entries(version.tags).map(tagXml).join('')}</TagSet></Tagging>`);
  };

  const putTags: Operation = ({ key, versionId, body, response, refuse }) => {
    const version = find(key, versionId);
    if (!version) return refuse(404, 'NoSuchKey');
    const tags = [...body.matchAll(/<Tag><Key>(.*?)<\/Key><Value>(.*?)<\/Value><\/Tag>/gs)];
    if (tags.length > 10) return refuse(400, 'BadRequest');
    if (tags.some(([, , value = '']) => !/^[\p{L}\p{N}\p{Zs}+\-=._:/@]{0,256}$/u.test(value)))
      return refuse(400, 'InvalidTag');
    replace(key, version, { tags: Object.fromEntries(tags.map(([, name, value]) => [name, value])) });
    response.writeHead(200).end();
  };

  const putAnnotation: Operation = ({ key, versionId, url, headers, body, response, refuse }) => {
    const version = find(key, versionId);
    if (!version) return refuse(404, 'NoSuchKey');
    if (!meets(headers['x-amz-object-if-match'] as string | undefined, version))
      return refuse(412, 'PreconditionFailed');
    const name = url.searchParams.get('annotationName')!;
    replace(key, version, { annotations: { ...version.annotations, [name]: body } });
    response.writeHead(200).end();
  };

  const perform: Record<RecordedRequest['operation'], Operation> = {
    GetObject: get,
    HeadObject: get,
    CopyObject: copy,
    GetObjectTagging: getTags,
    PutObjectTagging: putTags,
    PutObjectAnnotation: putAnnotation,
  };

  const server = await serve(async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url!, 'http://s3');
    const key = decodeURIComponent(url.pathname).split('/').slice(2).join('/');
    const operation = operationOf(request, url);
    const recorded = { operation, key, headers: request.headers };
    const body = await text(request);
    requests.push(recorded);
    const answer = (to: ServerResponse) =>
      perform[operation]({
        key,
        versionId: url.searchParams.get('versionId'),
        url,
        headers: request.headers,
        body,
        response: to,
        refuse: (status, code) => failWith({ status, code }),
      });
    const failWith = (failure: Failure) =>
      fail(failure, { request, response, perform: answer, explain: asXml });
    const failure = fault(recorded);
    const invalid = signatureFault(request, secretOf(request.headers.authorization));
    if (failure) failWith(failure);
    else if (invalid) failWith({ status: 403, code: 'SignatureDoesNotMatch' });
    else answer(response);
  });
  const endpoint = `http://127.0.0.1:${server.port}`;
  const client = new S3Client({
    endpoint,
    forcePathStyle: true,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey },
    maxAttempts: 1,
  });

  return {
    client,
    endpoint,
    requests,
    put: (key, bytes, headers = {}, tags = {}) =>
      store(key, 'ObjectCreated:Put', { bytes: Buffer.from(bytes), headers, tags, annotations: {} }),
    remove: (key) => objects.delete(key),
    current,
    versions: (key) => objects.get(key) ?? [],
    failWith: (newFault) => {
      fault = newFault;
    },
    onCreated: (listener) => {
      notify = listener;
    },
    close: () => {
      client.destroy();
      return server.close();
    },
  };
}

type Operation = (request: {
  readonly key: string;
  readonly versionId: string | null;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly response: ServerResponse;
  readonly refuse: (status: number, code: string) => void;
}) => void;

function operationOf({ method }: IncomingMessage, { searchParams }: URL): RecordedRequest['operation'] {
  const subResource = ['tagging', 'annotation'].find((name) => searchParams.has(name)) ?? '';
  const found = Object.entries(operations).find(([, pattern]) => pattern === `${method} ${subResource}`);
  if (!found) throw new Error(`the S3 of these tests does not support ${method} ?${searchParams}`);
  return found[0] as RecordedRequest['operation'];
}

/** The MD5 of the bytes, except with KMS encryption, where each copy has an eTag of its own. */
function eTagOf({ bytes, headers }: Pick<StoredVersion, 'bytes' | 'headers'>): string {
  return createHash('md5')
    .update(headers['x-amz-server-side-encryption'] === 'aws:kms' ? randomUUID() : bytes)
    .digest('hex');
}

function meets(condition: string | undefined, { eTag }: StoredVersion): boolean {
  return condition === undefined || condition.replaceAll('"', '') === eTag;
}

/** Headers that CopyObject with REPLACE takes from its request; everything else falls back to S3's defaults. */
function isKept(name: string): boolean {
  return (
    name.startsWith('x-amz-meta-') ||
    name.startsWith('x-amz-object-lock-') ||
    name.startsWith('x-amz-server-side-encryption') ||
    systemMetadata.has(name)
  );
}

function tagXml([name, value]: [string, string]): string {
  return `<Tag><Key>${name}</Key><Value>${value}</Value></Tag>`;
}

function asXml(code: string, message: string) {
  return {
    type: 'application/xml',
    body: `<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  };
}
