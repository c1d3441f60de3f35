/** A second function that looks at the bucket's photos with another model, and leaves the objects as they are. */
import type { PredictionEvent } from '../../../functions/classify/publish/publish.ts';
import type { BuiltModel } from '../../../layers/model/built-models.ts';
import type { LocalLambda } from '../aws/lambda.ts';
import type { StartFunction } from '../aws/local-function.ts';
import { type Answer, toAnswer } from './answer.ts';
import type { Photos } from './photos.ts';

export interface ComparerOptions {
  readonly bucket: string;
  readonly photos: Photos;
  readonly startFunction: StartFunction;
}

export interface Comparer {
  readonly model: () => BuiltModel | undefined;
  /** Looks at all photos, and all that come, with a model; with none, forgets what was seen. */
  readonly useModel: (model: BuiltModel | undefined) => Promise<void>;
  /** Takes in what a function has published: its own answer, or news of a photo to look at. */
  readonly receive: (event: PredictionEvent, eventBus: string) => void;
  readonly close: () => Promise<void>;
}

export function createComparer({ bucket, photos, startFunction }: ComparerOptions): Comparer {
  let current: { readonly model: BuiltModel; readonly lambda: LocalLambda } | undefined;

  const compare = (key: string): void => {
    const photo = photos.get(key);
    if (!current || !photo || photo.comparison || photo.answer.status !== 'classified') return;
    photos.update({ ...photo, comparison: { status: 'waiting' } });
    current.lambda
      .invoke({ bucket, key })
      .catch((error: Error) => put(key, { status: 'failed', reason: error.message }));
  };
  const put = (key: string, comparison: Answer): void => {
    const photo = photos.get(key);
    // Where there is none, the photo has been uploaded again and will be compared anew.
    if (photo?.comparison) photos.update({ ...photo, comparison });
  };
  return {
    model: () => current?.model,
    useModel: async (model) => {
      const old = current;
      current = model && {
        model,
        lambda: startFunction(model, { writeBack: 'none', eventBus: busOf(model) }),
      };
      await old?.lambda.close();
      for (const { comparison: _, ...photo } of (await photos.list()).reverse()) {
        photos.update(photo);
        compare(photo.key);
      }
    },
    receive: (event, eventBus) => {
      if (!current) return;
      if (eventBus === busOf(current.model)) put(event.detail.key, toAnswer(event));
      else compare(event.detail.key);
    },
    close: async () => current?.lambda.close(),
  };
}

function busOf({ manifest }: BuiltModel): string {
  return `comparison-${manifest.name}`;
}
