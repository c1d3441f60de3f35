/** The ancestors of each class, for general labels: the user's own file, or WordNet's for the classes of ImageNet. */
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Ancestors, readAncestors } from '../../functions/classify/network/ancestors.ts';
import { imagenetModel } from '../places.ts';
import type { LabelList } from './labels.ts';
import { UnusableModel } from './unusable-model.ts';

/**
 * Writes `ancestors.json` into a model folder, with its licence unless it is the user's own.
 *
 * @param from The user's file. Without it, labels that are all ImageNet's (by their wnids) get the ancestors of the embedded
 *   model.
 * @returns True if the file was written.
 * @throws UnusableModel | InvalidModel if the user's file is not a file of ancestors, or has none of the labels.
 */
export async function writeAncestors(
  from: string | undefined,
  labels: LabelList,
  folder: string,
): Promise<boolean> {
  const ids = labels.map((label, index) => (typeof label === 'string' ? String(index) : label[0]));
  const { names, ancestors } = readAncestors(from ?? join(imagenetModel, 'hypernyms.json'));
  const known = ids.filter((id) => Object.hasOwn(ancestors, id));
  if (from && known.length === 0) {
    throw new UnusableModel(
      `${from} names none of the classes; its 'ancestors' go by the labels' ids (${ids.slice(0, 3).join(', ')}, …)`,
    );
  }
  if (!from && !labels.every((label) => typeof label !== 'string' && isWnid(label[0]))) return false;
  await writeFile(
    join(folder, 'ancestors.json'),
    `${JSON.stringify({ names, ancestors } satisfies Ancestors)}\n`,
  );
  if (!from) await copyFile(join(imagenetModel, licence), join(folder, licence));
  return true;
}

/** @throws UnusableModel if a file of ancestors is given for classes that do not exclude each other. */
export function assertAncestorsFit(from: string | undefined, isExclusive: boolean): void {
  if (isExclusive || !from) return;
  throw new UnusableModel(
    'a general label sums the scores of classes that exclude each other, and this network scores each class on its own: leave out --ancestors',
  );
}

const licence = 'LICENSE.ancestors.txt';

function isWnid(id: string): boolean {
  return /^n\d{8}$/.test(id);
}
