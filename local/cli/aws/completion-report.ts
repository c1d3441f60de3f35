/** The completion report of an S3 Batch Operations job: the objects that failed, and why. */
import { pipeline, type Readable } from 'node:stream';
import { GetObjectCommand, NoSuchKey, type S3Client } from '@aws-sdk/client-s3';
import { parse } from 'csv-parse';
import * as v from 'valibot';
import { decodeKey } from '../../../functions/classify/event/s3-event.ts';

export interface Failure {
  readonly key: string;
  /** On versioned buckets only. */
  readonly versionId?: string;
  readonly message: string;
}

/** The key prefix of a job's report. */
export function reportPrefix(jobId: string): string {
  return `job-${jobId}/`;
}

/** Streams the failures, of which there may be millions; yields none if the job wrote no report. */
export async function* readFailures(s3: S3Client, bucket: string, jobId: string): AsyncGenerator<Failure> {
  const manifest = await open(s3, bucket, `${reportPrefix(jobId)}manifest.json`).catch((error: unknown) => {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  });
  if (!manifest) return;
  const { Results } = v.parse(manifestSchema, await manifest.transformToString());
  for (const { Key } of Results.filter(({ TaskExecutionStatus }) => TaskExecutionStatus === 'failed')) {
    const records = parse({ relaxColumnCount: true });
    // The iteration below throws what this reports.
    pipeline((await open(s3, bucket, Key)) as Readable, records, () => {});
    for await (const record of records) yield toFailure(record);
  }
}

async function open(s3: S3Client, Bucket: string, Key: string) {
  return (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body!;
}

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-examples-reports.html
const manifestSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ Results: v.array(v.object({ TaskExecutionStatus: v.string(), Key: v.string() })) }),
);

/** A record of `Bucket, Key, VersionId, TaskStatus, ErrorCode, HTTPStatusCode, ResultMessage`. */
function toFailure([, key = '', versionId, , errorCode, , message]: string[]): Failure {
  return {
    key: decodeKey(key),
    ...(versionId && { versionId }),
    message: message || errorCode || 'no reason given',
  };
}
