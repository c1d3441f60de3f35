import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';

/** All that GetObject tells of an object but its bytes. */
export type ObjectHead = Omit<GetObjectCommandOutput, 'Body' | '$metadata'>;
