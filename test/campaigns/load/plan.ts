/** Plans uploads: their order, keys and overwrites. */
import type { Library, Picture } from './library.ts';

export interface Upload {
  readonly key: string;
  /** Also stored in the object's metadata. */
  readonly number: number;
  readonly picture: Picture;
}

const brokenEvery = 20;
/** The share of uploads that overwrite the previous one. */
const overwriting = 0.1;

/**
 * Plans uploads of random pictures, one in twenty of them broken.
 *
 * @param random Gives numbers in [0, 1).
 * @returns Uploads of one key each, to be made one after another; where there are several, each overwrites the one before.
 */
export function planUploads(count: number, { whole, broken }: Library, random: () => number): Upload[][] {
  const plan: Upload[][] = [];
  for (let number = 1; number <= count; number++) {
    const pictures = number % brokenEvery === 0 ? broken : whole;
    const picture = pictures[Math.floor(random() * pictures.length)]!;
    const before = plan.at(-1);
    // Different eTags tell an upload from the one that it overwrites.
    if (before && random() < overwriting && before.every((upload) => upload.picture.eTag !== picture.eTag))
      before.push({ key: before[0]!.key, number, picture });
    else plan.push([{ key: `album ${number % 7}/${number} ${picture.name}`, number, picture }]);
  }
  return plan;
}
