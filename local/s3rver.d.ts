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
    readonly middleware: ((context: S3rverContext, next: () => Promise<void>) => Promise<void>)[];
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
