/** Stand-ins for the function and the photos of a bucket. */
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

/** Stands in for `StartFunction`; tests settle each invocation. Like the real one, a closed function drops its queue. */
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

/** Photos without a bucket. */
export function createPhotosInMemory(...photos: Photo[]): Photos {
  const known = new Map(photos.map((photo) => [photo.key, photo]));
  return {
    update: (photo) => void known.set(photo.key, photo),
    get: (key) => known.get(key),
    waiting: () => [...known.values()].filter(({ answer }) => answer.status === 'waiting'),
    list: async () => [...known.values()],
    watch: () => {},
  };
}

export function modelNamed(name: string) {
  return { dir: name, manifest: { name } } as BuiltModel;
}

/** The part of a prediction event that the tests need. */
export function eventOf(key: string, model: string): PredictionEvent {
  const predictions = [{ index: 0, id: '0', label: `what ${model} says`, score: 1 }];
  return {
    detailType: 'Image Classified',
    detail: { key, model: { name: model }, predictions },
  } as unknown as PredictionEvent;
}
