/** Detects memory leaks of the function over many invocations of one process. */
import { join } from 'node:path';
import { type HeldAfter, heldAfter } from '../../../bench/measure.ts';
import { bundleOwnFunction, withEvents } from '../../../bench/own-function.ts';
import { buildModelLayer, findModel } from '../../../layers/model/layer.ts';
import { startEventBridge } from '../../support/aws/eventbridge.ts';
import { startS3 } from '../../support/aws/s3.ts';
import { type Library, model } from './library.ts';

/** Numbers of invocations. At the first, caches are filled and code is compiled. */
export const checkpoints = [500, 1000, 1500, 2000] as const;

/** Invokes the function with all pictures in turn, and reads its memory at the checkpoints. */
export async function measureMemory(home: string, { whole, broken }: Library): Promise<HeldAfter[]> {
  const [s3, bus] = await Promise.all([startS3(), startEventBridge()]);
  try {
    const own = await bundleOwnFunction(home, process.execPath);
    const modelLayer = join(home, 'model-layer');
    buildModelLayer({ modelDir: findModel(model), outDir: modelLayer });
    const pictures = new Map([...whole, ...broken].map(({ name, bytes }) => [name, bytes]));
    for (const [name, bytes] of pictures) s3.put(name, bytes);
    // Full notifications would not fit into a process's environment.
    const events = [...pictures.keys()].map((key) => ({ bucket: 'photos', key }));
    // Restores each object after it is labelled, so that the next round writes again.
    s3.onCreated(({ key, eventName }) => {
      if (eventName === 'ObjectCreated:Copy') s3.put(key, pictures.get(key)!);
    });
    const subject = withEvents(own, events);
    const environment = {
      ...subject.environment,
      AWS_ENDPOINT_URL_S3: s3.endpoint,
      AWS_ENDPOINT_URL_EVENTBRIDGE: bus.endpoint,
      BUCKETLENS_MODEL_DIR: join(modelLayer, 'model'),
    };
    return await heldAfter({ ...subject, environment }, checkpoints);
  } finally {
    await Promise.all([s3.close(), bus.close()]);
  }
}

/** Allowed growth from the first checkpoint to the last, in 10^6 bytes. */
const bounds = {
  heapMegabytes: 3,
  externalMegabytes: 3,
  residentMegabytes: 30,
  peakMegabytes: 40,
} as const satisfies Partial<Record<keyof HeldAfter, number>>;

/** @returns A sentence for each kind of memory that grew too much. */
export function findLeaks(memory: readonly HeldAfter[]): string[] {
  const [first, last] = [memory[0]!, memory.at(-1)!];
  return Object.entries(bounds).flatMap(([kind, bound]) => {
    const grown = last[kind as keyof typeof bounds] - first[kind as keyof typeof bounds];
    return grown > bound
      ? [
          `${kind}: ${grown.toFixed(1)} more after ${last.runs} invocations than after ${first.runs}; ${bound} is the most`,
        ]
      : [];
  });
}
