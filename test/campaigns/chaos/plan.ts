/** The uploads and deletions of a run, in order. */
import { createHash } from 'node:crypto';
import type { Library, Picture } from '../load/library.ts';
import type { Upload } from '../load/plan.ts';

export type Step = ({ readonly kind: 'upload' } & Upload) | { readonly kind: 'delete'; readonly key: string };

/** Share of steps that delete a key. */
const deleting = 0.1;
/** Share of uploads that are not images. */
const broken = 0.1;

/**
 * Plans uploads to few keys, so that most overwrite another one, and deletions between them.
 *
 * @param random Returns numbers from 0 to 1.
 */
export function planSteps(
  { uploads, keys }: { readonly uploads: number; readonly keys: number },
  library: Library,
  random: () => number,
): Step[] {
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)]!;
  const names = Array.from({ length: keys }, (_, index) => `album ${index % 3}/photo & ${index}.jpg`);
  const steps: Step[] = [];
  for (let number = 1; number <= uploads; number++) {
    while (random() < deleting) steps.push({ kind: 'delete', key: pick(names) });
    const picture = unique(pick(random() < broken ? library.broken : library.whole), number);
    steps.push({ kind: 'upload', key: pick(names), number, picture });
  }
  return steps;
}

/** Appends bytes that every decoder ignores, so that the eTag identifies the upload. */
function unique(picture: Picture, number: number): Picture {
  const bytes = Buffer.concat([picture.bytes, Buffer.from(`\n${number}`)]);
  return { ...picture, bytes, eTag: createHash('md5').update(bytes).digest('hex') };
}
