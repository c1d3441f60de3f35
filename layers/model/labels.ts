/** Labels in any of the forms people have them in -> the list that a model folder holds. */
import { readTextFile } from '../../functions/classify/network/text-file.ts';
import { imagenetClasses } from './imagenet.ts';
import { shown, UnusableModel } from './unusable-model.ts';

/** A name, or a class's id (such as its wnid) and name; in the order of the network's classes. */
export type LabelList = readonly Label[];
type Label = string | readonly [id: string, name: string];

/**
 * Reads a label file, with or without a byte order mark and with lines of any system:
 *
 * - JSON: `["cat", …]`, `[["n02123045", "tabby"], …]`, Keras' class index `{"0": ["n01440764", "tench"], …}` (also with plain
 *   names), Keras' `class_indices` `{"cat": 0, …}`, or the `config.json` of a Hugging Face model, with `id2label` or `label2id`
 * - text, one class per line: its name, its number and name (`0 cat`), or its wnid and names (`n02123045 tabby, tabby cat`)
 *
 * @throws UnusableModel if it cannot be read, is none of these, or a label is missing or empty.
 */
export function readLabels(path: string): LabelList {
  const text = readTextFile(path, UnusableModel).trimEnd();
  if (text === '') throw new UnusableModel(`${path} is empty`);
  const entries = /^\s*[[{]/.test(text) ? jsonEntries(text, path) : lineEntries(text, path);
  return entries.map((entry, index) => {
    if (isLabel(entry)) return entry;
    throw new UnusableModel(
      `${path}: label ${index} is ${JSON.stringify(entry)}; expected a name, or an id and a name`,
    );
  });
}

/**
 * Gives each class its label. A network with a single output scores the second of two classes, whose name is enough.
 *
 * @param path The file of the labels, for messages.
 * @throws UnusableModel if there is not exactly one label for each class.
 */
export function fitLabels(
  labels: LabelList,
  { classes, outputs }: { readonly classes: number; readonly outputs: number },
  path: string,
): LabelList {
  if (labels.length === classes) return labels;
  if (outputs === 1 && labels.length === 1) return [negationOf(labels[0]!), labels[0]!];
  const allowed =
    outputs === 1 ? 'two classes: name both, or the second one' : `${classes} classes, and each needs one`;
  const given = labels.length === 1 ? '1 label' : `${labels.length} labels`;
  throw new UnusableModel(`${path} has ${given}; the network has ${allowed}`);
}

/**
 * Compares a label file with the labels that the network itself brings.
 *
 * @throws UnusableModel if both name the same classes in another order.
 */
export function assertSameOrder(labels: LabelList, own: LabelList, path: string): void {
  const [given, known] = [labels.map(nameOf), own.map(nameOf)];
  const isSameSet = given.length === known.length && given.every((name) => known.includes(name));
  const different = given.findIndex((name, i) => name !== known[i]);
  if (!isSameSet || different < 0) return;
  throw new UnusableModel(
    `${path} names the network's classes in another order than the network's own labels do: class ${different} is '${shown(known[different]!)}' there and '${shown(given[different]!)}' in the file. Leave out --labels`,
  );
}

/**
 * States that classes share a label. Says nothing of classes with ids of their own, or of the cranes and maillots in lists of
 * ImageNet's classes.
 */
export function duplicateAssumptions(labels: LabelList): string[] {
  const known = new Set<string>();
  const repeated = labels.filter((label) => {
    const key = JSON.stringify(label);
    if (known.has(key)) return true;
    known.add(key);
    return false;
  });
  const shared = [...new Set(repeated.map(nameOf))];
  const isImagenet = labels.length === imagenetClasses && shared.every((name) => imagenetPairs.has(name));
  if (shared.length === 0 || isImagenet) return [];
  const names = shared.slice(0, 3).map((name) => `'${shown(name)}'`);
  return [
    `several classes are called ${names.join(', ')}${shared.length > 3 ? ', …' : ''}; an event tells them apart by index only`,
  ];
}

const imagenetPairs = new Set(['crane', 'maillot']);

function nameOf(label: Label): string {
  return typeof label === 'string' ? label : label[1];
}

function negationOf(label: Label): Label {
  return typeof label === 'string' ? `not ${label}` : [`not ${label[0]}`, `not ${label[1]}`];
}

function lineEntries(text: string, path: string): Label[] {
  const lines = text.split(/\r\n|\r|\n/).map((line) => line.trim());
  const empty = lines.indexOf('');
  if (empty >= 0) throw new UnusableModel(`${path}: line ${empty + 1} is empty; expected one class per line`);
  const synsets = lines.map((line) => /^(n\d{8})\s+([^,]+)/.exec(line));
  if (synsets.every((synset) => synset !== null)) return synsets.map(([, id, name]) => [id!, name!.trim()]);
  const numbered = lines.map((line) => /^(\d+)(?:[.)]\s+|[\s:,]+)(.+)$/.exec(line));
  if (!numbered.every((match) => match !== null)) return lines;
  const numbers = numbered.map(([, number]) => number!);
  if (numbers.every((number, index) => Number(number) === index + 1)) {
    throw new UnusableModel(
      `${path}: the lines are numbered from 1, and a network's classes count from 0: leave out the numbers, or give a JSON list if they belong to the names`,
    );
  }
  // The numbers are the classes', in whatever order the lines are.
  const names = new Map(numbered.map(([, number, name]) => [Number(number), name!]));
  return arePositions(numbers, lines.length) ? lines.map((_, i) => names.get(i)!) : lines;
}

/** Labels as a list, or as a dictionary from numbers to names or back. @returns Nothing if they are anything else. */
export function labelsOfIndex(
  index: readonly unknown[] | Readonly<Record<string, unknown>>,
): LabelList | undefined {
  const entries = Array.isArray(index) ? index : orderedEntries(index as Readonly<Record<string, unknown>>);
  return entries && entries.length > 0 && entries.every(isLabel) ? entries : undefined;
}

function jsonEntries(text: string, path: string): unknown[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new UnusableModel(`${path} is not JSON: ${(error as Error).message}`);
  }
  if (Array.isArray(json)) return json;
  const { id2label, label2id } = json as { id2label?: unknown; label2id?: unknown };
  const index = [id2label, label2id, json].find(isObject) as Readonly<Record<string, unknown>>;
  const entries = orderedEntries(index);
  if (entries) return entries;
  throw new UnusableModel(
    `${path}: expected each class's number, counting from 0 without a gap, as a key, as in id2label or Keras' imagenet_class_index.json, or as a value, as in label2id or class_indices`,
  );
}

function orderedEntries(index: Readonly<Record<string, unknown>>): unknown[] | undefined {
  const keys = Object.keys(index);
  if (arePositions(keys, keys.length)) return keys.map((_, i) => index[i]);
  const positions = Object.values(index);
  if (positions.every((position) => typeof position === 'number') && arePositions(positions, keys.length)) {
    return positions.map((_, i) => keys[positions.indexOf(i)]);
  }
  return undefined;
}

/** Tells if they are the numbers from 0 to `length` - 1 in any order. */
function arePositions(values: readonly (string | number)[], length: number): boolean {
  const isPosition = (value: string | number) => /^\d+$/.test(`${value}`) && Number(value) < length;
  return values.every(isPosition) && new Set(values.map(Number)).size === length;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isLabel(entry: unknown): entry is Label {
  return isName(entry) || (Array.isArray(entry) && entry.length === 2 && entry.every(isName));
}

function isName(entry: unknown): entry is string {
  return typeof entry === 'string' && entry.trim() !== '';
}
