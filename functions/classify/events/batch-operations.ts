/** An S3 Batch Operations job: its tasks, and what its completion report says of each. */
import * as v from 'valibot';
import type { ImageRef } from '../events.ts';
import type { Outcome } from '../label-image.ts';
import { decodeKey, imageNamed, unicode } from './image-events.ts';
import { orUnknownEvent, UnknownEvent, validate } from './unknown-event.ts';

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

export interface JobAnswer extends Pick<Job, 'invocationSchemaVersion' | 'invocationId'> {
  /** Of tasks that the answer does not name. */
  readonly treatMissingKeysAs: 'TemporaryFailure';
  readonly results: readonly TaskResult[];
}

export interface TaskResult {
  readonly taskId: string;
  /** What failed temporarily the job tries again; what failed permanently its report lists. */
  readonly resultCode: 'Succeeded' | 'TemporaryFailure' | 'PermanentFailure';
  readonly resultString: string;
}

/**
 * Reads a job of schema 1.0 or 2.0. A task whose key cannot be decoded has the error in place of its image.
 *
 * @throws UnknownEvent
 */
export const parseJob = (event: unknown): Job => {
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
};

/**
 * The result of a task that went as it should: succeeded if the object bears its labels or needs none.
 *
 * @param outcome undefined if the key is a folder's.
 */
export const toResult = (taskId: string, outcome: Outcome | undefined): TaskResult => {
  const [resultCode, resultString] = describe(outcome);
  return { taskId, resultCode, resultString: resultString.slice(0, maxResultLength) };
};

/** The result of a task that threw. */
export const toFailure = (taskId: string, error: unknown): TaskResult => ({
  taskId,
  resultCode: error instanceof UnknownEvent ? 'PermanentFailure' : 'TemporaryFailure',
  resultString: String(error).slice(0, maxResultLength),
});

const maxResultLength = 1024;

const describe = (outcome: Outcome | undefined): [TaskResult['resultCode'], string] => {
  switch (outcome?.status) {
    case undefined:
      return ['Succeeded', 'a folder, not an image'];
    case 'own-copy':
    case 'labelled-already':
      return ['Succeeded', 'labelled by this model already'];
    case 'gone':
      return ['Succeeded', 'not there any more'];
    case 'skipped':
      return ['Succeeded', 'left alone, as its owner wants it'];
    case 'rejected': {
      const { name, message } = outcome.event.detail.error;
      return ['PermanentFailure', `${name}: ${message}`];
    }
    case 'classified': {
      const { writeBack, predictions } = outcome.event.detail;
      const labels = predictions.map(({ label, score }) => `${label}=${score.toFixed(4)}`).join(',');
      return writeBack === 'too-large'
        ? ['PermanentFailure', `the object's own metadata or tags leave no room for ${labels}`]
        : ['Succeeded', `${writeBack}: ${labels}`];
    }
  }
};

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
