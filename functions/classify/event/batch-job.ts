/** S3 Batch Operations jobs: the tasks of an invocation. */
import * as v from 'valibot';
import type { IgnoredRecord } from './event-content.ts';
import type { ImageRef } from './image-ref.ts';
import { decodeKey, requested, unicode } from './s3-event.ts';
import { orUnknownEvent, UnknownEvent, validate } from './unknown-event.ts';

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-invoke-lambda.html
export interface Job {
  readonly invocationSchemaVersion: '1.0' | '2.0';
  readonly invocationId: string;
  /** True if objects that this model has labelled are to be labelled again: the job's user argument `force=true`. */
  readonly force: boolean;
  readonly tasks: readonly Task[];
}

export interface Task {
  readonly taskId: string;
  /** One image, or the error if the task cannot be read. */
  readonly images: readonly ImageRef[] | UnknownEvent;
  readonly ignored: readonly IgnoredRecord[];
}

/**
 * Reads a job of schema 1.0 or 2.0.
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
    tasks: tasks.map((task) => {
      const content = orUnknownEvent(() =>
        requested({
          bucket:
            's3Bucket' in task
              ? task.s3Bucket
              : task.s3BucketArn.slice(task.s3BucketArn.lastIndexOf(':') + 1),
          key: decodeKey(task.s3Key),
          // Empty or null on a bucket without versions.
          ...(task.s3VersionId && { versionId: task.s3VersionId }),
        }),
      );
      const { taskId } = task;
      return content instanceof UnknownEvent
        ? { taskId, images: content, ignored: [] }
        : { taskId, ...content };
    }),
  };
}

const taskFields = { taskId: v.string(), s3Key: unicode, s3VersionId: v.nullish(unicode) };

const jobSchema = v.variant('invocationSchemaVersion', [
  v.object({
    invocationSchemaVersion: v.literal('1.0'),
    invocationId: v.string(),
    job: v.object({}),
    tasks: v.array(v.object({ ...taskFields, s3BucketArn: unicode })),
  }),
  v.object({
    invocationSchemaVersion: v.literal('2.0'),
    invocationId: v.string(),
    job: v.object({ userArguments: v.nullish(v.record(v.string(), v.string())) }),
    tasks: v.array(v.object({ ...taskFields, s3Bucket: unicode })),
  }),
]);
