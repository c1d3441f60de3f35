/**
 * An S3 of one process for tests, over HTTP and with the real client in front of it: versions, conditions, and a REPLACE
 * that drops whatever it is not told again, as S3 does and the local servers do not. It records the requests it gets.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';

export interface StoredVersion {
  readonly versionId: string;
  readonly eTag: string;
  readonly bytes: Buffer;
  /** As GetObject answers with them: content-type, x-amz-meta-…, x-amz-storage-class and so on. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface RecordedRequest {
  readonly operation: 'GetObject' | 'CopyObject';
  readonly key: string;
  readonly headers: IncomingHttpHeaders;
}

/** An answer in place of S3's own, to let a request fail. */
export type Fault = (request: RecordedRequest) => { status: number; code: string } | undefined;

export interface TestS3 {
  readonly client: S3Client;
  readonly endpoint: string;
  readonly requests: RecordedRequest[];
  /** Uploads an object as its owner would. */
  readonly put: (key: string, bytes: Uint8Array, headers?: Record<string, string>) => StoredVersion;
  readonly remove: (key: string) => void;
  /** What the key holds now. */
  readonly current: (key: string) => StoredVersion | undefined;
  readonly versions: (key: string) => readonly StoredVersion[];
  readonly failWith: (fault: Fault) => void;
  readonly close: () => Promise<void>;
}

export const startS3 = async ({ versioned = false } = {}): Promise<TestS3> => {
  const objects = new Map<string, StoredVersion[]>();
  const requests: RecordedRequest[] = [];
  let fault: Fault = () => undefined;

  const current = (key: string) => objects.get(key)?.at(-1);
  const store = (key: string, bytes: Buffer, headers: Record<string, string>): StoredVersion => {
    const version = {
      versionId: randomUUID(),
      eTag: createHash('md5').update(bytes).digest('hex'),
      bytes,
      headers,
    };
    objects.set(key, versioned ? [...(objects.get(key) ?? []), version] : [version]);
    return version;
  };

  const get = (key: string, url: URL, headers: IncomingHttpHeaders, response: ServerResponse) => {
    const versionId = url.searchParams.get('versionId');
    const version = versionId
      ? objects.get(key)?.find((candidate) => candidate.versionId === versionId)
      : current(key);
    if (!version) return fail(response, 404, versionId ? 'NoSuchVersion' : 'NoSuchKey');
    if (!meets(headers['if-match'], version)) return fail(response, 412, 'PreconditionFailed');
    response.writeHead(200, {
      ...version.headers,
      'content-length': version.bytes.length,
      etag: `"${version.eTag}"`,
      ...(versioned && { 'x-amz-version-id': version.versionId }),
    });
    response.end(version.bytes);
  };

  const copy = (key: string, headers: IncomingHttpHeaders, response: ServerResponse) => {
    const [path = '', versionId] = String(headers['x-amz-copy-source']).split('?versionId=');
    const sourceKey = decodeURIComponent(path.slice(path.indexOf('/') + 1));
    const source = versionId
      ? objects.get(sourceKey)?.find((candidate) => candidate.versionId === versionId)
      : current(sourceKey);
    if (!source) return fail(response, 404, 'NoSuchKey');
    const destination = current(key);
    if (!meets(String(headers['x-amz-copy-source-if-match'] ?? source.eTag), source))
      return fail(response, 412, 'PreconditionFailed');
    if (headers['if-match'] && !destination) return fail(response, 404, 'NoSuchKey');
    if (destination && !meets(headers['if-match'], destination))
      return fail(response, 412, 'PreconditionFailed');
    const sent = Object.entries(headers).filter(([name]) => isKept(name)) as [string, string][];
    const metadataBytes = sent
      .filter(([name]) => name.startsWith('x-amz-meta-'))
      .reduce((sum, [name, value]) => sum + name.length - 'x-amz-meta-'.length + value.length, 0);
    if (metadataBytes > 2048) return fail(response, 400, 'MetadataTooLarge');
    const { eTag } = store(key, source.bytes, Object.fromEntries(sent));
    response.writeHead(200, { 'content-type': 'application/xml' });
    response.end(
      `<CopyObjectResult><ETag>"${eTag}"</ETag><LastModified>2026-01-01T00:00:00.000Z</LastModified></CopyObjectResult>`,
    );
  };

  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url!, 'http://s3');
    const key = decodeURIComponent(url.pathname).split('/').slice(2).join('/');
    const operation = request.method === 'GET' ? 'GetObject' : 'CopyObject';
    const recorded = { operation, key, headers: request.headers } as const;
    requests.push(recorded);
    const failure = fault(recorded);
    if (failure) fail(response, failure.status, failure.code);
    else if (operation === 'GetObject') get(key, url, request.headers, response);
    else copy(key, request.headers, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new S3Client({
    endpoint,
    forcePathStyle: true,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });

  return {
    client,
    endpoint,
    requests,
    put: (key, bytes, headers = {}) => store(key, Buffer.from(bytes), headers),
    remove: (key) => objects.delete(key),
    current,
    versions: (key) => objects.get(key) ?? [],
    failWith: (newFault) => {
      fault = newFault;
    },
    close: () =>
      new Promise((resolve) => {
        client.destroy();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const meets = (condition: string | undefined, { eTag }: StoredVersion): boolean =>
  condition === undefined || condition.replaceAll('"', '') === eTag;

/** What CopyObject with REPLACE takes over from its request; everything else falls back to S3's defaults. */
const isKept = (name: string): boolean =>
  name.startsWith('x-amz-meta-') ||
  name.startsWith('x-amz-object-lock-') ||
  name.startsWith('x-amz-server-side-encryption') ||
  [
    'cache-control',
    'content-disposition',
    'content-encoding',
    'content-language',
    'content-type',
    'expires',
    'x-amz-storage-class',
    'x-amz-website-redirect-location',
  ].includes(name);

const fail = (response: ServerResponse, status: number, code: string): void => {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
};
