/** An S3 Batch Operations job in which the deployed function labels the objects already in its bucket. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateJobCommand,
  DescribeJobCommand,
  type JobDescriptor,
  type JobStatus,
  type S3ControlClient,
} from '@aws-sdk/client-s3-control';
import type { Deployment } from './deployment.ts';

/** The job ended before it reached the last object. */
export class JobFailed extends Error {
  override readonly name = 'JobFailed';
}

export interface JobRequest {
  /** Prefix of the objects' keys. */
  readonly prefix: string;
  /** Suffix of the objects' keys; any if absent. */
  readonly suffix: string | undefined;
  readonly createdAfter: Date | undefined;
  /** Labels objects again that already have labels of the deployed model. */
  readonly force: boolean;
}

export interface Progress {
  readonly status: JobStatus;
  /** Number of objects; 0 until S3 has listed them. */
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
  /** S3's reasons for the failure of the job itself. */
  readonly reasons: readonly string[];
}

/**
 * Starts a job, which then runs without this process.
 *
 * @returns The job's id.
 */
export async function startJob(
  s3Control: S3ControlClient,
  deployment: Deployment,
  { force, ...selection }: JobRequest,
): Promise<string> {
  const { JobId } = await s3Control.send(
    new CreateJobCommand({
      AccountId: accountIdOf(deployment),
      ClientRequestToken: randomUUID(),
      Description: 'Bucketlens backfill',
      // Relative to the account's other jobs.
      Priority: 10,
      ConfirmationRequired: false,
      RoleArn: deployment.BackfillRoleArn,
      ManifestGenerator: {
        S3JobManifestGenerator: {
          SourceBucket: bucketArn(deployment, deployment.BucketName),
          EnableManifestOutput: false,
          ...filterFor(selection),
        },
      },
      Operation: {
        LambdaInvoke: {
          FunctionArn: deployment.AliasArn ?? deployment.FunctionArn,
          InvocationSchemaVersion: '2.0',
          UserArguments: { force: String(force) },
        },
      },
      Report: {
        Enabled: true,
        Bucket: bucketArn(deployment, deployment.BackfillReportsBucketName),
        Format: 'Report_CSV_20180820',
        ReportScope: 'FailedTasksOnly',
      },
    }),
  );
  return JobId!;
}

/**
 * Polls a job until it ends.
 *
 * @returns Its last state: `Complete`, `Failed` or `Cancelled`.
 */
export async function watchJob(
  s3Control: S3ControlClient,
  deployment: Deployment,
  jobId: string,
  { pollMs, onProgress }: { pollMs: number; onProgress: (progress: Progress) => void },
): Promise<Progress> {
  for (;;) {
    const { Job } = await s3Control.send(
      new DescribeJobCommand({ AccountId: accountIdOf(deployment), JobId: jobId }),
    );
    const progress = toProgress(Job!);
    onProgress(progress);
    if (['Complete', 'Failed', 'Cancelled'].includes(progress.status)) return progress;
    await sleep(pollMs);
  }
}

/** @throws JobFailed unless the job processed every object, failed objects included. */
export function assertComplete(jobId: string, { status, reasons }: Progress): void {
  if (status === 'Complete') return;
  const ended = status === 'Cancelled' ? 'was cancelled' : 'failed';
  throw new JobFailed([`the job ${jobId} ${ended}`, ...reasons].join(': '));
}

function toProgress({ Status, ProgressSummary, FailureReasons = [] }: JobDescriptor): Progress {
  return {
    status: Status!,
    total: ProgressSummary?.TotalNumberOfTasks ?? 0,
    succeeded: ProgressSummary?.NumberOfTasksSucceeded ?? 0,
    failed: ProgressSummary?.NumberOfTasksFailed ?? 0,
    reasons: FailureReasons.map(({ FailureCode, FailureReason }) => `${FailureCode}: ${FailureReason}`),
  };
}

/** The manifest filter, or none to select all objects. Each of its lists takes one entry. */
function filterFor({ prefix, suffix, createdAfter }: Omit<JobRequest, 'force'>) {
  const keys = {
    ...(prefix && { MatchAnyPrefix: [prefix] }),
    ...(suffix && { MatchAnySuffix: [suffix] }),
  };
  const filter = {
    ...(createdAfter && { CreatedAfter: createdAfter }),
    ...(Object.keys(keys).length > 0 && { KeyNameConstraint: keys }),
  };
  return Object.keys(filter).length > 0 ? { Filter: filter } : {};
}

// arn:PARTITION:iam::ACCOUNT:role/NAME
function accountIdOf({ BackfillRoleArn }: Deployment): string {
  return BackfillRoleArn.split(':')[4]!;
}

function bucketArn({ BackfillRoleArn }: Deployment, bucket: string): string {
  return `arn:${BackfillRoleArn.split(':')[1]}:s3:::${bucket}`;
}
