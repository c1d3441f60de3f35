/** Types for the part of @20minutes/s3rver, a Koa application without types, that the playground uses. */
declare module '@20minutes/s3rver' {
  import type { IncomingHttpHeaders, RequestListener } from 'node:http';
  import type { Readable } from 'node:stream';

  export interface S3rverContext {
    /** Source of the body. */
    req: Readable;
    readonly method: string;
    readonly headers: IncomingHttpHeaders;
    query: Record<string, string | string[] | undefined>;
    path: string;
    readonly ip: string;
    body: unknown;
    status: number;
    /** Set by the router; `queryMethod` is the subresource of a request (`?tagging`). */
    readonly params: { readonly bucket?: string; readonly key?: string; readonly queryMethod?: string };
    set(header: string, value: string): void;
  }

  export interface S3rverSubresource {
    readonly type: string;
    toXML(): string;
  }

  export type S3rverMiddleware = (context: S3rverContext, next: () => Promise<void>) => Promise<void>;

  /** Headers in lower case. */
  export type S3rverMetadata = Readonly<Record<string, string | string[] | undefined>>;

  export interface S3rverObject {
    readonly bucket: string;
    readonly key: string;
    readonly content: Readable | Buffer;
    readonly metadata: S3rverMetadata;
  }

  export interface S3rverPart {
    readonly number: number;
    /** Without quotes. */
    readonly etag: string;
  }

  export interface S3rverStored {
    /** In quotes. */
    readonly etag: string;
    readonly 'last-modified': string;
    readonly 'content-length': number;
  }

  export interface S3rverStore {
    getBucketPath(bucket: string): string;
    getBucket(bucket: string): Promise<unknown>;
    getResourcePath(bucket: string, key: string | undefined, resource: string): string;
    /** @returns Bytes, and their MD5. */
    putContent(path: string, content: Readable | Buffer): Promise<[size: number, md5: string]>;
    putObject(object: S3rverObject): Promise<{ readonly size: number; readonly md5: string }>;
    /** @param replacementMetadata null keeps the source's metadata. */
    copyObject(
      sourceBucket: string,
      sourceKey: string,
      bucket: string,
      key: string,
      replacementMetadata: S3rverMetadata | null,
    ): Promise<S3rverStored>;
    deleteObject(bucket: string, key: string): Promise<void>;
    initiateUpload(bucket: string, key: string, uploadId: string, metadata: S3rverMetadata): Promise<void>;
    putObjectMultipart(
      bucket: string,
      uploadId: string,
      parts: readonly S3rverPart[],
    ): Promise<{ readonly size: number; readonly md5: string }>;
    /** @throws if there is no such object. */
    getMetadata(bucket: string, key: string): Promise<S3rverStored>;
    getSubresource(bucket: string, key: string, type: string): Promise<S3rverSubresource | null>;
    putSubresource(bucket: string, key: string, subresource: S3rverSubresource): Promise<void>;
    deleteSubresource(bucket: string, key: string, type: string): Promise<void>;
  }

  /** Emitted as `event`; the record of a copy lacks the eTag, and the key is not encoded. */
  export interface S3rverEvent {
    readonly Records: readonly [
      {
        readonly eventName: string;
        readonly s3: {
          readonly bucket: { readonly name: string };
          readonly object: { readonly key: string; readonly size?: number; readonly eTag?: string };
        };
      },
    ];
  }

  export default class S3rver {
    readonly store: S3rverStore;
    readonly middleware: S3rverMiddleware[];
    constructor(options: {
      directory: string;
      silent: boolean;
      vhostBuckets: boolean;
      configureBuckets: { name: string }[];
    });
    on(name: 'event', listener: (event: S3rverEvent) => void): this;
    configureBuckets(): Promise<unknown>;
    callback(): RequestListener;
  }
}
