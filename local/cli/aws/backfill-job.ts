/** A job of S3 Batch Operations that lets the deployed function label what is in its bucket already. */
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

/** A job that came to its end before the last object. */
export class JobFailed extends Error {
  override readonly name = 'JobFailed';
}

export interface JobRequest {
  /** What the objects' keys start with. */
  readonly prefix: string;
  /** What they end in; any, if absent. */
  readonly suffix: string | undefined;
  readonly createdAfter: Date | undefined;
  /** Whether objects that bear labels of the deployed model are labelled again. */
  readonly force: boolean;
}

export interface Progress {
  readonly status: JobStatus;
  /** Objects; 0 until S3 has listed them. */
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Why the job itself failed, in S3's words. */
  readonly reasons: readonly string[];
}

/**
 * Starts a job; it goes on by itself.
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
      Description: 'Bucketlens: labels what is there already',
      // Among the account's own jobs.
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
          FunctionArn: deployment.FunctionArn,
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
 * Looks at a job, at once and then every `pollMs`, until it has come to an end.
 *
 * @returns How it ended: `Complete`, `Failed` or `Cancelled`.
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

/** @throws JobFailed unless a job has ended with the last object, be it that the object itself failed. */
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

/** None for all objects; each of its lists takes one text. */
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
