/** An S3 Batch Operations job: its tasks, and what its completion report says of each. */
import * as v from 'valibot';
import type { ImageRef } from './image-ref.ts';
import { decodeKey, imageNamed, unicode } from './s3-event.ts';
import { orUnknownEvent, type UnknownEvent, validate } from './unknown-event.ts';

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-invoke-lambda.html
export interface Job {
  readonly invocationSchemaVersion: '1.0' | '2.0';
  readonly invocationId: string;
  /** Whether what the model has labelled already is labelled again: the job's user argument `force=true`. */
  readonly force: boolean;
  readonly tasks: readonly Task[];
}

export interface Task {
  readonly taskId: string;
  /** One, or none for a folder. */
  readonly images: readonly ImageRef[] | UnknownEvent;
}

/**
 * Reads a job of schema 1.0 or 2.0. A task whose key cannot be decoded has the error in place of its image.
 *
 * @throws UnknownEvent
 */
export function parseJob(event: unknown): Job {
  const { invocationSchemaVersion, invocationId, job, tasks } = validate(
    jobSchema,
    event,
    'an S3 Batch Operations job',
  );
  return {
    invocationSchemaVersion,
    invocationId,
    force: 'userArguments' in job && job.userArguments?.force === 'true',
    tasks: tasks.map((task) => ({
      taskId: task.taskId,
      images: orUnknownEvent(() =>
        imageNamed({
          bucket:
            's3Bucket' in task
              ? task.s3Bucket
              : task.s3BucketArn.slice(task.s3BucketArn.lastIndexOf(':') + 1),
          key: decodeKey(task.s3Key),
          // Empty or null for a bucket without versions.
          ...(task.s3VersionId && { versionId: task.s3VersionId }),
        }),
      ),
    })),
  };
}

const aboutTheTask = { taskId: v.string(), s3Key: unicode, s3VersionId: v.nullish(unicode) };

const jobSchema = v.variant('invocationSchemaVersion', [
  v.object({
    invocationSchemaVersion: v.literal('1.0'),
    invocationId: v.string(),
    job: v.object({}),
    tasks: v.array(v.object({ ...aboutTheTask, s3BucketArn: unicode })),
  }),
  v.object({
    invocationSchemaVersion: v.literal('2.0'),
    invocationId: v.string(),
    job: v.object({ userArguments: v.nullish(v.record(v.string(), v.string())) }),
    tasks: v.array(v.object({ ...aboutTheTask, s3Bucket: unicode })),
  }),
]);
