/** The part of @20minutes/s3rver, a Koa application without types of its own, that the playground uses. */
declare module '@20minutes/s3rver' {
  import type { IncomingHttpHeaders, RequestListener } from 'node:http';
  import type { Readable } from 'node:stream';

  export interface S3rverContext {
    /** Where the controllers read the body from. */
    req: Readable;
    readonly method: string;
    readonly headers: IncomingHttpHeaders;
    query: Record<string, string | string[] | undefined>;
    readonly path: string;
    readonly ip: string;
    body: unknown;
    status: number;
    /** Of the route, once it has been taken: the last for what is asked of a subresource (`?tagging`). */
    readonly params: { readonly bucket?: string; readonly key?: string; readonly queryMethod?: string };
    set(header: string, value: string): void;
  }

  export interface S3rverSubresource {
    readonly type: string;
    toXML(): string;
  }

  export type S3rverMiddleware = (context: S3rverContext, next: () => Promise<void>) => Promise<void>;

  export interface S3rverStore {
    /** @returns Bytes, and their MD5. */
    putContent(path: string, content: Readable | Buffer): Promise<[size: number, md5: string]>;
    /** @throws if there is no such object. Its eTag is in quotes. */
    getMetadata(bucket: string, key: string): Promise<{ readonly etag: string }>;
    getSubresource(bucket: string, key: string, type: string): Promise<S3rverSubresource | null>;
    putSubresource(bucket: string, key: string, subresource: S3rverSubresource): Promise<void>;
    deleteSubresource(bucket: string, key: string, type: string): Promise<void>;
  }

  /** What is emitted as `event`; its record lacks the eTag of copies, and its key is not encoded. */
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
