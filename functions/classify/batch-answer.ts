/** The response to an S3 Batch Operations job: a result for each of its tasks. */
import type { Job } from './event/batch-job.ts';
import { UnknownEvent } from './event/unknown-event.ts';
import type { Outcome } from './label-image.ts';

export interface JobAnswer extends Pick<Job, 'invocationSchemaVersion' | 'invocationId'> {
  /** Result of tasks that the response does not name. */
  readonly treatMissingKeysAs: 'TemporaryFailure';
  readonly results: readonly TaskResult[];
}

export interface TaskResult {
  readonly taskId: string;
  /** The job retries temporary failures; its report lists permanent ones. */
  readonly resultCode: 'Succeeded' | 'TemporaryFailure' | 'PermanentFailure';
  readonly resultString: string;
}

/**
 * The result of a task that did not throw: succeeded if the object has its labels or needs none.
 *
 * @param outcome undefined for a folder.
 */
export function toResult(taskId: string, outcome: Outcome | undefined): TaskResult {
  const [resultCode, resultString] = describe(outcome);
  return { taskId, resultCode, resultString: resultString.slice(0, maxResultLength) };
}

/** The result of a task that threw. */
export function toFailure(taskId: string, error: unknown): TaskResult {
  return {
    taskId,
    resultCode: isPermanent(error) ? 'PermanentFailure' : 'TemporaryFailure',
    resultString: String(error).slice(0, maxResultLength),
  };
}

function isPermanent(error: unknown): boolean {
  return error instanceof UnknownEvent || error instanceof EventNotPublished;
}

/**
 * The labels are in the object's metadata, but their event is not published. A retry of the task would find the labels and leave
 * the object out, so the task fails for good and the report names it.
 */
export class EventNotPublished extends Error {
  override readonly name = 'EventNotPublished';

  constructor(cause: unknown) {
    super(
      `the labels are on the object, but their event could not be published; invoke the function with its bucket and key, or run npx bucketlens backfill --force. ${cause}`,
      { cause },
    );
  }
}

const maxResultLength = 1024;

function describe(outcome: Outcome | undefined): [TaskResult['resultCode'], string] {
  switch (outcome?.status) {
    case undefined:
      return ['Succeeded', 'a folder, not an image'];
    case 'own-copy':
    case 'labelled-already':
      return ['Succeeded', 'labelled by this model already'];
    case 'gone':
      return ['Succeeded', 'deleted or overwritten'];
    case 'skipped':
      return ['Succeeded', 'its owner has opted out'];
    case 'rejected': {
      const { name, message } = outcome.event.detail.error;
      return ['PermanentFailure', `${name}: ${message}`];
    }
    case 'classified': {
      const { writeBack, predictions } = outcome.event.detail;
      const labels = predictions.map(({ label, score }) => `${label}=${score.toFixed(4)}`).join(',');
      return writeBack === 'too-large'
        ? ['PermanentFailure', `the object's own metadata, tags or annotations leave no room for ${labels}`]
        : ['Succeeded', `${writeBack}: ${labels}`];
    }
  }
}
