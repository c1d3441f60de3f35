/** Labels in any of the forms people have them in -> the list that a model folder holds. */
import { readFile } from 'node:fs/promises';
import { UnusableModel } from './unusable-model.ts';

/** A name, or a class's id (such as its wnid) and name; in the order of the network's classes. */
export type LabelList = readonly (string | readonly [id: string, name: string])[];

/**
 * Reads `["cat", …]`, `[["n02123045", "tabby"], …]`, Keras' class index `{"0": ["n01440764", "tench"], …}` (also with plain
 * names), or a text file with one name a line.
 *
 * @throws UnusableModel if it is none of these, or a label is missing or empty.
 */
export async function readLabels(path: string): Promise<LabelList> {
  const text = (await readFile(path, 'utf8').catch(unreadable(path))).replace(/^\uFEFF/, '').trim();
  const entries = /^[[{]/.test(text)
    ? jsonEntries(text, path)
    : text.split(/\r?\n/).map((line) => line.trim());
  return entries.map((entry, index) => {
    if (isLabel(entry)) return entry;
    throw new UnusableModel(
      `${path}: label ${index} is ${JSON.stringify(entry) ?? 'missing'}; expected a name, or an id and a name`,
    );
  });
}

/** @throws UnusableModel if there is not exactly one label for each class. */
export function assertLabelCount(labels: LabelList, classes: number, path: string): void {
  if (labels.length === classes) return;
  throw new UnusableModel(
    `${path} has ${labels.length} labels; the network has ${classes} classes, and each needs one`,
  );
}

function jsonEntries(text: string, path: string): unknown[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new UnusableModel(`${path} is not JSON: ${(error as Error).message}`);
  }
  return Array.isArray(json) ? json : inOrder(json as Readonly<Record<string, unknown>>, path);
}

function inOrder(index: Readonly<Record<string, unknown>>, path: string): unknown[] {
  const keys = Object.keys(index);
  const isNumbered = keys.every((key) => /^\d+$/.test(key) && Number(key) < keys.length);
  if (isNumbered) return keys.map((_, i) => index[i]);
  throw new UnusableModel(
    `${path}: expected the classes' numbers from 0 to ${keys.length - 1} as keys, as in Keras' imagenet_class_index.json; turn {"name": number} round`,
  );
}

function isLabel(entry: unknown): entry is string | [string, string] {
  return isName(entry) || (Array.isArray(entry) && entry.length === 2 && entry.every(isName));
}

function isName(entry: unknown): entry is string {
  return typeof entry === 'string' && entry.trim() !== '';
}

function unreadable(path: string) {
  return (error: Error) => {
    throw new UnusableModel(`${path} cannot be read: ${error.message}`);
  };
}
