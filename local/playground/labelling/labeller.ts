/** The bucket's own function: labels what is uploaded, and all that is there when another model is chosen. */
import type { PredictionEvent } from '../../../functions/classify/publish/publish.ts';
import type { BuiltModel } from '../../../layers/model/built-models.ts';
import type { StartFunction } from '../aws/local-function.ts';
import { type CreatedObject, createNotification } from '../aws/notification.ts';
import { type Answer, toAnswer } from './answer.ts';
import { isFolder, type Photos } from './photos.ts';

export interface LabellerOptions {
  readonly bucket: string;
  readonly photos: Photos;
  readonly model: BuiltModel;
  readonly startFunction: StartFunction;
  /** Whether an object was made by the function itself. */
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
  /** Takes in what the function has published. */
  readonly receive: (event: PredictionEvent) => void;
  /** Labels all that is in the bucket, and all that comes, with another model. */
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
        // No event: the object was deleted or replaced before its turn.
        if (asked?.answer.status === 'waiting' && photos.get(key)?.answer === asked.answer)
          photos.update({ ...asked, answer: { status: 'unlabelled' } });
      },
      (error: Error) => {
        const photo = photos.get(key);
        // Of an upload that has been replaced meanwhile, nothing is to be said.
        if (photo && photo.storedAt === asked?.storedAt)
          photos.update({ ...photo, answer: { status: 'failed', reason: error.message } });
        onFailure(key, error);
      },
    );
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
    useModel: async (next) => {
      const newestFirst = (await photos.list()).reverse();
      const old = lambda;
      [model, lambda] = [next, startFunction(next)];
      for (const photo of newestFirst) photos.update({ ...photo, answer: waiting() });
      // Whatever it still writes comes before what the other one does.
      await old.close();
      for (const { key } of newestFirst) invoke(key, { bucket, key });
    },
    close: () => lambda.close(),
  };
}

/** One of its own for each invocation, so that it can be told whether it has been answered. */
function waiting(): Answer {
  return { status: 'waiting' };
}
