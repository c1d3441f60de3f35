/** The user's photos: some calibrate a network, the others judge it. */
import { defaultLimits } from '../../../functions/classify/image/limits.ts';
import type { InputShape, Preprocessing, Tensor } from '../../../functions/classify/tensor/preprocess.ts';
import { readImage } from '../../../functions/classify/tensor/read-image.ts';
import { UnusableModel } from '../unusable-model.ts';

export interface Photos {
  /** The user's name for all of them, for messages. */
  readonly folder: string;
  /** In a fixed order. */
  readonly files: readonly string[];
  readonly read: (file: string) => Promise<Uint8Array>;
  /** Called for each file that is not an image or is damaged. */
  readonly onSkipped: (file: string, error: Error) => void;
}

/** Further photos did not improve EfficientNet-Lite0. */
const mostToCalibrate = 64;
const mostInAll = 512;
/** For each of the two purposes. */
const leastPhotos = 16;

/**
 * Divides the files: at most 64, and at most half, calibrate; the others judge. Both are spread evenly over the order, so that
 * each sees every subfolder. Of more than 512 files, as many are taken.
 */
export function dividePhotos(files: readonly string[]): {
  readonly calibrating: readonly string[];
  readonly judging: readonly string[];
} {
  const taken = spread(files, mostInAll);
  const calibrating = spread(taken, Math.min(mostToCalibrate, Math.floor(taken.length / 2)));
  const chosen = new Set(calibrating);
  return { calibrating, judging: taken.filter((file) => !chosen.has(file)) };
}

/** Takes so many elements, or all if there are fewer, at equal distances. */
function spread(list: readonly string[], wanted: number): readonly string[] {
  const length = Math.min(wanted, list.length);
  return Array.from({ length }, (_, i) => list[Math.floor((i * list.length) / length)]!);
}

/** Reads photos one by one as the network is fed them. Skips those that cannot be read. */
export async function* readPhotos(
  files: readonly string[],
  { read, onSkipped }: Photos,
  recipe: { readonly input: InputShape; readonly preprocess: Preprocessing },
): AsyncGenerator<Tensor> {
  for (const file of files) {
    const tensor = await read(file)
      .then((bytes) => readImage(bytes, defaultLimits, recipe))
      .then(({ toTensor }) => toTensor())
      .catch((error: Error) => {
        onSkipped(file, error);
        return undefined;
      });
    if (tensor) yield tensor;
  }
}

/** @throws UnusableModel if so few photos could be read. */
export function assertEnough(photos: number, purpose: 'calibrate' | 'judge', folder: string): void {
  if (photos >= leastPhotos) return;
  throw new UnusableModel(
    `${folder} leaves ${photos === 1 ? '1 photo' : `${photos} photos`} to ${purpose} the int8 network with; it takes ${leastPhotos}, and as many to ${purpose === 'judge' ? 'calibrate' : 'judge'} it: add photos of the kind that it will label, ${2 * leastPhotos} or more`,
  );
}
