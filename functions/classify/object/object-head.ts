import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';

/** The response of GetObject without the bytes. */
export type ObjectHead = Omit<GetObjectCommandOutput, 'Body' | '$metadata'>;
