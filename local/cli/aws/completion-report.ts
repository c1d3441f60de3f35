/** What an S3 Batch Operations job says of the objects that it could not do. */
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { GetObjectCommand, NoSuchKey, type S3Client } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { decodeKey } from '../../../functions/classify/event/s3-event.ts';

export interface Failure {
  readonly key: string;
  /** Only on versioned buckets. */
  readonly versionId?: string;
  readonly message: string;
}

/** Where the report of a job is. */
export function reportPrefix(jobId: string): string {
  return `job-${jobId}/`;
}

/** The objects that failed, one after the other: there may be millions. None, if the job has written no report. */
export async function* readFailures(s3: S3Client, bucket: string, jobId: string): AsyncGenerator<Failure> {
  const manifest = await open(s3, bucket, `${reportPrefix(jobId)}manifest.json`).catch((error: unknown) => {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  });
  if (!manifest) return;
  const { Results } = v.parse(manifestSchema, await manifest.transformToString());
  for (const { Key } of Results.filter(({ TaskExecutionStatus }) => TaskExecutionStatus === 'failed')) {
    const lines = createInterface({ input: (await open(s3, bucket, Key)) as Readable, crlfDelay: Infinity });
    for await (const record of csvRecords(lines)) yield toFailure(record);
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

/** RFC 4180: a field in quotes may have commas, line breaks, and quotes that are doubled. */
async function* csvRecords(lines: AsyncIterable<string>): AsyncGenerator<string[]> {
  let record = '';
  for await (const line of lines) {
    record += record === '' ? line : `\n${line}`;
    if (record === '' || record.split('"').length % 2 === 0) continue;
    yield [...record.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, field = '']) =>
      field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field,
    );
    record = '';
  }
}
