/** A function that answers when a test says so, and the photos it is about. */
import type { PredictionEvent } from '../../functions/classify/publish/publish.ts';
import type { BuiltModel } from '../../layers/model/built-models.ts';
import type { LocalLambda } from '../../local/playground/aws/lambda.ts';
import type { Photo, Photos } from '../../local/playground/labelling/photos.ts';

interface Invocation {
  readonly model: string;
  readonly event: unknown;
  readonly succeed: () => void;
  readonly fail: (error: Error) => void;
}

/** Stands in for `StartFunction`; an ended function drops what waits, as the real one does. */
export function createFunctions() {
  const invocations: Invocation[] = [];
  const ended: string[] = [];
  const startFunction = ({ manifest: { name: model } }: BuiltModel): LocalLambda => ({
    ready: Promise.resolve(),
    invoke: (event) =>
      new Promise((succeed, fail) => {
        invocations.push({ model, event, succeed, fail });
      }),
    close: async () => {
      ended.push(model);
    },
  });
  return { invocations, ended, startFunction };
}

/** Photos of a bucket that is nowhere. */
export function createBucketless(...photos: Photo[]): Photos {
  const known = new Map(photos.map((photo) => [photo.key, photo]));
  return {
    update: (photo) => void known.set(photo.key, photo),
    get: (key) => known.get(key),
    list: async () => [...known.values()],
    watch: () => {},
  };
}

export function modelNamed(name: string) {
  return { dir: name, manifest: { name } } as BuiltModel;
}

/** As the function publishes it, as far as it matters here. */
export function eventOf(key: string, model: string): PredictionEvent {
  const predictions = [{ index: 0, id: '0', label: `what ${model} says`, score: 1 }];
  return {
    detailType: 'Image Classified',
    detail: { key, model: { name: model }, predictions },
  } as unknown as PredictionEvent;
}
