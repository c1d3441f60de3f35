/** The bucket's own function: labels uploads, and every photo when another model is chosen. */
import type { PredictionEvent } from '../../../functions/classify/publish/publish.ts';
import type { BuiltModel } from '../../../layers/model/built-models.ts';
import type { StartFunction } from '../aws/local-function.ts';
import { type CreatedObject, createNotification } from '../aws/notification.ts';
import { type Answer, toAnswer } from './answer.ts';
import { isFolder, type Photo, type Photos } from './photos.ts';

export interface LabellerOptions {
  readonly bucket: string;
  readonly photos: Photos;
  readonly model: BuiltModel;
  readonly startFunction: StartFunction;
  /** True if the function itself created the object. */
  readonly isOwnCopy: (object: CreatedObject) => boolean;
  /** The function failed three times for an object. */
  readonly onFailure: (key: string, error: Error) => void;
}

export interface Labeller {
  /** Rejects with FunctionFailed if the bundle cannot be loaded. */
  readonly ready: Promise<void>;
  readonly model: () => BuiltModel;
  /** Notifies the function of an object, as S3 would. */
  readonly notify: (object: CreatedObject) => void;
  /** Handles an event that the function published. */
  readonly receive: (event: PredictionEvent) => void;
  /** Labels the photos without labels, newest first, as an interrupted session leaves them. */
  readonly resume: () => Promise<void>;
  /** Labels all photos, present and future, with another model. */
  readonly useModel: (model: BuiltModel) => Promise<void>;
  readonly close: () => Promise<void>;
}

export function createLabeller(options: LabellerOptions): Labeller {
  const { bucket, photos, startFunction, isOwnCopy, onFailure } = options;
  let { model } = options;
  let lambda = startFunction(model);

  const invoke = (key: string, event: unknown): void => {
    const asked = photos.get(key);
    lambda.invoke(event).then(
      () => {
        // Without an event, the object was deleted or replaced before its turn.
        if (asked?.answer.status === 'waiting' && photos.get(key)?.answer === asked.answer)
          photos.update({ ...asked, answer: { status: 'unlabelled' } });
      },
      (error: Error) => {
        const photo = photos.get(key);
        // A newer upload has an answer of its own.
        if (photo && photo.storedAt === asked?.storedAt)
          photos.update({ ...photo, answer: { status: 'failed', reason: error.message } });
        onFailure(key, error);
      },
    );
  };
  const markWaiting = (marked: readonly Photo[]): void => {
    for (const photo of marked) photos.update({ ...photo, answer: waiting() });
  };
  return {
    ready: lambda.ready,
    model: () => model,
    notify: (object) => {
      const { key, createdAt } = object;
      if (isFolder(key)) return;
      if (!isOwnCopy(object)) photos.update({ key, storedAt: Number(createdAt), answer: waiting() });
      invoke(key, createNotification(object));
    },
    receive: (event) => {
      const { key } = event.detail;
      const photo = photos.get(key);
      if (photo) photos.update({ ...photo, answer: toAnswer(event) });
    },
    resume: async () => {
      const newestFirst = (await photos.list()).reverse();
      const unlabelled = newestFirst.filter(({ answer }) => answer.status === 'unlabelled');
      markWaiting(unlabelled);
      for (const { key } of unlabelled) invoke(key, { bucket, key });
    },
    useModel: async (next) => {
      const newestFirst = (await photos.list()).reverse();
      const old = lambda;
      [model, lambda] = [next, startFunction(next)];
      markWaiting(newestFirst);
      // The old function's last write must not follow the new one's.
      await old.close();
      for (const { key } of newestFirst) invoke(key, { bucket, key });
    },
    close: () => lambda.close(),
  };
}

/** A new object for each invocation, whose identity shows whether it has been answered. */
function waiting(): Answer {
  return { status: 'waiting' };
}
