/** A second function that classifies the bucket's photos with another model, without writing to them. */
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
  /** Compares all photos, present and future, with a model; undefined removes the comparison. */
  readonly useModel: (model: BuiltModel | undefined) => Promise<void>;
  /** Handles a published event: the comparison's own result, or a labelled photo to compare. */
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
    // Without a pending comparison the photo has been uploaded again, and will be compared again.
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
